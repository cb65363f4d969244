/* SPDX-License-Identifier: MIT */
#include "stamps.h"

#include <stdio.h>

/* Versions as one number each, by which they are in order. */
#define VERSION(a, b, c) (((a) * 1000u + (b)) * 1000u + (c))

bool tandem_stamps_are_safe(const char *release)
{
	unsigned int major = 0, minor = 0, patch = 0;

	/* NOLINTNEXTLINE(cert-err34-c): what does not fit is none of these versions */
	if (sscanf(release, "%3u.%3u.%3u", &major, &minor, &patch) < 2)
		return true;
	return VERSION(major, minor, patch) < VERSION(6, 15, 0) ||
	       VERSION(major, minor, patch) >= VERSION(6, 16, 10);
}
