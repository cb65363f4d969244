/* SPDX-License-Identifier: MIT */
#include "keeper.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

void tandem_keeper_start(struct keeper *k)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	*k = (struct keeper){
		.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
	};
	snprintf(k->address, sizeof(k->address), "/tmp/tandem-keeper-%d", (int)getpid());
	memcpy(at.sun_path, k->address, strlen(k->address));
	ck_assert_int_eq(bind(k->fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	memcpy(k->store.address, k->address, sizeof(k->address));
}

void tandem_keeper_stop(struct keeper *k)
{
	for (uint32_t i = 0; i < k->store.n; i++) {
		if (k->store.items[i].fd >= 0)
			close(k->store.items[i].fd);
	}
	close(k->fd);
	unlink(k->address);
}

static void drop(struct keeper *k, const char *name)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < k->store.n; i++) {
		if (strcmp(k->store.items[i].name, name) != 0) {
			k->store.items[n++] = k->store.items[i];
		} else if (k->store.items[i].fd >= 0) {
			close(k->store.items[i].fd);
		}
	}
	k->drops += n != k->store.n;
	k->store.n = n;
}

static void keep(struct keeper *k, const char *name, int fd)
{
	struct tandem_stored *const item = &k->store.items[k->store.n++];

	ck_assert_int_ge(fd, 0);
	g_strlcpy(item->name, name, sizeof(item->name));
	item->fd = fd;
}

void tandem_keeper_listen(struct keeper *k)
{
	static const char adds[] = "FDSTORE=1\nFDNAME=";
	static const char drops[] = "FDSTOREREMOVE=1\nFDNAME=";
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char word[128];
	ssize_t n;

	do {
		struct iovec text = { .iov_base = word, .iov_len = sizeof(word) - 1 };
		struct msghdr m = { .msg_iov = &text,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control) };
		int fd = -1;

		n = recvmsg(k->fd, &m, MSG_CMSG_CLOEXEC);
		word[n > 0 ? n : 0] = '\0';
		if (n > 0 && CMSG_FIRSTHDR(&m))
			memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
		if (strncmp(word, adds, sizeof(adds) - 1) == 0)
			keep(k, word + sizeof(adds) - 1, fd);
		if (strncmp(word, drops, sizeof(drops) - 1) == 0)
			drop(k, word + sizeof(drops) - 1);
	} while (n > 0);
}

void tandem_keeper_hand_over(const struct keeper *k, struct tandem_fdstore *store)
{
	*store = k->store;
	for (uint32_t i = 0; i < store->n; i++)
		store->items[i].fd = fcntl(k->store.items[i].fd, F_DUPFD_CLOEXEC, 0);
}

int tandem_keeper_file(const struct keeper *k, const char *prefix)
{
	for (uint32_t i = 0; i < k->store.n; i++) {
		if (strncmp(k->store.items[i].name, prefix, strlen(prefix)) == 0)
			return k->store.items[i].fd;
	}
	return -1;
}

static void die_with_parent(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The files and their names, as systemd hands them over; the process itself says that they
 * are for it. */
static void hand_over(const struct keeper *k, GSubprocessLauncher *launcher)
{
	g_autoptr(GString) names = g_string_new("");
	g_autofree char *count = g_strdup_printf("%u", k->store.n);

	for (uint32_t i = 0; i < k->store.n; i++) {
		g_string_append_printf(names, "%s%s", i ? ":" : "", k->store.items[i].name);
		g_subprocess_launcher_take_fd(launcher,
				fcntl(k->store.items[i].fd, F_DUPFD_CLOEXEC, 0),
				FIRST_FD + (int)i);
	}
	g_subprocess_launcher_setenv(launcher, "LISTEN_FDS", count, TRUE);
	g_subprocess_launcher_setenv(launcher, "LISTEN_FDNAMES", names->str, TRUE);
}

GSubprocess *tandem_keeper_forebear(struct keeper *k)
{
	const char *const argv[] = { "sh", "-c", "LISTEN_PID=$$ exec \"$0\"",
		g_getenv("TANDEM_FOREBEAR"), NULL };
	g_autoptr(GSubprocessLauncher) launcher =
			g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	g_autoptr(GError) error = NULL;
	GSubprocess *process;
	char line[sizeof("ready")];

	g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
	g_subprocess_launcher_setenv(launcher, "NOTIFY_SOCKET", k->address, TRUE);
	hand_over(k, launcher);
	process = g_subprocess_launcher_spawnv(launcher, argv, &error);
	ck_assert_ptr_nonnull(process);
	ck_assert(g_input_stream_read_all(g_subprocess_get_stdout_pipe(process), line,
			sizeof(line), NULL, NULL, &error));
	ck_assert_mem_eq(line, "ready\n", sizeof(line));
	tandem_keeper_listen(k);
	ck_assert_uint_eq(k->store.n, 2);
	return process;
}

void tandem_keeper_kill(struct keeper *k, GSubprocess *forebear)
{
	g_subprocess_force_exit(forebear);
	g_subprocess_wait(forebear, NULL, NULL);
	g_object_unref(forebear);
	tandem_keeper_listen(k);
	ck_assert_uint_eq(k->store.n, 2);
}
