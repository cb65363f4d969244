/* SPDX-License-Identifier: MIT
 *
 * Session: the ear listens to a scene of two boxes, and each of its findings is held
 * against the truth.
 */
#ifndef TANDEM_TESTS_SESSION_H
#define TANDEM_TESTS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/room/scene.h"
#include "tools/ear/ear.h"

#define SESSION_BOXES 2
#define SESSION_FINDINGS 1024
/* Wrong: farther off than a listener can be asked to bear, and than was stated. */
#define SESSION_WRONG_US 100.0
#define SESSION_WRONG_SIGMA 3.0

/* One finding. Differences are of the second box against the first. */
struct session_finding {
	double at_s;
	enum tandem_ear_verdict verdict[SESSION_BOXES];
	bool heard;                /* both */
	double error_us, sigma_us; /* of the difference */
	/* The same of each. */
	double alone_us[SESSION_BOXES], alone_sigma_us[SESSION_BOXES];
	double level_db[SESSION_BOXES];
	bool inverted[SESSION_BOXES];
};

struct session {
	uint32_t n;
	struct session_finding of[SESSION_FINDINGS];
	double cpu_s; /* what listening took */
};

/* Aborts without memory. */
void tandem_session_run(struct session *s, const struct scene *scene, double hop_s,
		double window_s);

/* What one takes home: mean of all findings that heard both. */
struct session_result {
	uint32_t heard, wrong;        /* of single findings */
	double error_us, sigma_us;    /* sigma of one finding, rms */
	double level_db;              /* difference */
	bool inverted[SESSION_BOXES]; /* by majority */
};
struct session_result tandem_session_sum(const struct session *s);

/* Farther off than SESSION_WRONG_US and SESSION_WRONG_SIGMA sigmas. */
bool tandem_session_is_wrong(double error_us, double sigma_us);

#endif
