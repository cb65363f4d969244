/* SPDX-License-Identifier: MIT
 *
 * Between entry and exit of our data-loop functions nothing allocates, frees, locks or
 * waits: the functions that do are replaced here by ones that count while the trap is on.
 */
#include <check.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "allocator.h"
#include "rig.h"
#include "suite.h"

static bool trapped;
static unsigned caught;
static const char *culprit = "";

static void meet(const char *name)
{
	if (trapped) {
		caught++;
		culprit = name;
	}
}

static bool allocates(const char *name, int change)
{
	(void)change;
	meet(name);
	return true;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	static int (*real)(pthread_mutex_t *);

	meet("pthread_mutex_lock");
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_lock");
	return real(mutex);
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
	meet("nanosleep");
	return clock_nanosleep(CLOCK_REALTIME, 0, wanted, left);
}

static void enter(bool in)
{
	trapped = in;
}

START_TEST(the_trap_works)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	const struct timespec none = { 0, 0 };
	void *volatile p;

	trapped = true;
	p = malloc(10);
	free(p);
	pthread_mutex_lock(&mutex);
	nanosleep(&none, NULL);
	trapped = false;
	pthread_mutex_unlock(&mutex);
	ck_assert_uint_eq(caught, 4);
}
END_TEST

START_TEST(nothing_allocates_or_locks)
{
	static struct rig rig;
	const struct tandem_observation seen = {
		.kind = TANDEM_OBSERVED_REPORT, .value_s = 0.18, .sigma_s = 1e-3
	};
	int fds[2];

	caught = 0;
	tandem_rig_init(&rig);
	tandem_rig_start(&rig, 48000);
	rig.fake.enter = enter;
	fds[0] = tandem_rig_attach(&rig, 0);
	fds[1] = tandem_rig_attach(&rig, 1);
	tandem_rig_run(&rig, 3.0, tandem_rig_drain, fds);
	tandem_group_call(rig.door, observe, 0, &seen); /* a jump */
	tandem_rig_run(&rig, 3.0, tandem_rig_drain, fds);
	tandem_rig_run(&rig, 1.0, NULL, NULL); /* full sockets */
	tandem_rig_set_following(&rig, true);
	tandem_rig_run(&rig, 1.0, tandem_rig_drain, fds);
	close(fds[1]); /* a broken link */
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	ck_assert_uint_eq(rig.n_lost, 1);
	tandem_rig_command(&rig, SPA_NODE_COMMAND_Suspend);
	tandem_group_call(rig.door, detach, 0);
	rig.fake.enter = NULL;
	tandem_rig_finish(&rig);
	close(fds[0]);
	ck_assert_msg(caught == 0, "%u calls, the last to %s()", caught, culprit);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("rt");
	TCase *const c = tcase_create("data loop");

	tandem_allocator_may = allocates;
	tcase_set_timeout(c, 60);
	tcase_add_test(c, the_trap_works);
	tcase_add_test(c, nothing_allocates_or_locks);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
