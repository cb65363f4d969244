/* SPDX-License-Identifier: MIT
 *
 * What a take (take.h) comes to: told, and put right if that is wished. Thread: main.
 */
#ifndef TANDEM_TOOLS_CALIBRATE_H
#define TANDEM_TOOLS_CALIBRATE_H

#include "take.h"

/* What else than time is to be put right in one speaker. */
struct tandem_remedy {
	double gain_db;   /* that it should have; NAN: as it is */
	bool turns_round; /* its polarity */
};

/* From its rows, what each speaker would need to be as loud as the softest, 6 dB less than
 * now at most, and to have the polarity that the others have. */
void tandem_remedies_find(const struct tandem_take_result *r,
		const struct tandem_client_node *sink, struct tandem_remedy remedies[]);

/* On stdout, for people. */
void tandem_calibrate_tell(const struct tandem_take_result *r,
		const struct tandem_client_node *sink,
		const struct tandem_remedy remedies[]);
/* As JSON: with what was applied. */
void tandem_calibrate_tell_json(const struct tandem_take_result *r,
		const struct tandem_client_node *sink,
		const struct tandem_remedy remedies[], bool level_applied,
		bool polarity_applied);

#endif
