/* SPDX-License-Identifier: MIT
 *
 * Rules: what goes wrong with calls, signals and properties. The store asks here before it
 * carries out a call, sends a signal or tells a property.
 *
 *     a call meets       FAIL an error; DELAY later; MUTE never an answer
 *     a signal meets     HOLD when it is let go; LOSE never
 *     a property meets   LIE another value, or none
 *
 * A rule is for a subject and a path, and what lies below them. Subjects: of calls
 * "Media1.RegisterApplication", or "Media1" for all of them; of signals "InterfacesAdded",
 * "InterfacesRemoved", "PropertiesChanged" or one property's "PropertiesChanged.State"; of
 * properties "MediaTransport1.Delay". "AVDTP.SetConfiguration" and "AVDTP.Start" are what
 * the speaker at the path of a device is asked over the air. Path: "" is everywhere. The
 * oldest rule that fits is taken. Thread: the GLib main context, alone.
 */
#ifndef TANDEM_TESTS_BLUEZ_RULES_H
#define TANDEM_TESTS_BLUEZ_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <gio/gio.h>

enum sim_rule_kind {
	SIM_FAIL = 1 << 0,
	SIM_DELAY = 1 << 1,
	SIM_MUTE = 1 << 2,
	SIM_HOLD = 1 << 3,
	SIM_LOSE = 1 << 4,
	SIM_LIE = 1 << 5,
};

#define SIM_CALL_RULES (SIM_FAIL | SIM_DELAY | SIM_MUTE)
#define SIM_SIGNAL_RULES (SIM_HOLD | SIM_LOSE)

struct sim_rule {
	enum sim_rule_kind kind;
	char *subject;
	char *path;
	char *error;     /* FAIL */
	char *message;   /* FAIL */
	uint32_t times;  /* FAIL: how often yet; 0: until cleared */
	uint32_t ms;     /* DELAY */
	GVariant *value; /* LIE; NULL: the property is not there */
	GPtrArray *held; /* HOLD: signals, oldest first */
};

struct sim_rules;

/* "Media1.RegisterApplication" of "org.bluez.Media1"; release with g_free(). */
char *tandem_sim_subject(const char *interface, const char *member);

/* The connection is borrowed for life. */
struct sim_rules *tandem_sim_rules_new(GDBusConnection *connection);
/* Held signals never come, muted calls are never answered. */
void tandem_sim_rules_free(struct sim_rules *r);

/* A rule to be filled in, the youngest. */
struct sim_rule *tandem_sim_rules_add(struct sim_rules *r, enum sim_rule_kind kind,
		const char *subject, const char *path);
/* Ends the rules of these kinds with just this subject and path, NULL: with any. Held
 * signals are sent. */
void tandem_sim_rules_end(struct sim_rules *r, unsigned int kinds, const char *subject,
		const char *path);

/* The rule of these kinds that fits, NULL: none. Counts as one of its times; a used up
 * one fits no more. */
const struct sim_rule *tandem_sim_rules_meet(struct sim_rules *r, unsigned int kinds,
		const char *subject, const char *path);

/* Keeps a call that is never answered. Takes it. */
void tandem_sim_rules_keep(struct sim_rules *r, GDBusMethodInvocation *call);

/* A signal about an object, as the message is to be; args may float. */
struct sim_signal {
	const char *object;
	const char *subject;
	const char *path;
	const char *interface;
	const char *name;
	GVariant *args;
};

/* Sends it, unless a rule has it otherwise. */
void tandem_sim_rules_signal(struct sim_rules *r, const struct sim_signal *s);

#endif
