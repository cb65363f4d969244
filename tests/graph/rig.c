/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pipewire/version.h>
#include <spa/param/audio/format-utils.h>
#include <spa/pod/builder.h>

#define START_NS (10 * TANDEM_NS_PER_S)

/* ---- what the node and the door tell ---- */

static void on_info(void *data, const struct spa_node_info *info)
{
	struct rig *r = data;

	if (info->change_mask & SPA_NODE_CHANGE_MASK_PARAMS)
		r->n_params_changed++;
}

static const struct spa_node_events node_events = { SPA_VERSION_NODE_EVENTS,
	.info = on_info };

static int on_ready(void *data, int state)
{
	struct rig *r = data;

	r->cycles += state == SPA_STATUS_NEED_DATA;
	r->ready_ns = r->fake.now_ns;
	r->position.clock = r->clock;
	r->deliver_ns = r->fake.now_ns + r->deliver_after_ns;
	return 0;
}

static int on_xrun(void *data, uint64_t trigger, uint64_t delay, struct spa_pod *info)
{
	struct rig *r = data;

	(void)trigger;
	(void)delay;
	(void)info;
	r->xruns++;
	return 0;
}

static const struct spa_node_callbacks callbacks = {
	SPA_VERSION_NODE_CALLBACKS,
	.ready = on_ready,
	.xrun = on_xrun,
};

static void on_wanted(void *data, bool wanted)
{
	struct rig *r = data;

	r->wanted = wanted;
	r->n_wanted++;
}

static void on_lost(void *data, uint32_t slot, int err)
{
	struct rig *r = data;

	r->n_lost++;
	r->lost_slot = slot;
	r->lost_err = err;
}

static void on_status(void *data, const struct tandem_status *status)
{
	((struct rig *)data)->status = *status;
}

static void on_changed(void *data, int32_t slot, const struct tandem_setting *row,
		const struct tandem_settings *settings)
{
	struct rig *r = data;

	r->n_changed++;
	r->changed_slot = slot;
	r->changed = row;
	r->settings = *settings;
}

static const struct tandem_group_events door_events = {
	TANDEM_VERSION_GROUP_EVENTS,
	.wanted = on_wanted,
	.lost = on_lost,
	.changed = on_changed,
	.status = on_status,
};

/* ---- the rig ---- */

void tandem_rig_load(struct rig *r)
{
	spa_handle_factory_enum_func_t enum_func;
	uint32_t index = 0;
	size_t bytes;

	*r = (struct rig){ .deliver_after_ns = 300000 };
	tandem_fake_init(&r->fake, START_NS);
	/* NOLINTBEGIN(concurrency-mt-unsafe): one thread */
	r->library = dlopen(getenv("TANDEM_PLUGIN"), RTLD_NOW);
	ck_assert_msg(r->library != NULL, "TANDEM_PLUGIN: %s", dlerror());
	/* NOLINTEND(concurrency-mt-unsafe) */
	*(void **)&enum_func = dlsym(r->library, SPA_HANDLE_FACTORY_ENUM_FUNC_NAME);
	ck_assert_int_eq(enum_func(&r->factory, &index), 1);
	ck_assert_str_eq(r->factory->name, TANDEM_FACTORY_SINK);
	ck_assert_int_eq(enum_func(&r->factory, &index), 0);
	ck_assert_str_eq(r->factory->name, TANDEM_FACTORY_SINK);
	bytes = spa_handle_factory_get_size(r->factory, NULL);
	r->handle = calloc(1, SPA_MAX(sizeof(struct spa_handle), bytes));
}

int tandem_rig_init_handle(struct rig *r)
{
	const struct spa_support support[] = {
		SPA_SUPPORT_INIT(SPA_TYPE_INTERFACE_DataSystem, &r->fake.system),
		SPA_SUPPORT_INIT(SPA_TYPE_INTERFACE_DataLoop, &r->fake.loop),
		SPA_SUPPORT_INIT(SPA_TYPE_INTERFACE_LoopUtils, &r->fake.utils),
	};

	return spa_handle_factory_init(r->factory, r->handle, NULL, support,
			SPA_N_ELEMENTS(support));
}

void tandem_rig_unload(struct rig *r)
{
	free(r->handle);
	tandem_fake_finish(&r->fake);
	dlclose(r->library);
}

static void get_interfaces(struct rig *r)
{
	void *iface;

	ck_assert_int_eq(spa_handle_get_interface(r->handle, SPA_TYPE_INTERFACE_Node,
					 &iface),
			0);
	r->node = iface;
	ck_assert_int_eq(spa_handle_get_interface(r->handle, TANDEM_TYPE_INTERFACE_Group,
					 &iface),
			0);
	r->door = iface;
	ck_assert_int_eq(spa_handle_get_interface(r->handle, "nonsense", &iface), -ENOENT);
}

static void set_up_speakers(struct rig *r)
{
	struct tandem_settings s;

	tandem_settings_init(&s);
	s.n_speakers = 2;
	for (uint32_t i = 0; i < s.n_speakers; i++)
		tandem_speaker_settings_init(&s.speakers[i]);
	tandem_settings_label(&s);
	ck_assert_int_eq(tandem_group_call(r->door, setup, &s, "a mistake"), 0);
	ck_assert_int_eq(tandem_group_call(r->door, setup, &s, ""), -EBUSY);
	ck_assert_int_eq(tandem_group_call(r->door, add_listener, &r->door_hook,
					 &door_events, r),
			0);
}

static void make_buffers(struct rig *r)
{
	for (int i = 0; i < RIG_N_BUFFERS; i++) {
		for (int c = 0; c < 2; c++) {
			r->planes[i][c] = calloc(RIG_MAX_FRAMES, sizeof(float));
			r->datas[i][c] = (struct spa_data){
				.type = SPA_DATA_MemPtr,
				.maxsize = RIG_MAX_FRAMES * sizeof(float),
				.data = r->planes[i][c],
				.chunk = &r->chunks[i][c],
			};
		}
		r->buffers[i] = (struct spa_buffer){ .n_datas = 2, .datas = r->datas[i] };
		r->buffer_list[i] = &r->buffers[i];
	}
}

void tandem_rig_init(struct rig *r)
{
	tandem_rig_load(r);
	ck_assert_int_eq(tandem_rig_init_handle(r), 0);
	get_interfaces(r);
	make_buffers(r);
	spa_node_add_listener(r->node, &r->node_hook, &node_events, r);
	spa_node_set_callbacks(r->node, &callbacks, r);
	set_up_speakers(r);
	tandem_rig_set_quantum(r, 1024);
	r->clock.id = 7;
	r->position.clock.id = 7;
	ck_assert_int_eq(spa_node_set_io(r->node, SPA_IO_Clock, &r->clock,
					 sizeof(r->clock)),
			0);
	ck_assert_int_eq(spa_node_set_io(r->node, SPA_IO_Position, &r->position,
					 sizeof(r->position)),
			0);
	ck_assert_int_eq(spa_node_port_set_io(r->node, SPA_DIRECTION_INPUT, 0,
					 SPA_IO_Buffers, &r->io, sizeof(r->io)),
			0);
}

void tandem_rig_finish(struct rig *r)
{
	spa_hook_remove(&r->node_hook);
	spa_hook_remove(&r->door_hook);
	ck_assert_int_eq(spa_handle_clear(r->handle), 0);
	for (int i = 0; i < RIG_N_BUFFERS; i++) {
		free(r->planes[i][0]);
		free(r->planes[i][1]);
	}
	tandem_rig_unload(r);
}

int tandem_rig_set_format(struct rig *r, uint32_t rate_hz)
{
	struct spa_audio_info_raw info = {
		.format = SPA_AUDIO_FORMAT_F32P,
		.rate = rate_hz,
		.channels = 2,
		.position = { SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR },
	};
	uint8_t buffer[512];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(buffer, sizeof(buffer));
	struct spa_pod *const pod = rate_hz == 0 ? NULL
						 : spa_format_audio_raw_build(&b,
								   SPA_PARAM_Format, &info);
	const int res = spa_node_port_set_param(r->node, SPA_DIRECTION_INPUT, 0,
			SPA_PARAM_Format, 0, pod);

	if (res == 0 && rate_hz != 0) {
		r->clock.rate = SPA_FRACTION(1, rate_hz);
		tandem_rig_set_quantum(r, (uint32_t)r->position.clock.duration);
	}
	return res;
}

void tandem_rig_use_buffers(struct rig *r)
{
	ck_assert_int_eq(spa_node_port_use_buffers(r->node, SPA_DIRECTION_INPUT, 0, 0,
					 r->buffer_list, RIG_N_BUFFERS),
			0);
}

int tandem_rig_command(struct rig *r, uint32_t id)
{
	const struct spa_command command = SPA_NODE_COMMAND_INIT(id);

	return spa_node_send_command(r->node, &command);
}

void tandem_rig_start(struct rig *r, uint32_t rate_hz)
{
	ck_assert_int_eq(tandem_rig_set_format(r, rate_hz), 0);
	tandem_rig_use_buffers(r);
	ck_assert_int_eq(tandem_rig_command(r, SPA_NODE_COMMAND_Start), 0);
}

void tandem_rig_set_quantum(struct rig *r, uint32_t frames)
{
	const uint32_t rate_hz = r->clock.rate.denom > 0 ? r->clock.rate.denom : 48000;

	r->position.clock.rate = SPA_FRACTION(1, rate_hz);
	r->position.clock.duration = frames;
	r->position.clock.rate_diff = 1.0;
#if PW_CHECK_VERSION(0, 3, 68)
	r->position.clock.target_rate = SPA_FRACTION(1, rate_hz);
	r->position.clock.target_duration = frames;
	r->clock.target_rate = r->position.clock.target_rate;
	r->clock.target_duration = frames;
#endif
}

void tandem_rig_set_following(struct rig *r, bool following)
{
	r->following = following;
	r->position.clock.id = following ? 8 : 7;
	r->tick_ns = following ? r->fake.now_ns + TANDEM_NS_PER_MS : 0;
	ck_assert_int_eq(spa_node_set_io(r->node, SPA_IO_Position, &r->position,
					 sizeof(r->position)),
			0);
}

int tandem_rig_attach(struct rig *r, uint32_t slot)
{
	struct tandem_link link = {
		.mtu_bytes = 672, .config = { 0x11, 0x15, 2, 51 }, .config_bytes = 4
	};
	int fds[2];
	int res;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	link.fd = fds[0];
	res = tandem_group_call(r->door, attach, slot, &link);
	if (res < 0) {
		close(fds[1]);
		return res;
	}
	return fds[1];
}

/* ---- time ---- */

/* A cycle's sound: a tone, and the buffer that holds it. */
static void deliver(struct rig *r)
{
	const uint32_t frames = (uint32_t)r->position.clock.duration;
	const uint32_t id = (r->io.buffer_id + 1) % RIG_N_BUFFERS;
	int res;

	for (uint32_t c = 0; c < 2; c++) {
		for (uint32_t i = 0; i < frames; i++)
			r->planes[id][c][i] = 0.25f * sinf(0.1f * (float)i);
		r->chunks[id][c].size = frames * (uint32_t)sizeof(float);
	}
	r->io.buffer_id = id;
	r->io.status = SPA_STATUS_HAVE_DATA;
	tandem_fake_enter(&r->fake, true);
	res = spa_node_process(r->node);
	tandem_fake_enter(&r->fake, false);
	ck_assert_int_eq(res, SPA_STATUS_HAVE_DATA);
	ck_assert_int_eq(r->io.status, SPA_STATUS_NEED_DATA);
}

static void tick(struct rig *r)
{
	struct spa_io_clock *const c = &r->position.clock;

	c->nsec = (uint64_t)r->tick_ns;
	c->position += c->duration;
	r->tick_ns += (int64_t)(c->duration * SPA_NSEC_PER_SEC / c->rate.denom);
	r->deliver_ns = r->fake.now_ns + r->deliver_after_ns;
}

void tandem_rig_drain(struct rig *r, void *fds)
{
	uint8_t packet[1024];

	(void)r;
	for (int i = 0; i < 2; i++) {
		while (recv(((const int *)fds)[i], packet, sizeof(packet), MSG_DONTWAIT) >
				0)
			;
	}
}

void tandem_rig_run(struct rig *r, double seconds,
		void (*on_step)(struct rig *r, void *data), void *data)
{
	const int64_t end_ns = r->fake.now_ns + (int64_t)(seconds * 1e9);

	while (r->fake.now_ns < end_ns) {
		struct fake_timer *const t = tandem_fake_next_timer(&r->fake);
		int64_t next_ns = t != NULL ? t->due_ns : end_ns;

		if (r->deliver_ns > 0 && r->deliver_ns < next_ns)
			next_ns = r->deliver_ns;
		if (r->tick_ns > 0 && r->tick_ns < next_ns)
			next_ns = r->tick_ns;
		if (next_ns > end_ns)
			next_ns = end_ns;
		r->fake.now_ns = next_ns > r->fake.now_ns ? next_ns : r->fake.now_ns;
		if (r->tick_ns > 0 && r->tick_ns <= r->fake.now_ns) {
			tick(r);
		} else if (r->deliver_ns > 0 && r->deliver_ns <= r->fake.now_ns) {
			r->deliver_ns = 0;
			deliver(r);
		} else if (t != NULL && t->due_ns <= r->fake.now_ns) {
			tandem_fake_fire(&r->fake, t);
		}
		tandem_fake_pump(&r->fake);
		if (on_step != NULL)
			on_step(r, data);
	}
}
