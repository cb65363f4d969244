/* SPDX-License-Identifier: MIT
 *
 * Bench: bus thread and roster, as the module runs them, on a stage with two measured
 * speakers. What would go to the plugin is kept for the test to look at. In a hurry, the
 * roster's long waits (back-off, linger) pass at once when nothing is under way. Thread:
 * main.
 */
#ifndef TANDEM_TESTS_BUS_BENCH_H
#define TANDEM_TESTS_BUS_BENCH_H

#include "bus.h"
#include "roster.h"
#include "stage.h"

#define PATIENCE_NS (20 * TANDEM_NS_PER_S)

/* What a slot last told, and what the test waits for it to tell. */
struct bench_said {
	enum tandem_speaker_state state;
	char text[TANDEM_SENTENCE_SIZE];
	bool trouble; /* that is what the text is */
	enum tandem_speaker_state awaited;
	const char *sentence; /* part of the text; "": none at all; NULL: nothing awaited */
	bool heard;
};

struct bench {
	struct tandem_stage stage;
	const char *option;
	GSubprocess *speakers[2];
	struct tandem_fdstore *store; /* for the bus; NULL: nobody keeps anything */
	struct tandem_bus *bus;
	struct tandem_roster *roster;
	int wake_fd;
	int64_t timer_ns;
	int64_t ahead_ns; /* the roster's time before ours */
	bool hurry;
	uint32_t first; /* hciN of the first speaker */
	struct bench_said said[2];
	char guest[TANDEM_SENTENCE_SIZE]; /* last said of one */
	bool mute;                        /* leaves BlueZ's questions without an answer */
	int fds[2];
	uint32_t mtu_bytes[2];
	uint8_t config[2][4];
	double delay_s[2];
	uint32_t attached[2]; /* how often */
	uint32_t drops;
	char down[TANDEM_SENTENCE_SIZE];
	bool up;
};

#define UNTIL(b, condition)                                                                \
	do {                                                                               \
		const int64_t end_ns_ = tandem_bench_now_ns() + PATIENCE_NS;               \
		while (!(condition)) {                                                     \
			ck_assert_msg(tandem_bench_now_ns() < end_ns_, "waited for: %s",   \
					#condition);                                       \
			tandem_bench_turn(b);                                              \
		}                                                                          \
	} while (0)

int64_t tandem_bench_now_ns(void);

/* The stage with its speakers, whose reported delays are 120 and 180 ms. Clears the bench.
 * */
void tandem_bench_start_stage(struct bench *b);
void tandem_bench_stop_stage(struct bench *b);
/* The same with an option for the simulation, NULL: none, and speakers from hci<first>. */
void tandem_bench_start_stage_with(struct bench *b, const char *option, uint32_t first);
/* Stopped, it starts again under the same bench: on another system bus. */
void tandem_bench_start_stage_again(struct bench *b);
/* The simulation alone, as the stage has it. */
void tandem_bench_start_bluez(struct bench *b);
void tandem_bench_stop_bluez(struct bench *b);

/* Our side: members are both speakers, by address. */
void tandem_bench_start_bus(struct bench *b);
void tandem_bench_stop_bus(struct bench *b);

/* Waits for the bus or the roster's timer, and handles what comes. */
void tandem_bench_turn(struct bench *b);

/* As the graph does when it starts and suspends the node. */
void tandem_bench_want(struct bench *b, bool wanted);

/* As the plugin does when a socket breaks. */
void tandem_bench_lose(struct bench *b, uint32_t slot, const char *why);

/* From now on said[slot].heard tells whether this was told. */
void tandem_bench_await(struct bench *b, uint32_t slot, enum tandem_speaker_state state,
		const char *sentence);

enum tandem_speaker_state tandem_bench_state(const struct bench *b, uint32_t slot);
bool tandem_bench_both(const struct bench *b, enum tandem_speaker_state wanted);

#endif
