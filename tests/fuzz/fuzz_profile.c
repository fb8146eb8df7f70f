// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a profile. */
#include "fuzz.h"

#include "flush.h"
#include "profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct profile p;
	struct error e = { "" };
	int err;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	err = profile_parse("t", text, &p, &e);
	fuzz_check_error(err, &e);
	if (!err && p.has_flush) {
		FUZZ_CHECK(p.flush_writes.source[0] && p.flush_write_ns.source[0] &&
			   p.flush_read_ns.source[0]);
		FUZZ_CHECK(p.flush_writes.value * p.flush_write_ns.value + p.flush_read_ns.value <=
			   FLUSH_NS_MAX);
	}
	free(text);
	return 0;
}
