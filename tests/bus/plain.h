/* SPDX-License-Identifier: MIT
 *
 * Plain: a stage with two speakers and a plain client that has registered at hci0, to see
 * what goes wrong in the simulated BlueZ as any client would. One at a time. Thread: main.
 */
#ifndef TANDEM_TESTS_BUS_PLAIN_H
#define TANDEM_TESTS_BUS_PLAIN_H

#include <check.h>

#include "fault-client.h"
#include "source-client.h"
#include "stage.h"

#define HOST "/org/bluez/hci0"
#define FAR_1 HOST "/dev_00_AA_01_01_00_01"
#define FAR_2 HOST "/dev_00_AA_01_02_00_02"
#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"
#define FAILED "org.bluez.Error.Failed"

struct plain {
	struct tandem_stage stage;
	struct tandem_source source;
	GSubprocess *speakers[2];
	GString *journal; /* of signals: "NAME PATH ARGUMENTS", a line each */
	guint journal_id;
};

extern const uint8_t tandem_plain_config[4];

void tandem_plain_start(struct plain *p);
void tandem_plain_stop(struct plain *p);

void tandem_plain_fault(struct plain *p, const char *text);

/* Whether the journal has this text in it by now; the other waits for it. */
bool tandem_plain_seen(const struct plain *p, const char *text);
void tandem_plain_wait(const struct plain *p, const char *text);

/* The name of the error, "" none; to be given to tandem_plain_expect(). */
char *tandem_plain_connect(struct plain *p, const char *device);
char *tandem_plain_acquire(struct plain *p, uint32_t slot);
char *tandem_plain_register(struct plain *p);

/* Takes what is. */
void tandem_plain_expect(char *is, const char *expected);

/* A property in GVariant's text format, "none" when it is not there. */
void tandem_plain_expect_shown(struct plain *p, const char *path, const char *interface,
		const char *name, const char *expected);
void tandem_plain_expect_connected(struct plain *p, const char *device, bool expected);

#endif
