/* SPDX-License-Identifier: MIT */
#include "book.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "codec/sbc-config.h"

/* How long after a SetConfiguration a removal of the same path belongs to the stream before
 * it. BlueZ sends both within one turn of its loop; chosen, with room for a busy host. */
#define STALE_GONE_NS (2 * TANDEM_NS_PER_S)

/* Class of device: major class audio/video, minor classes (assigned numbers, 2.8.2.5). */
#define CLASS_MAJOR(c) (((c) >> 8) & 0x1f)
#define CLASS_MINOR(c) (((c) >> 2) & 0x3f)
#define MAJOR_AUDIO 0x04
#define MINOR_HEADSET 0x01
#define MINOR_HANDSFREE 0x02
#define MINOR_LOUDSPEAKER 0x05
#define MINOR_HEADPHONES 0x06

#define FIND(table, member, wanted)                                                        \
	({                                                                                 \
		__typeof__(&(table)[0]) found_ = NULL;                                     \
		for (size_t i_ = 0; i_ < TANDEM_ARRAY_LEN(table) && !found_; i_++) {       \
			if (strcmp((table)[i_].member, wanted) == 0)                       \
				found_ = &(table)[i_];                                     \
		}                                                                          \
		found_;                                                                    \
	})

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

struct tandem_adapter *tandem_book_adapter(struct tandem_book *b, const char *path)
{
	return path[0] ? FIND(b->adapters, path, path) : NULL;
}

struct tandem_device *tandem_book_device(struct tandem_book *b, const char *path)
{
	return path[0] ? FIND(b->devices, path, path) : NULL;
}

struct tandem_adapter *tandem_book_adapter_at(struct tandem_book *b, const char *address)
{
	for (size_t i = 0; address[0] && i < TANDEM_MAX_ADAPTERS; i++) {
		if (b->adapters[i].path[0] &&
				strcasecmp(b->adapters[i].address, address) == 0)
			return &b->adapters[i];
	}
	return NULL;
}

const char *tandem_book_short_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

struct tandem_device *tandem_book_device_at(struct tandem_book *b, const char *address,
		const char *adapter)
{
	const struct tandem_adapter *const a = tandem_book_adapter_at(b, adapter);
	struct tandem_device *found = NULL;

	for (size_t i = 0; address[0] && i < TANDEM_MAX_DEVICES; i++) {
		struct tandem_device *d = &b->devices[i];

		if (!d->path[0] || strcasecmp(d->address, address) != 0)
			continue;
		if (adapter[0] && (!a || strcmp(d->adapter, a->path) != 0))
			continue;
		if (!found || (d->connected && !found->connected))
			found = d; /* paired on two adapters: the connected one */
	}
	return found;
}

/* Of ".../sep9" and ".../sep10", below one device: the shorter number is the lower. */
static bool is_lower(const char *path, const char *than)
{
	const size_t n = strlen(path), m = strlen(than);

	return n != m ? n < m : strcmp(path, than) < 0;
}

static const struct tandem_codec *codec_of(const struct tandem_endpoint *p)
{
	return tandem_codec_find(p->codec, p->caps, p->caps_bytes);
}

struct tandem_endpoint *tandem_book_offer(struct tandem_book *b, const char *device,
		const struct tandem_codec *codec)
{
	struct tandem_endpoint *lowest = NULL;

	for (size_t i = 0; device[0] && i < TANDEM_MAX_ENDPOINTS; i++) {
		struct tandem_endpoint *p = &b->endpoints[i];

		if (p->path[0] && codec_of(p) == codec && strcmp(p->device, device) == 0 &&
				(!lowest || is_lower(p->path, lowest->path)))
			lowest = p;
	}
	return lowest;
}

struct tandem_transport *tandem_book_transport(struct tandem_book *b, uint32_t generation)
{
	for (size_t i = 0; generation && i < TANDEM_MAX_TRANSPORTS; i++) {
		if (b->transports[i].path[0] && b->transports[i].generation == generation)
			return &b->transports[i];
	}
	return NULL;
}

struct tandem_transport *tandem_book_transport_of(struct tandem_book *b, const char *device)
{
	return device[0] ? FIND(b->transports, device, device) : NULL;
}

void tandem_book_clear(struct tandem_book *b)
{
	const uint32_t generations = b->generations;

	*b = (struct tandem_book){ .generations = generations };
}

static bool is_loudspeaker(const struct tandem_event *e)
{
	const uint32_t minor =
			CLASS_MAJOR(e->class) == MAJOR_AUDIO ? CLASS_MINOR(e->class) : 0;

	if (minor == MINOR_LOUDSPEAKER)
		return true;
	if (minor == MINOR_HEADSET || minor == MINOR_HANDSFREE || minor == MINOR_HEADPHONES)
		return false;
	if (strcmp(e->icon, "audio-headset") == 0 ||
			strcmp(e->icon, "audio-headphones") == 0)
		return false;
	/* Nothing said: something to speak into is rather worn than put on a shelf. */
	return minor != 0 || e->icon[0] || !(e->flags & TANDEM_HANDSFREE);
}

static void apply_adapter(struct tandem_book *b, const struct tandem_event *e)
{
	struct tandem_adapter *a = FIND(b->adapters, path, e->path);

	if (!a && !(a = FIND(b->adapters, path, "")))
		return;
	copy(a->path, sizeof(a->path), e->path);
	copy(a->address, sizeof(a->address), e->address);
	if (!a->powered && (e->flags & TANDEM_POWERED)) {
		a->attempts = 0; /* what was refused before counts no more */
		a->register_ns = 0;
	}
	a->powered = e->flags & TANDEM_POWERED;
	a->sources = e->flags & TANDEM_SOURCES;
	a->sharing = e->flags & TANDEM_SHARING;
	a->stamps = e->flags & TANDEM_STAMPS;
}

static void apply_device(struct tandem_book *b, int64_t now_ns,
		const struct tandem_event *e)
{
	struct tandem_device *d = FIND(b->devices, path, e->path);
	const bool connected = e->flags & TANDEM_CONNECTED;

	if (!(e->flags & TANDEM_PAIRED)) {
		if (d)
			*d = (struct tandem_device){ 0 };
		return;
	}
	if (!d && !(d = FIND(b->devices, path, "")))
		return;
	copy(d->path, sizeof(d->path), e->path);
	copy(d->adapter, sizeof(d->adapter), e->parent);
	copy(d->address, sizeof(d->address), e->address);
	snprintf(d->name, sizeof(d->name), "%.*s",
			tandem_text_fit(e->name, sizeof(d->name) - 1), e->name);
	if (connected != d->connected) {
		d->link_ns = now_ns < d->leave_ns ? 0 : now_ns;
		d->leave_ns = 0;
	}
	d->connected = connected;
	d->sink = e->flags & TANDEM_SINK;
	d->loudspeaker = is_loudspeaker(e);
}

static void note_offer(struct tandem_device *d, const struct tandem_event *e)
{
	if (e->codec != TANDEM_MEDIA_TYPE_SBC) {
		d->shows_others = true;
		return;
	}
	d->shows_sbc = true;
	memcpy(d->caps, e->config, sizeof(d->caps));
	d->caps_bytes = e->config_bytes;
}

static void apply_endpoint(struct tandem_book *b, const struct tandem_event *e)
{
	struct tandem_endpoint *p = FIND(b->endpoints, path, e->path);
	struct tandem_device *d = tandem_book_device(b, e->parent);

	if (d && (e->flags & TANDEM_SINK))
		note_offer(d, e);
	if (!p && !(p = FIND(b->endpoints, path, "")))
		return;
	if (!(e->flags & TANDEM_SINK)) {
		*p = (struct tandem_endpoint){ 0 };
		return;
	}
	if (!p->path[0])
		p->order = ++b->orders;
	copy(p->path, sizeof(p->path), e->path);
	copy(p->device, sizeof(p->device), e->parent);
	p->codec = e->codec;
	memcpy(p->caps, e->config, sizeof(p->caps));
	p->caps_bytes = e->config_bytes;
}

static struct tandem_transport *new_transport(struct tandem_book *b, int64_t now_ns,
		struct tandem_transport *t, const char *path)
{
	if (!t && !(t = FIND(b->transports, path, "")))
		return NULL;
	*t = (struct tandem_transport){ .generation = ++b->generations, .seen_ns = now_ns };
	copy(t->path, sizeof(t->path), path);
	return t;
}

static void fill_transport(struct tandem_transport *t, const struct tandem_event *e)
{
	t->codec = e->codec;
	memcpy(t->config, e->config, sizeof(t->config));
	t->config_bytes = e->config_bytes;
	t->state = e->state;
	t->delay_100us = e->delay_100us;
}

static void apply_transport(struct tandem_book *b, int64_t now_ns,
		const struct tandem_event *e)
{
	struct tandem_transport *t = FIND(b->transports, path, e->path);

	if (!t && !(t = new_transport(b, now_ns, NULL, e->path)))
		return;
	if (t->over)
		return;
	copy(t->device, sizeof(t->device), e->parent);
	fill_transport(t, e);
}

static void apply_gone(struct tandem_book *b, int64_t now_ns, const char *path)
{
	struct tandem_adapter *a = FIND(b->adapters, path, path);
	struct tandem_device *d = FIND(b->devices, path, path);
	struct tandem_endpoint *p = FIND(b->endpoints, path, path);
	struct tandem_transport *t = FIND(b->transports, path, path);

	if (a)
		*a = (struct tandem_adapter){ 0 };
	if (d)
		*d = (struct tandem_device){ 0 };
	if (p)
		*p = (struct tandem_endpoint){ 0 };
	if (t && t->ignore_gone_ns && now_ns < t->ignore_gone_ns) {
		t->ignore_gone_ns = 0;
	} else if (t) {
		*t = (struct tandem_transport){ 0 };
	}
}

/* A stream of another program's on an adapter where streams share endpoints. */
static const struct tandem_adapter *sharing_adapter(struct tandem_book *b,
		const struct tandem_transport *t)
{
	const struct tandem_device *d = tandem_book_device(b, t->device);
	const struct tandem_adapter *a = d ? tandem_book_adapter(b, d->adapter) : NULL;

	return t->path[0] && !t->ours && a && a->sharing ? a : NULL;
}

bool tandem_book_share_endpoint(struct tandem_book *b, const struct tandem_transport *t,
		const struct tandem_transport *o)
{
	const struct tandem_adapter *a = sharing_adapter(b, t);

	return a && o != t && o->codec == t->codec && sharing_adapter(b, o) == a;
}

bool tandem_book_endpoint_in_use(struct tandem_book *b, const struct tandem_transport *t)
{
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		if (b->transports[i].state == TANDEM_TRANSPORT_ACTIVE &&
				tandem_book_share_endpoint(b, t, &b->transports[i]))
			return true;
	}
	return false;
}

void tandem_book_find_shared(struct tandem_book *b, int64_t now_ns)
{
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		struct tandem_transport *t = &b->transports[i];

		t->doubtful = false;
		for (size_t k = 0; k < TANDEM_MAX_TRANSPORTS; k++) {
			const struct tandem_transport *o = &b->transports[k];

			if (!tandem_book_share_endpoint(b, t, o))
				continue;
			t->doubtful = true; /* the other one may yet turn out ours */
			t->shared |= now_ns >= o->seen_ns + TANDEM_FOREIGN_NS;
		}
	}
}

void tandem_book_apply(struct tandem_book *b, int64_t now_ns, const struct tandem_event *e)
{
	if (!e->path[0])
		return;
	if (e->kind == TANDEM_EVENT_ADAPTER) {
		apply_adapter(b, e);
	} else if (e->kind == TANDEM_EVENT_DEVICE) {
		apply_device(b, now_ns, e);
	} else if (e->kind == TANDEM_EVENT_ENDPOINT) {
		apply_endpoint(b, e);
	} else if (e->kind == TANDEM_EVENT_TRANSPORT) {
		apply_transport(b, now_ns, e);
	} else if (e->kind == TANDEM_EVENT_GONE) {
		apply_gone(b, now_ns, e->path);
	}
}

struct tandem_transport *tandem_book_set(struct tandem_book *b, int64_t now_ns,
		const struct tandem_event *e)
{
	struct tandem_transport *t = FIND(b->transports, path, e->path);
	const bool reused = t && t->over;

	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		struct tandem_transport *o = &b->transports[i];

		if (o != t && o->path[0] && o->ours && o->endpoint == e->endpoint &&
				strcmp(o->adapter, e->parent) == 0)
			o->shared = true;
	}
	t = new_transport(b, now_ns, t, e->path);
	if (!t)
		return NULL;
	t->ignore_gone_ns = reused ? now_ns + STALE_GONE_NS : 0;
	t->ours = true;
	t->endpoint = e->endpoint;
	copy(t->device, sizeof(t->device), e->name);
	copy(t->adapter, sizeof(t->adapter), e->parent);
	fill_transport(t, e);
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		if (b->transports[i].shared && b->transports[i].endpoint == e->endpoint &&
				strcmp(b->transports[i].adapter, e->parent) == 0)
			t->shared = true;
	}
	return t;
}

void tandem_book_keep(struct tandem_book *b, const struct tandem_event *e)
{
	struct tandem_adapter *a = tandem_book_adapter(b, e->path);
	struct tandem_transport *t = FIND(b->transports, path, e->path);

	if (a && e->kind == TANDEM_EVENT_KEPT_HOST) {
		a->registered = true;
		a->late = e->on;
	}
	if (t && e->kind == TANDEM_EVENT_KEPT) {
		t->ours = true;
		t->endpoint = e->endpoint;
		copy(t->adapter, sizeof(t->adapter), e->parent);
	}
}

void tandem_book_cleared(struct tandem_book *b, const char *path)
{
	struct tandem_transport *t = path[0] ? FIND(b->transports, path, path) : NULL;

	/* The row stays until the object goes, so that a late change of the old object
	 * cannot pass for a new one. */
	if (t) {
		*t = (struct tandem_transport){ .generation = ++b->generations,
			.over = true };
		copy(t->path, sizeof(t->path), path);
	}
}
