/* SPDX-License-Identifier: MIT
 *
 * What the parts of the simulation ask of each other. Structs and the picture: sim.h.
 */
#ifndef TANDEM_TESTS_BLUEZ_PARTS_H
#define TANDEM_TESTS_BLUEZ_PARTS_H

#include "sim.h"

/* Answers with org.bluez.Error.NAME, or with NAME when it is a whole one. */
void tandem_sim_refuse(GDBusMethodInvocation *call, const char *name, const char *why);
const char *tandem_sim_uuid(enum sim_role role);

/* adapter.c */
struct sim_adapter *tandem_sim_adapter_new(struct sim_world *w, uint32_t index);
void tandem_sim_adapter_free(struct sim_adapter *a);
/* One of the computer's; the others are speakers. */
bool tandem_sim_adapter_is_host(const struct sim_adapter *a);
/* It is there, switched on, and somebody answers for it. */
bool tandem_sim_adapter_answers(const struct sim_adapter *a);
bool tandem_sim_adapter_is_powered(const struct sim_adapter *a);
/* Off: its links are down; endpoints stay. */
void tandem_sim_adapter_power(struct sim_adapter *a, bool on);
/* Out: its links are down, its endpoints are released, its objects are gone. */
void tandem_sim_adapter_plug(struct sim_adapter *a, bool in);
/* Shows the UUIDs of the endpoints that are there now. */
void tandem_sim_adapter_refresh(struct sim_adapter *a);
/* Address of hci<index>, as btvirt counts; release with g_free(). */
char *tandem_sim_adapter_address(uint32_t index);
/* Name and icon as the options say; name: g_free(), icon: borrowed. */
char *tandem_sim_adapter_name(const struct sim_world *w, uint32_t index);
const char *tandem_sim_adapter_icon(const struct sim_world *w, uint32_t index);

/* media.c: Media1 of an adapter. */
struct sim_face *tandem_sim_media_new(struct sim_adapter *a);

/* application.c: RegisterApplication and UnregisterApplication of Media1. */
GPtrArray *tandem_sim_applications_new(void);
void tandem_sim_application_register(struct sim_adapter *a, GDBusMethodInvocation *call);
void tandem_sim_application_unregister(struct sim_adapter *a, GDBusMethodInvocation *call);
/* Those on this adapter and those of this owner, either NULL, are watched no longer. */
void tandem_sim_applications_forget(struct sim_world *w, const struct sim_adapter *a,
		const char *owner);

/* endpoint.c: props as a client registers them. Returns NULL when they make no sense. */
struct sim_endpoint *tandem_sim_endpoint_new(struct sim_adapter *a, const char *owner,
		const char *path, GVariant *props);
/* Closes its stream, withdraws its objects, frees it. */
void tandem_sim_endpoint_free(struct sim_endpoint *e);
struct sim_endpoint *tandem_sim_endpoint_find(const struct sim_world *w, const char *owner,
		const char *path);
bool tandem_sim_endpoint_on(const struct sim_adapter *a);
/* Same codec, and for vendor codecs the same vendor and codec id. */
bool tandem_sim_endpoint_matches(const struct sim_endpoint *a,
		const struct sim_endpoint *b);
/* Calls a method of the endpoint's client; done may be NULL. */
void tandem_sim_endpoint_ask(const struct sim_endpoint *e, const char *method,
		GVariant *args, GAsyncReadyCallback done, void *data);

/* device.c */
void tandem_sim_device_pair(struct sim_adapter *a, struct sim_adapter *b);
void tandem_sim_device_free(struct sim_device *d);
/* Both ends at once: Connected, remote endpoints on show. */
void tandem_sim_device_link(struct sim_device *d);
void tandem_sim_device_unlink(struct sim_device *d);
/* Path of the object that stands for the remote endpoint; NULL: not on show. */
const char *tandem_sim_device_sep(const struct sim_device *d, const struct sim_endpoint *e);
void tandem_sim_device_forget(struct sim_device *d, const struct sim_endpoint *e);
/* The objects of this remote endpoint show what it is now. */
void tandem_sim_device_show_caps(struct sim_device *d, const struct sim_endpoint *e);
void tandem_sim_device_rename(struct sim_device *d, const char *name);

/* connect.c: begins an attempt from d's side; local is the role of d's adapter. Answers
 * the call in the end. */
void tandem_sim_connect(struct sim_device *d, enum sim_role local,
		GDBusMethodInvocation *call);
/* MediaEndpoint1.SetConfiguration of a remote endpoint (sepN), by its call. */
void tandem_sim_connect_choose(struct sim_sep *sep, GDBusMethodInvocation *call);
/* The speaker closes its stream and configures it again at once; answers the call. */
void tandem_sim_connect_again(struct sim_stream *s, GDBusMethodInvocation *call);
/* Something an attempt may hold is going. */
void tandem_sim_connect_lost_endpoint(struct sim_world *w, const struct sim_endpoint *e);
void tandem_sim_connect_lost_stream(struct sim_world *w, const struct sim_stream *s);

/* stream.c: source and sink endpoints are free before; shows both transports. */
struct sim_stream *tandem_sim_stream_new(struct sim_device *source_device,
		struct sim_endpoint *source, struct sim_endpoint *sink, GVariant *config);
/* Hangs up, clears the configuration of clients that had it, frees. */
void tandem_sim_stream_free(struct sim_stream *s);
/* One side starts: the other side's transport is pending. Returns 0 or -errno. */
int tandem_sim_stream_start(struct sim_stream *s, enum sim_role starter);
/* SUSPEND: both sides idle, nobody holds them. */
void tandem_sim_stream_suspend(struct sim_stream *s);
struct sim_stream *tandem_sim_stream_between(const struct sim_device *d,
		enum sim_role local);

/* air.c: what speakers do by themselves. They return NULL, or why it cannot be. */
const char *tandem_sim_air_take(struct sim_device *d);
const char *tandem_sim_air_give_back(struct sim_device *d);
const char *tandem_sim_air_drop(struct sim_device *d, const char *reason);
const char *tandem_sim_air_capabilities(struct sim_device *d, uint8_t codec,
		GVariant *capabilities);
/* The rule that makes the speaker at d refuse a request of AVDTP; NULL: it agrees. */
const struct sim_rule *tandem_sim_air_refusal(const struct sim_device *d,
		const char *request);

/* faults.c: the interface by which tests make things go wrong: faults.h. */
struct sim_faults *tandem_sim_faults_new(struct sim_world *w);
void tandem_sim_faults_free(struct sim_faults *f);

/* transport.c: shows MediaTransport1 of one side. */
void tandem_sim_transport_show(struct sim_transport *t, const char *path, GVariant *config);
void tandem_sim_transport_set_state(struct sim_transport *t, const char *state);
bool tandem_sim_transport_is(const struct sim_transport *t, const char *state);
/* Hands the end to whoever waits for it in t->acquire. */
void tandem_sim_transport_grant(struct sim_transport *t);

#endif
