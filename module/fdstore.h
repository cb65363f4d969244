/* SPDX-License-Identifier: MIT
 *
 * File store: systemd keeps open files for us, and hands them to the process that it starts
 * after a crash, by name (sd_listen_fds(3), FileDescriptorStoreMax= of systemd.service(5)):
 *
 *     put --FDSTORE=1, FDNAME--> systemd --LISTEN_FDS, LISTEN_FDNAMES--> open, take
 *
 * It drops them when the service is stopped, and by itself when the other end has closed
 * one. The store belongs to the user's own systemd: nobody else gets at it. Without systemd
 * nothing is kept, and nothing found. put and drop: any thread. Others: main.
 */
#ifndef TANDEM_MODULE_FDSTORE_H
#define TANDEM_MODULE_FDSTORE_H

#include "notify.h"

#define TANDEM_MAX_STORED 32       /* FileDescriptorStoreMax= of our unit */
#define TANDEM_STORED_NAME_SIZE 64 /* of names that are ours */
#define TANDEM_STORED_PREFIX "tandem-"

struct tandem_stored {
	char name[TANDEM_STORED_NAME_SIZE];
	int fd; /* -1: has been taken */
};

struct tandem_fdstore {
	char address[TANDEM_NOTIFY_SIZE]; /* constant; empty: nobody keeps anything */
	uint32_t n;
	struct tandem_stored items[TANDEM_MAX_STORED];
};

/* $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES as process pid finds them, NULL: not there.
 * What does not begin with our prefix is left out. Returns how many. Pure. */
uint32_t tandem_fdstore_read(struct tandem_stored items[TANDEM_MAX_STORED], int64_t pid,
		const char *listen_pid, const char *fds, const char *names);

/* Finds what was stored, and takes the variables out of the environment when it was for
 * us. address: as tandem_notify_take() gave it. */
void tandem_fdstore_open(struct tandem_fdstore *s, const char *address);

/* Closes what nobody has taken, for everybody, and has it dropped: groups that are not
 * configured any more. */
void tandem_fdstore_close(struct tandem_fdstore *s);

/* The file of this name, which is the caller's then; -1: there is none. */
int tandem_fdstore_take(struct tandem_fdstore *s, const char *name);

/* Has it kept beside what is, and dropped all of this name. 0 or -errno; it stays the
 * caller's. */
TANDEM_CHECK int tandem_fdstore_put(const struct tandem_fdstore *s, const char *name,
		int fd);
void tandem_fdstore_drop(const struct tandem_fdstore *s, const char *name);

#endif
