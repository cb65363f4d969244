/* SPDX-License-Identifier: MIT */
#include "borrowed.h"

#include <glib.h>
#include <string.h>

#include "change.h"
#include "tandemctl.h"

static bool is_noted(const struct tandem_borrowed *b, const char *key)
{
	for (uint32_t i = 0; i < b->n; i++) {
		if (strcmp(b->of[i].key, key) == 0)
			return true;
	}
	return false;
}

int tandem_borrowed_set(struct tandem_borrowed *b, const char *key, const char *value)
{
	const struct tandem_client_node *sink = tandem_client_at(b->client, b->id);
	const char *was = sink ? tandem_client_row(sink, key) : NULL;

	if (!was || strcmp(was, value) == 0)
		return TANDEM_CTL_DONE;
	if (!is_noted(b, key)) {
		g_assert(b->n < TANDEM_MAX_BORROWED);
		b->of[b->n].key = g_strdup(key);
		b->of[b->n].value = g_strdup(was);
		b->n++;
	}
	return tandem_change_make(b->client, sink, key, value);
}

static bool give_back(struct tandem_borrowed *b, const char *key, const char *value)
{
	const struct tandem_client_node *sink = tandem_client_at(b->client, b->id);

	if (!sink || tandem_client_is_gone(b->client))
		return true;
	if (tandem_change_make(b->client, sink, key, value) == TANDEM_CTL_DONE)
		return true;
	tandem_ctl_say("%s should be %s again: set it by hand", key, value);
	return false;
}

int tandem_borrowed_put_back(struct tandem_borrowed *b)
{
	int status = TANDEM_CTL_DONE;

	for (uint32_t i = b->n; i > 0; i--) {
		if (!give_back(b, b->of[i - 1].key, b->of[i - 1].value))
			status = TANDEM_CTL_FAILED;
	}
	tandem_borrowed_keep(b);
	return status;
}

void tandem_borrowed_keep(struct tandem_borrowed *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		g_free(b->of[i].key);
		g_free(b->of[i].value);
	}
	b->n = 0;
}
