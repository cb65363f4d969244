// SPDX-License-Identifier: MIT
// Zita's resampler in the words of peer.h, which is C.
#include <new>
#include <zita-resampler/vresampler.h>

extern "C" {
#include "peer.h"
}

namespace
{

const double RATIO_FILTER = 100.0; // as zita-ajbridge has it

void *open_zita(const bench_rates *rates, int setting)
{
	VResampler *const z = new (std::nothrow) VResampler;

	if (z == nullptr)
		return nullptr;
	if (z->setup((double)rates->out_hz / rates->in_hz, rates->channels,
		    (unsigned int)setting) != 0) {
		delete z;
		return nullptr;
	}
	z->set_rrfilt(RATIO_FILTER);
	return z;
}

void set_zita(void *peer, double ratio)
{
	static_cast<VResampler *>(peer)->set_rratio(ratio);
}

tandem_progress run_zita(void *peer, const float *const in[], uint32_t in_frames,
		float *const out[], uint32_t out_frames)
{
	VResampler *const z = static_cast<VResampler *>(peer);

	z->inp_data = const_cast<float *>(in[0]);
	z->inp_count = in_frames;
	z->out_data = out[0];
	z->out_count = out_frames;
	z->process();
	return { in_frames - z->inp_count, out_frames - z->out_count };
}

void close_zita(void *peer)
{
	delete static_cast<VResampler *>(peer);
}

} // namespace

extern "C" const bench_peer tandem_bench_zita[] = {
	{ "zita VResampler 16", 16, open_zita, set_zita, run_zita, close_zita },
	{ "zita VResampler 48", 48, open_zita, set_zita, run_zita, close_zita },
	{ nullptr, 0, nullptr, nullptr, nullptr, nullptr },
};
