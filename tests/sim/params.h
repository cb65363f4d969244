/* SPDX-License-Identifier: MIT
 *
 * Every number of the plants, once; printed with the results. Types, ranges and sources:
 * shared facts on clocks, 3 and 4, unless said. uniform(a..b) is drawn for each speaker and
 * seed; a rms is of a normal distribution.
 */
#ifndef TANDEM_TESTS_SIM_PARAMS_H
#define TANDEM_TESTS_SIM_PARAMS_H

/* clang-format off */
#define SIM_PARAMS(X) \
	/* our side */ \
	X(rate_hz,           48000.0, "frames of the codec per s") \
	X(block_frames,        120.0, "steered at once") \
	X(packet_blocks,         8.0, "20 ms; sent when the last one is due") \
	X(default_s,           0.125, "of a speaker that says nothing (spa/speaker.h)") \
	X(preroll_s,             0.5, "of silence at a start (spa/speaker.c)") \
	/* the air */ \
	X(air_min_s,           0.003, "uniform, of a speaker") \
	X(air_max_s,           0.005, "") \
	X(jitter_s,            0.002, "mean of an exponential, of a packet") \
	X(stall_every_s,        20.0, "mean of an exponential") \
	X(stall_min_s,         0.020, "uniform") \
	X(stall_max_s,         0.060, "") \
	/* the DAC */ \
	X(drift_min_ppm,        20.0, "uniform, either sign") \
	X(drift_max_ppm,       100.0, "") \
	X(warmup_ppm,            6.0, "uniform +-, dies away ...") \
	X(warmup_s,            600.0, "... like this") \
	X(wander_ppm,            0.4, "rms of a bounded random walk ...") \
	X(wander_s,            300.0, "... that forgets in this time") \
	X(thermal_ppm,           1.0, "amplitude of a slow sine ...") \
	X(thermal_s,          1800.0, "... of this period, any phase (chosen)") \
	/* the buffer */ \
	X(fill_min_s,          0.120, "uniform: latency of the buffer at a start") \
	X(fill_max_s,          0.200, "") \
	X(room_s,              0.060, "above it, then it throws away (chosen)") \
	X(refill_rms_s,        0.005, "of a rebuffering about the first fill (chosen)") \
	X(hidden_min_s,        0.010, "uniform: decoder and DSP") \
	X(hidden_max_s,        0.060, "") \
	/* rate loops */ \
	X(loop_integral,        0.25, "ki = this * kp^2, kp = 1 / time constant (chosen)") \
	X(loop_max_ppm,       3000.0, "what a loop can do (chosen)") \
	X(slow_off_s,          0.020, "a lazy loop starts so far from where it settles") \
	X(band_frames,        2560.0, "width of the dead band: 20 frames of SBC") \
	X(band_ppm,           3906.0, "outside of it (BTstack)") \
	/* reports */ \
	X(bias_rms_s,          0.010, "") \
	X(report_every_s,        3.0, "") \
	X(report_sigma_s,      0.001, "of one that is an average") \
	X(report_step_s,      0.0001, "AVDTP") \
	X(inst_min_s,          0.005, "uniform: age of an instantaneous one") \
	X(inst_max_s,          0.040, "") \
	X(pressure_every_s,      1.0, "completions of a full speaker (chosen)") \
	X(pressure_sigma_s,   0.0015, "") \
	/* microphone */ \
	X(ear_sigma_s,         40e-6, "") \
	X(echo_share,           0.03, "hears an echo instead, later by uniform ...") \
	X(echo_min_s,          0.001, "") \
	X(echo_max_s,          0.005, "")
/* clang-format on */

struct sim_params {
#define SIM_MEMBER(name, value, what) double name;
	SIM_PARAMS(SIM_MEMBER)
#undef SIM_MEMBER
};

extern const struct sim_params sim_params;

/* One line per parameter. */
void tandem_sim_params_print(void);

#endif
