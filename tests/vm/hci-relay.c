/* SPDX-License-Identifier: MIT
 *
 * hci-relay [--socket PATH] [--vhci PATH] [--air MICROSECONDS] [--crowd BYTES_PER_S]
 *           [--log] N
 *
 * Gives N controllers of `btvirt -s` to the kernel as hci0, hci1, .., and lets each of them
 * have several links at once: relay-core.h says what btvirt does wrong. Says "ready", works
 * until SIGTERM or SIGINT, then counts on stderr. SIGUSR1 pulls hci0 out, SIGUSR2 puts it
 * back; after SIGHUP it carries BYTES_PER_S only, until the next SIGHUP. Needs /dev/vhci,
 * thus root and hci_vhci; btvirt's LE controllers need af_alg, or it hangs up at once.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "relay-loop.h"
#include "relay-open.h"

struct options {
	const char *socket;
	const char *vhci;
	unsigned n;
	long air_us; /* from a host to its peer */
	long crowd;  /* bytes a second */
	bool log;
};

static bool parse(struct options *o, int argc, char **argv)
{
	int i = 1;

	for (; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--log") == 0) {
			o->log = true;
		} else if (strcmp(argv[i], "--socket") == 0) {
			o->socket = argv[++i];
		} else if (strcmp(argv[i], "--vhci") == 0) {
			o->vhci = argv[++i];
		} else if (strcmp(argv[i], "--air") == 0) {
			o->air_us = strtol(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--crowd") == 0) {
			o->crowd = strtol(argv[++i], NULL, 10);
		} else {
			return false;
		}
	}
	/* One digit: TANDEM_RELAY_MAX is 8. */
	if (i + 1 != argc || strlen(argv[i]) != 1)
		return false;
	o->n = (unsigned)argv[i][0] - '0';
	return o->air_us >= 0 && o->n >= 1 && o->n <= TANDEM_RELAY_MAX;
}

static int complain(const char *what, int err)
{
	errno = -err;
	fprintf(stderr, "hci-relay: %s: %m\n", what);
	return err;
}

/* Sets *ret_fd: a host that the kernel knows as hci<index>. */
static int make_host(const struct tandem_relay_loop *l, const struct options *o,
		int *ret_fd)
{
	unsigned index = 0;
	const int fd = tandem_relay_open_vhci(o->vhci);

	if (fd < 0)
		return complain(o->vhci, fd);

	const int err = tandem_relay_make_host(fd, &index);
	if (err < 0) {
		close(fd);
		return complain("no controller from /dev/vhci", err);
	}
	if (l->log != NULL)
		fprintf(l->log, "hci%u is there\n", index);
	*ret_fd = fd;
	return 0;
}

/* One after the other: each index of the kernel follows the one before, as each address of
 * btvirt does. */
static int add_controller(struct tandem_relay_loop *l, const struct options *o)
{
	int host_fd = -1;
	const int controller_fd = tandem_relay_connect(o->socket);

	if (controller_fd < 0)
		return complain(o->socket, controller_fd);

	const int err = make_host(l, o, &host_fd);
	if (err < 0) {
		close(controller_fd);
		return err;
	}
	tandem_relay_loop_add(l, controller_fd, host_fd);
	return 0;
}

/* Returns a descriptor that is readable when there is a signal for us. */
static int catch_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaddset(&set, numbers[i]);
	signal(SIGPIPE, SIG_IGN);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* 1: go on, 0: the end, else -errno. */
static int obey(struct tandem_relay_loop *l, const struct options *o, int signal_fd)
{
	struct signalfd_siginfo got;
	int host_fd = -1;

	if (read(signal_fd, &got, sizeof(got)) != sizeof(got))
		return complain("signalfd", -errno);
	if (got.ssi_signo == SIGHUP) {
		l->crowd_bytes_per_s = l->crowd_bytes_per_s == 0 ? o->crowd : 0;
		return 1;
	}
	if (got.ssi_signo != SIGUSR1 && got.ssi_signo != SIGUSR2)
		return 0;
	tandem_relay_loop_unplug(l, 0);
	if (got.ssi_signo == SIGUSR1)
		return 1;

	const int err = make_host(l, o, &host_fd);
	if (err < 0)
		return err;
	tandem_relay_loop_plug(l, 0, host_fd);
	return 1;
}

static int run(struct tandem_relay_loop *l, const struct options *o)
{
	int go_on = 1;

	for (unsigned i = 0; i < o->n; i++) {
		const int err = add_controller(l, o);

		if (err < 0)
			return err;
	}

	const int signal_fd = catch_signals();
	if (signal_fd < 0)
		return complain("signalfd", -errno);
	puts("ready");
	fflush(stdout);
	while (go_on > 0) {
		const enum tandem_relay_turn turn =
				tandem_relay_loop_turn(l, signal_fd, -1);

		if (turn == TANDEM_RELAY_TOLD) {
			go_on = obey(l, o, signal_fd);
		} else if (turn == TANDEM_RELAY_BROKEN) {
			fprintf(stderr, "hci-relay: %s\n", l->trouble);
			go_on = -EPIPE;
		}
	}
	tandem_relay_loop_report(l, stderr);
	return go_on;
}

int main(int argc, char **argv)
{
	static struct tandem_relay_loop l;
	struct options o = { .socket = "/tmp/bt-server-bredrle", .vhci = "/dev/vhci" };

	if (!parse(&o, argc, argv)) {
		fprintf(stderr,
				"hci-relay [--socket PATH] [--vhci PATH] [--air US] "
				"[--crowd BYTES_PER_S] [--log] 1..%d\n",
				TANDEM_RELAY_MAX);
		return 2;
	}
	tandem_relay_loop_init(&l, o.air_us * 1000LL, o.log ? stderr : NULL);

	const int err = run(&l, &o);
	tandem_relay_loop_finish(&l);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
