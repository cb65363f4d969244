/* SPDX-License-Identifier: MIT
 *
 * What speakers do by themselves: other sources take them, links break, they answer no.
 */
#include "parts.h"

#define NOT_THERE "no such speaker, or no stream to it"

const struct sim_rule *tandem_sim_air_refusal(const struct sim_device *d,
		const char *request)
{
	return tandem_sim_rules_meet(tandem_sim_store_rules(d->adapter->world->store),
			SIM_FAIL, request, tandem_sim_face_path(d->face));
}

/* Another source has the speaker: our stream is suspended, and a start is refused. */
const char *tandem_sim_air_take(struct sim_device *d)
{
	struct sim_stream *const s = tandem_sim_stream_between(d, SIM_SOURCE);
	struct sim_rule *rule = NULL;

	if (s == NULL)
		return NOT_THERE;
	rule = tandem_sim_rules_add(tandem_sim_store_rules(s->world->store), SIM_FAIL,
			"AVDTP.Start", tandem_sim_face_path(d->face));
	rule->error = g_strdup("Failed");
	rule->message = g_strdup("Input/output error"); /* BlueZ: EIO of a refused START */
	tandem_sim_stream_suspend(s);
	return NULL;
}

const char *tandem_sim_air_give_back(struct sim_device *d)
{
	tandem_sim_rules_end(tandem_sim_store_rules(d->adapter->world->store), SIM_FAIL,
			"AVDTP.Start", tandem_sim_face_path(d->face));
	return NULL;
}

/* The signal came with BlueZ 5.82. */
const char *tandem_sim_air_drop(struct sim_device *d, const char *reason)
{
	const char *const path = tandem_sim_face_path(d->face);

	if (!d->connected)
		return NOT_THERE;
	tandem_sim_rules_signal(tandem_sim_store_rules(d->adapter->world->store),
			&(struct sim_signal){ path, "Disconnected", path,
					"org.bluez.Device1", "Disconnected",
					g_variant_new("(ss)", reason, "Connection lost") });
	tandem_sim_device_unlink(d);
	return NULL;
}

const char *tandem_sim_air_capabilities(struct sim_device *d, uint8_t codec,
		GVariant *capabilities)
{
	const GPtrArray *const all = d->adapter->world->endpoints;
	const char *why = NOT_THERE;

	for (guint i = 0; i < all->len; i++) {
		struct sim_endpoint *const e = all->pdata[i];

		if (e->adapter != d->peer->adapter || e->role != SIM_SINK)
			continue;
		g_variant_unref(e->capabilities);
		e->capabilities = g_variant_ref_sink(capabilities);
		e->codec = codec;
		tandem_sim_device_show_caps(d, e);
		why = NULL;
	}
	return why;
}
