/* SPDX-License-Identifier: MIT */
#include "status-rows.h"

#include <stddef.h>

#define G(key, type, member, help)                                                         \
	{ key, TANDEM_STATUS_##type, offsetof(struct tandem_status, member), help }
#define S(key, type, member, help)                                                         \
	{ key, TANDEM_STATUS_##type, offsetof(struct tandem_speaker_status, member), help }

static const struct tandem_status_row group_rows[] = {
	G("message", TEXT, message, "What is wrong with the group, and what to do"),
	G("mistakes", TEXT, mistakes, "What is wrong in the settings, one per line"),
	G("running", BOOL, running, "The graph runs the sink"),
	G("driving", BOOL, driving, "The sink is the graph's clock"),
	G("rate-hz", U32, rate_hz, "Sample rate of the graph, Hz"),
	G("quantum", U32, quantum, "Frames of the last cycle"),
	G("xruns", U64, xruns, "Frames that never came and became silence"),
	G("latency-ms", DOUBLE, latency_ms, "From the graph's cycle to the air, ms"),
	G("air-percent", U32, air_percent,
			"Sent of what was planned: less when the air is crowded, %"),
};

static const struct tandem_status_row speaker_rows[] = {
	S("name", TEXT, name, "What the device calls itself"),
	S("address", TEXT, address, "Bluetooth address"),
	S("state", STATE, state, "Life of the connection"),
	S("message", TEXT, message, "What is wrong, and what to do"),
	S("plays", CONSTANT, plays, "Channels it plays now"),
	S("stream.codec", TEXT, codec, "Codec in use"),
	S("stream.mode", TEXT, mode, "Channel mode of the codec"),
	S("stream.rate-hz", U32, rate_hz, "Sample rate of the codec, Hz"),
	S("stream.bitpool", U32, bitpool, "SBC bitpool in use"),
	S("stream.kbps", DOUBLE, kbps, "Sent, headers included, kbit/s"),
	S("stream.packets", U64, packets, "Packets sent"),
	S("stream.skipped", U64, skipped, "Packets not sent because the link was full"),
	S("stream.due-frames", U64, due_frames, "Frames due since the start"),
	S("stream.sent-frames", U64, sent_frames, "Frames sent or skipped"),
	S("stream.air-percent", U32, air_percent, "Of the planned bytes, in use, %"),
	S("stream.queue-packets", U32, queue_packets, "Packets on their way to it"),
	S("stream.queue-most", U32, most_queue, "The most that ever were"),
	S("stream.queue-source", CONSTANT, queue_source,
			"Who says so: time stamps, the socket, or nobody"),
	S("stream.completed", U64, completed, "Packets it has acknowledged"),
	S("stream.radio-p50-ms", DOUBLE, radio_ms[0],
			"So long the radio takes for half of the packets, ms"),
	S("stream.radio-p95-ms", DOUBLE, radio_ms[1], "And for 95 of a hundred, ms"),
	S("stream.radio-p99-ms", DOUBLE, radio_ms[2], "And for 99, ms"),
	S("latency-ms", DOUBLE, latency_ms, "From socket to air, as believed, ms"),
	S("latency-source", CONSTANT, latency_source, "Where that belief comes from"),
	S("remembered", BOOL, remembered,
			"What a microphone heard of this start will be known at the next"),
	S("sigma-ms", DOUBLE, sigma_ms, "How sure it is, one standard deviation, ms"),
	S("lateness-ms", DOUBLE, lateness_ms, "Plays too late by this, as believed, ms"),
	S("extra-ms", DOUBLE, extra_ms, "Added so that all speakers agree, ms"),
	S("late-ms", DOUBLE, late_ms, "Behind the others, for max-latency-ms, ms"),
	S("clock.class", CONSTANT, clock_class, "Locked to our packets, or free"),
	S("measured-drift-ppm", DOUBLE, measured_drift_ppm,
			"The speaker's clock against ours, ppm"),
	S("clock.drift-sigma-ppm", DOUBLE, drift_sigma_ppm,
			"How sure that is, one standard deviation, ppm"),
	S("clock.content-ppm", DOUBLE, content_ppm,
			"The music is read faster by this, ppm"),
	S("clock.pace-ppm", DOUBLE, pace_ppm, "Frames are sent faster by this, ppm"),
	S("clock.steps", U64, steps, "Times its latency stepped by itself"),
	S("clock.last-step-ms", DOUBLE, last_step_ms, "By how much, the last time, ms"),
	S("clock.jumps", U64, jumps, "Crossfaded jumps of the music"),
};

#undef G
#undef S

const struct tandem_status_table tandem_group_status_table = { group_rows,
	TANDEM_ARRAY_LEN(group_rows) };
const struct tandem_status_table tandem_speaker_status_table = { speaker_rows,
	TANDEM_ARRAY_LEN(speaker_rows) };
