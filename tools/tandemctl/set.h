/* SPDX-License-Identifier: MIT
 *
 * Set: the options of the commands that change a live setting, rows of
 * tandem_ctl_set_options. Plain data.
 */
#ifndef TANDEM_TOOLS_SET_H
#define TANDEM_TOOLS_SET_H

struct tandem_ctl_set {
	char *group; /* NULL: the one that it is about */
};

#endif
