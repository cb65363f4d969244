/* SPDX-License-Identifier: MIT
 *
 * hci-relay [--socket PATH] [--vhci PATH] [--air MICROSECONDS] [--log] N
 *
 * Gives N controllers of `btvirt -s` to the kernel as hci0, hci1, .., and lets each of them
 * have several links at once: relay-core.h says what btvirt does wrong. Says "ready", works
 * until SIGTERM or SIGINT, then counts on stderr. Needs /dev/vhci, thus root and hci_vhci;
 * btvirt's LE controllers need af_alg, or it hangs up at once.
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

/* One after the other: each index of the kernel follows the one before, as each address of
 * btvirt does. */
static int add_controller(struct tandem_relay_loop *l, const struct options *o)
{
	unsigned index = 0;
	const int controller_fd = tandem_relay_connect(o->socket);
	if (controller_fd < 0)
		return complain(o->socket, controller_fd);

	const int host_fd = tandem_relay_open_vhci(o->vhci);
	if (host_fd < 0) {
		close(controller_fd);
		return complain(o->vhci, host_fd);
	}
	tandem_relay_loop_add(l, controller_fd, host_fd);

	const int err = tandem_relay_make_host(host_fd, &index);
	if (err < 0)
		return complain("no controller from /dev/vhci", err);
	if (l->log != NULL)
		fprintf(l->log, "%u is hci%u\n", l->n_pairs - 1, index);
	return 0;
}

/* Returns a descriptor that is readable when the relay is to end. */
static int catch_stop(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int run(struct tandem_relay_loop *l, const struct options *o)
{
	enum tandem_relay_turn turn = TANDEM_RELAY_WORKED;

	for (unsigned i = 0; i < o->n; i++) {
		const int err = add_controller(l, o);

		if (err < 0)
			return err;
	}

	const int stop_fd = catch_stop();
	if (stop_fd < 0)
		return complain("signalfd", -errno);
	puts("ready");
	fflush(stdout);
	while (turn == TANDEM_RELAY_WORKED || turn == TANDEM_RELAY_IDLE)
		turn = tandem_relay_loop_turn(l, stop_fd, -1);
	if (turn == TANDEM_RELAY_BROKEN)
		fprintf(stderr, "hci-relay: %s\n", l->trouble);
	tandem_relay_loop_report(l, stderr);
	return turn == TANDEM_RELAY_STOPPED ? 0 : -EPIPE;
}

int main(int argc, char **argv)
{
	static struct tandem_relay_loop l;
	struct options o = { .socket = "/tmp/bt-server-bredrle", .vhci = "/dev/vhci" };

	if (!parse(&o, argc, argv)) {
		fprintf(stderr,
				"hci-relay [--socket PATH] [--vhci PATH] [--air US] "
				"[--log] 1..%d\n",
				TANDEM_RELAY_MAX);
		return 2;
	}
	tandem_relay_loop_init(&l, o.air_us * 1000LL, o.log ? stderr : NULL);

	const int err = run(&l, &o);
	tandem_relay_loop_finish(&l);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
