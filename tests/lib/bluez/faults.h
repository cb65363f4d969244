/* SPDX-License-Identifier: MIT
 *
 * Faults: what a test can have go wrong in the simulated BlueZ, as D-Bus methods.
 *
 *     name org.tandem.Simulation, path /org/tandem/simulation,
 *     interface org.tandem.Simulation1: one method for each row of the table in faults.c
 *
 * Introspection shows the table: each method with its arguments and its sentence. Subjects
 * and paths of rules: rules.h. Radios are "hci0", speakers are device paths. A method that
 * cannot do what is asked answers org.tandem.Simulation.Error. BlueZ's own names and
 * messages are given by the test; where facts name them, so do the tests:
 * shared facts on Bluetooth, 1.1 to 1.8 and 5.2. Thread: the GLib main context.
 */
#ifndef TANDEM_TESTS_BLUEZ_FAULTS_H
#define TANDEM_TESTS_BLUEZ_FAULTS_H

#define SIM_FAULTS_NAME "org.tandem.Simulation"
#define SIM_FAULTS_PATH "/org/tandem/simulation"
#define SIM_FAULTS_INTERFACE "org.tandem.Simulation1"
#define SIM_FAULTS_ERROR "org.tandem.Simulation.Error"

#endif
