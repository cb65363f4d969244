/* SPDX-License-Identifier: MIT */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define VARIABLE "NOTIFY_SOCKET"

/* A path, or an abstract name behind "@"; a virtual machine's vsock is none of a user's. */
void tandem_notify_take(char address[TANDEM_NOTIFY_SIZE])
{
	const char *told = getenv(VARIABLE); /* NOLINT(concurrency-mt-unsafe) */

	address[0] = '\0';
	if (!told)
		return;
	if ((told[0] == '/' || told[0] == '@') && strlen(told) < TANDEM_NOTIFY_SIZE)
		memcpy(address, told, strlen(told) + 1);
	unsetenv(VARIABLE); /* NOLINT(concurrency-mt-unsafe) */
}

static int send_to(int via, const char *address, struct msghdr *message)
{
	const size_t bytes = strlen(address);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int res;

	_Static_assert(sizeof(to.sun_path) == TANDEM_NOTIFY_SIZE, "an address fits");
	memcpy(to.sun_path, address, bytes);
	if (address[0] == '@')
		to.sun_path[0] = '\0';
	message->msg_name = &to;
	message->msg_namelen = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
	res = sendmsg(via, message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
	message->msg_name = NULL;
	return res;
}

int tandem_notify(const char *address, const char *word, int fd)
{
	union {
		struct cmsghdr header; /* for its alignment */
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec text = { .iov_base = (void *)word, .iov_len = strlen(word) };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };
	int via, res;

	if (!address[0])
		return 0;
	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
	}
	via = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (via < 0)
		return -errno;
	res = send_to(via, address, &message);
	close(via);
	return res;
}
