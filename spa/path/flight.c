/* SPDX-License-Identifier: MIT */
#include "flight.h"

#define TOO_OLD_NS TANDEM_NS_PER_S /* as PipeWire has it: no link that lives takes longer */

/* A packet whose first piece had gone already looks cheaper than it is, and a smaller one
 * may be cheaper: believed slowly. */
#define CHEAPER 8u

const char *tandem_flight_source_name(enum tandem_flight_source source)
{
	static const char *const names[] = {
		[TANDEM_FLIGHT_UNKNOWN] = "nothing",
		[TANDEM_FLIGHT_SOCKET] = "socket",
		[TANDEM_FLIGHT_STAMPS] = "stamps",
	};

	return (unsigned)source < TANDEM_ARRAY_LEN(names) ? names[source] : "nothing";
}

void tandem_flight_init(struct tandem_flight *f, enum tandem_flight_source source)
{
	*f = (struct tandem_flight){ .source = source };
}

/* What comes after silence does not tell that the link lives again. */
static void begin(struct tandem_flight *f, int64_t at_ns)
{
	if (f->packets == 0 && !f->silent)
		f->moved_ns = at_ns;
}

void tandem_flight_sent(struct tandem_flight *f, int64_t at_ns)
{
	begin(f, at_ns);
	if (f->next - f->oldest == TANDEM_FLIGHT_PENDING)
		f->oldest++;
	f->sent_ns[f->next % TANDEM_FLIGHT_PENDING] = at_ns;
	f->next++;
	f->packets = f->next - f->oldest;
}

void tandem_flight_completed(struct tandem_flight *f, uint32_t number, int64_t at_ns)
{
	const int64_t sent_ns = f->sent_ns[number % TANDEM_FLIGHT_PENDING];
	const double delay_s = (double)(at_ns - sent_ns) / (double)TANDEM_NS_PER_S;

	if (number - f->oldest >= f->packets)
		return;
	f->lost += number - f->oldest;
	f->oldest = number + 1;
	f->packets = f->next - f->oldest;
	f->completed++;
	f->silent = false;
	f->moved_ns = at_ns;
	if (delay_s < 0.0) /* the clock was set meanwhile */
		return;
	f->last_delay_s = delay_s;
	tandem_delays_add(&f->delays, delay_s);
}

bool tandem_flight_expire(struct tandem_flight *f, int64_t now_ns)
{
	while (f->packets > 0 && now_ns - f->sent_ns[f->oldest % TANDEM_FLIGHT_PENDING] >
						 TOO_OLD_NS) {
		f->oldest++;
		f->packets--;
		f->lost++;
		f->silent = true;
	}
	return f->completed > 0 || f->lost == 0;
}

static uint32_t packets_in(const struct tandem_flight *f)
{
	if (f->charge_bytes == 0)
		return f->used_bytes > 0;
	return (f->used_bytes + f->charge_bytes - 1) / f->charge_bytes;
}

void tandem_flight_see_used(struct tandem_flight *f, uint32_t used_bytes, int64_t now_ns)
{
	if (used_bytes < f->used_bytes)
		f->moved_ns = now_ns;
	f->used_bytes = used_bytes;
	f->packets = packets_in(f);
}

void tandem_flight_sent_used(struct tandem_flight *f, uint32_t used_bytes, bool is_all,
		int64_t now_ns)
{
	const uint32_t added = used_bytes - f->used_bytes;

	begin(f, now_ns);
	if (used_bytes > f->used_bytes && !is_all) {
		if (added >= f->charge_bytes) {
			f->charge_bytes = added;
		} else {
			f->charge_bytes -= (f->charge_bytes - added) / CHEAPER;
		}
	}
	f->used_bytes = used_bytes;
	f->packets = packets_in(f);
}
