// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a trace, replayed against its own allocator or another. Built with the checked
 * allocators: a free that replay lets through although it is wrong ends the process.
 */
#include "fuzz.h"

#include "allocator.h"
#include "cmd/cmd_replay.h"

/* Larger maps are legal and slow. */
#define ENTRIES_MAX 65536

static int too_large(const char *text)
{
	const char *p = text;

	for (; (p = strstr(p, "entries=")); p++) {
		if (strtoull(p + strlen("entries="), NULL, 0) > ENTRIES_MAX)
			return 1;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct iommu_allocator *const *all;
	struct replay_result result;
	struct error e = {""};
	char *text = malloc(size + 1), *report = NULL;
	size_t count, report_size;
	FILE *in, *out;
	int err;

	all = iommu_allocators(&count);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	in = size && !too_large(text) ? fmemopen(text, size, "r") : NULL;
	if (in) {
		const char *name = size % (count + 1) ? all[size % (count + 1) - 1]->name : NULL;

		out = open_memstream(&report, &report_size);
		FUZZ_CHECK(out);
		err = replay_trace(in, "t", name, out, &result, &e);
		fuzz_check_error(err, &e);
		FUZZ_CHECK(!err || strncmp(e.text, "t:", 2) == 0 || strncmp(e.text, "t: ", 3) == 0);
		FUZZ_CHECK(result.mismatches <= result.operations);
		fclose(in);
		fclose(out);
		free(report);
	}
	free(text);
	return 0;
}
