/* SPDX-License-Identifier: MIT
 *
 * A file as people call it: "~/.config/pipewire/tandem.conf", for sentences. Pure.
 */
#ifndef TANDEM_MODULE_WHERE_H
#define TANDEM_MODULE_WHERE_H

/* Leaves most of a sentence (256 bytes) for what is wrong. Chosen. */
#define TANDEM_WHERE_SIZE 96

/* $HOME becomes "~"; of a path that is too long its end is shown. */
void tandem_where_show(char where[TANDEM_WHERE_SIZE], const char *path);

#endif
