/* SPDX-License-Identifier: MIT
 *
 * The table of commands, in the order of the help.
 */
#include <string.h>

#include "base/settings.h"
#include "tandemctl.h"

/* clang-format off */
const struct tandem_ctl_command tandem_ctl_commands[] = {
	{ "restore", "", 0, 0,
		"Give the speakers of a Tandem that has ended back to the desktop",
		"Their profiles, and their streams. The service runs it when it stops.",
		NULL, tandem_ctl_restore },
};
/* clang-format on */

const size_t tandem_ctl_n_commands = TANDEM_ARRAY_LEN(tandem_ctl_commands);

const struct tandem_ctl_command *tandem_ctl_find(const char *name)
{
	for (size_t i = 0; i < tandem_ctl_n_commands; i++) {
		if (strcmp(tandem_ctl_commands[i].name, name) == 0)
			return &tandem_ctl_commands[i];
	}
	return NULL;
}

const char *tandem_ctl_nearest(const char *name)
{
	struct tandem_setting rows[TANDEM_ARRAY_LEN(tandem_ctl_commands)] = { 0 };
	const struct tandem_setting_table table = { rows, (uint32_t)tandem_ctl_n_commands };
	const struct tandem_setting *nearest;

	for (size_t i = 0; i < tandem_ctl_n_commands; i++)
		rows[i].key = tandem_ctl_commands[i].name;
	nearest = tandem_setting_nearest(&table, name);
	return nearest ? nearest->key : NULL;
}
