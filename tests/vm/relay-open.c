/* SPDX-License-Identifier: MIT */
#include "relay-open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define VENDOR_PACKET 0xff /* HCI_VENDOR_PKT of the kernel */
#define PRIMARY 0x00       /* HCI_PRIMARY */

static int set_up(int fd, const struct sockaddr_un *address)
{
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return -errno;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return tandem_relay_limit_flight(fd);
}

int tandem_relay_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);

	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;

	const int err = set_up(fd, &address);
	if (err < 0)
		close(fd);
	return err < 0 ? err : fd;
}

/* btvirt reads 4096 bytes at a time and goes astray when these end within the header of a
 * packet (emulator/server.c; seen on 5.66). With the least send buffer that the kernel
 * grants, at most 2816 bytes were on their way, over packets of all sizes from 4 to 1028
 * (Linux 6.18); the next one waits here. */
int tandem_relay_limit_flight(int socket_fd)
{
	const int least = 1;

	return setsockopt(socket_fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)) < 0
			       ? -errno
			       : 0;
}

int tandem_relay_open_vhci(const char *path)
{
	const int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int tandem_relay_make_host(int vhci_fd, unsigned *ret_index)
{
	const uint8_t request[] = { VENDOR_PACKET, PRIMARY };
	uint8_t answer[4];

	if (write(vhci_fd, request, sizeof(request)) < 0)
		return -errno;

	const ssize_t n = read(vhci_fd, answer, sizeof(answer));
	if (n < 0)
		return -errno;
	if (n != sizeof(answer) || memcmp(answer, request, sizeof(request)) != 0)
		return -EPROTO;
	*ret_index = (unsigned)(answer[2] | answer[3] << 8);
	return 0;
}
