/* SPDX-License-Identifier: MIT
 *
 * The roster with everything at random: what must hold, holds.
 */
#include <check.h>

#include "roster-world.h"
#include "suite.h"

/* What must hold whatever happens; fed with each action in order. */
struct invariants {
	bool attached[2];
	uint32_t questions_open;
	const char *broken;
};

static bool check_action(void *data, const struct tandem_action *a)
{
	struct invariants *v = data;

	if (a->kind == TANDEM_ACTION_ATTACH) {
		if (v->attached[a->slot])
			v->broken = "attached twice";
		v->attached[a->slot] = true;
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		if (!v->attached[a->slot])
			v->broken = "detached without an attach";
		v->attached[a->slot] = false;
	} else if (a->kind == TANDEM_ACTION_ANSWER) {
		v->questions_open--;
	}
	return true;
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes */
	return (*seed >> 8) % n;
}

static void random_step(struct world *w, struct invariants *v, uint32_t *seed)
{
	const int n = 1 + (int)random_below(seed, 3);
	const uint32_t what = random_below(seed, 14), other = random_below(seed, 3);
	const uint32_t call = 1 + random_below(seed, w->roster->calls + 1);

	if (what == 0) {
		tandem_world_up(w);
	} else if (what == 1 && other == 0) {
		tandem_world_down(w);
	} else if (what == 2) {
		tandem_world_device(w, n, other ? TANDEM_CONNECTED : 0, "audio-card");
	} else if (what == 3) {
		tandem_world_sep(w, n, 53);
	} else if (what == 4) {
		tandem_world_transport(w, n, n, (enum tandem_transport_state)other,
				other * 1000);
	} else if (what == 5) {
		tandem_world_transport_gone(w, n, n);
	} else if (what == 6 && ++v->questions_open) {
		tandem_world_select(w, 1, other % 2, 53);
	} else if (what == 7 && ++v->questions_open) {
		tandem_world_set(w, 2, other % 2, n, n);
	} else if (what == 8) {
		tandem_world_clear(w, n, n);
	} else if (what == 9) {
		tandem_world_connected(w, n, other ? "" : "org.bluez.Error.Failed");
	} else if (what == 10) {
		tandem_world_acquired(w, call,
				other ? "" : "org.freedesktop.DBus.Error.NoReply");
	} else if (what == 11) {
		tandem_world_released(w, call);
	} else if (what == 12) {
		tandem_world_wanted(w, other > 0);
	} else {
		tandem_world_pass_ms(w, 100 * (int64_t)random_below(seed, 100));
	}
}

static void check_state(const struct world *w, const struct invariants *v, uint32_t first)
{
	for (uint32_t i = 0; i < 2; i++) {
		const struct tandem_life *l = &w->roster->slots[i].life;

		ck_assert_msg(l->attached == v->attached[i], "seed %u: attached", first);
		ck_assert_msg(l->attached == (l->state == TANDEM_SPEAKER_STREAMING),
				"seed %u: state and socket disagree", first);
		ck_assert_msg(l->call == 0 || l->transport != 0,
				"seed %u: a call for no transport", first);
		ck_assert_msg(w->roster->exported || l->transport == 0,
				"seed %u: a connected speaker without a sink", first);
	}
	ck_assert_msg(w->roster->actions.n < TANDEM_MAX_ACTIONS - 1, "seed %u: too many",
			first);
	ck_assert_msg(v->questions_open == 0, "seed %u: BlueZ left without an answer",
			first);
	ck_assert_msg(!v->broken, "seed %u: %s", first, v->broken);
}

START_TEST(whatever_happens)
{
	const uint32_t first = (uint32_t)_i + 1;
	uint32_t seed = first;
	struct invariants v = { 0 };
	struct world w;

	tandem_world_start(&w, _i % 2 ? &tandem_world_automatic : &tandem_world_pair);
	w.hook = check_action;
	w.hook_data = &v;
	for (int step = 0; step < 3000; step++) {
		random_step(&w, &v, &seed);
		check_state(&w, &v, first);
	}
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster at random");
	TCase *const c = tcase_create("roster");

	tcase_add_loop_test(c, whatever_happens, 0, 40);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
