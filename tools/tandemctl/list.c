/* SPDX-License-Identifier: MIT
 *
 * tandemctl list: the speakers there are, what each can do, and who holds it.
 */
#include "boxes.h"
#include "json.h"
#include "reach.h"
#include "tandemctl.h"

struct options {
	gboolean json;
};

const GOptionEntry tandem_ctl_list_options[] = {
	{ "json", 'j', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, json),
			"As JSON, an object per speaker", NULL },
	{ NULL },
};

static void print_state(const struct tandem_box *b)
{
	if (!b->adapter[0]) {
		printf("not paired");
	} else if (!b->is_connected) {
		printf("%s, off or with another device",
				b->is_paired ? "paired" : "not paired");
	} else {
		printf("connected (%s)", b->adapter);
	}
}

static void print_holder(const struct tandem_box *b)
{
	switch (b->holder) {
	case TANDEM_BOX_TANDEM:
		printf("; plays in group %s, %s", b->group, b->label);
		return;
	case TANDEM_BOX_MANAGER:
		printf("; an output of the desktop's own");
		break;
	case TANDEM_BOX_OTHER:
		printf("; held by another program");
		break;
	case TANDEM_BOX_NOBODY:
		printf("; held by nobody");
		break;
	}
	if (b->group)
		printf("; belongs to group %s, %s", b->group, b->label);
}

static void print_box(const struct tandem_box *b)
{
	printf("%s%s%s, %s: ", b->name, b->name[0] && b->address[0] ? " " : "", b->address,
			b->kind);
	print_state(b);
	print_holder(b);
	printf("\n  ");
	for (uint32_t i = 0; i < b->n_codecs; i++)
		printf("%s%s", i > 0 ? "; " : "", b->codecs[i]);
	if (b->n_codecs == 0)
		printf("codecs are seen when it connects");
	if (b->volume_percent >= 0)
		printf("; its own volume %d %%", b->volume_percent);
	printf("\n");
	if (b->message)
		printf("  ! %s\n", b->message);
}

/* "held-by" in JSON; nobody: null. */
static const char *const holders[] = {
	[TANDEM_BOX_NOBODY] = NULL,
	[TANDEM_BOX_TANDEM] = "tandem",
	[TANDEM_BOX_MANAGER] = "session-manager",
	[TANDEM_BOX_OTHER] = "other-program",
};

static void put_box(struct tandem_json *j, const struct tandem_box *b)
{
	g_autofree char *volume =
			b->volume_percent < 0 ? g_strdup("null")
					      : g_strdup_printf("%d", b->volume_percent);

	tandem_json_open(j, NULL, '{');
	tandem_json_text(j, "address", b->address[0] ? b->address : NULL);
	tandem_json_text(j, "name", b->name);
	tandem_json_text(j, "kind", b->kind);
	tandem_json_text(j, "adapter", b->adapter[0] ? b->adapter : NULL);
	tandem_json_bool(j, "paired", b->is_paired);
	tandem_json_bool(j, "connected", b->is_connected);
	tandem_json_open(j, "codecs", '[');
	for (uint32_t i = 0; i < b->n_codecs; i++)
		tandem_json_text(j, NULL, b->codecs[i]);
	tandem_json_close(j);
	tandem_json_number(j, "volume-percent", volume);
	tandem_json_text(j, "held-by", holders[b->holder]);
	tandem_json_text(j, "group", b->group);
	tandem_json_text(j, "label", b->label);
	tandem_json_text(j, "message", b->message);
	tandem_json_close(j);
}

static void print(const GPtrArray *boxes, bool as_json)
{
	struct tandem_json j = { 0 };

	if (as_json)
		tandem_json_open(&j, NULL, '[');
	for (uint32_t i = 0; i < boxes->len; i++) {
		if (as_json) {
			put_box(&j, boxes->pdata[i]);
		} else {
			print_box(boxes->pdata[i]);
		}
	}
	if (as_json)
		tandem_json_close(&j);
	if (boxes->len == 0)
		tandem_ctl_say("no speaker is known: pair one in the Bluetooth settings");
}

/* Without PipeWire there is still to be seen what is paired. */
static int list(bool as_json)
{
	struct tandem_client *c = NULL;
	const bool is_asked = tandem_reach_open(&c) == TANDEM_CTL_DONE;
	g_autoptr(GPtrArray) boxes = tandem_boxes_look(is_asked ? c : NULL);

	if (boxes)
		print(boxes, as_json);
	tandem_reach_close(c);
	return boxes ? TANDEM_CTL_DONE : TANDEM_CTL_ABSENT;
}

int tandem_ctl_list(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };

	if (!tandem_ctl_parse(c, &o, &argc, &argv))
		return TANDEM_CTL_WRONG_USE;
	return list(o.json);
}
