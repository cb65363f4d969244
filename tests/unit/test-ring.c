/* SPDX-License-Identifier: MIT
 *
 * The ring between two threads that never wait for each other. Each record is written
 * word by word and checked word by word: one that is handed over before it is whole, or
 * taken back before it is read, shows. On processors that keep the order of stores only
 * ThreadSanitizer sees a wrong memory order, so this is one of its tests too. Each round
 * begins together and with an empty ring, so that the reader, who ends it, comes first.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "base/ring.h"
#include "suite.h"

#define ROUNDS 100
#define RECORDS 20000 /* few enough for a host that runs other things meanwhile */
#define WORDS 16
#define SLOTS 8 /* few: the ring is often full and often empty */

struct record {
	uint32_t words[WORDS]; /* all the same: its number, from 1 */
};

struct writer {
	struct tandem_ring *ring;
	pthread_barrier_t begin;
	uint32_t met_full; /* written by the writing thread, read after its end */
};

static void fill(struct record *record, uint32_t number)
{
	for (int i = 0; i < WORDS; i++)
		record->words[i] = number;
}

static bool is_whole(const struct record *record)
{
	for (int i = 1; i < WORDS; i++) {
		if (record->words[i] != record->words[0])
			return false;
	}
	return true;
}

static void *write_all(void *data)
{
	struct writer *w = data;

	for (uint32_t number = 1; number <= RECORDS; number++) {
		struct record *record;

		if (number % (RECORDS / ROUNDS) == 1)
			pthread_barrier_wait(&w->begin);
		while ((record = tandem_ring_write_block(w->ring)) == NULL) {
			w->met_full++;
			sched_yield();
		}
		fill(record, number);
		tandem_ring_write_commit(w->ring);
	}
	return NULL;
}

START_TEST(records_cross_whole_and_in_order)
{
	struct tandem_ring ring;
	struct writer w = { .ring = &ring };
	uint32_t met_empty = 0;
	pthread_t thread;

	ck_assert_int_eq(tandem_ring_init(&ring, sizeof(struct record), SLOTS), 0);
	ck_assert_int_eq(pthread_barrier_init(&w.begin, NULL, 2), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, write_all, &w), 0);
	for (uint32_t number = 1; number <= RECORDS; number++) {
		const struct record *record;

		if (number % (RECORDS / ROUNDS) == 1)
			pthread_barrier_wait(&w.begin);
		while ((record = tandem_ring_read_block(&ring)) == NULL) {
			met_empty++;
			sched_yield();
		}
		ck_assert_msg(is_whole(record), "record %u is torn", number);
		ck_assert_uint_eq(record->words[0], number);
		tandem_ring_read_commit(&ring);
	}
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_ptr_null(tandem_ring_read_block(&ring));
	/* Both ends were met, or the threads took turns and nothing is shown. */
	ck_assert_uint_gt(w.met_full, 0);
	ck_assert_uint_gt(met_empty, 0);
	pthread_barrier_destroy(&w.begin);
	tandem_ring_finish(&ring);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("ring");
	TCase *const c = tcase_create("two threads");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, records_cross_whole_and_in_order);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
