// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Encodes the events on its input, one a line, for the PMU that LIBPFM_FORCE_PMU names. Prints
 * "EVENT TYPE CONFIG" for each, and exits 1 if one cannot be encoded. Linked with a libpfm4 of any
 * architecture, built for this one.
 */
#include <stdio.h>
#include <string.h>

#include <perfmon/pfmlib_perf_event.h>

static int encode(const char *event)
{
	struct perf_event_attr attr = {.size = sizeof(attr)};
	pfm_perf_encode_arg_t arg = {.attr = &attr, .size = sizeof(arg)};
	int err = pfm_get_os_event_encoding(event, PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &arg);

	if (err != PFM_SUCCESS) {
		printf("%s: %s\n", event, pfm_strerror(err));
		return 1;
	}
	printf("%s %u 0x%llx\n", event, attr.type, (unsigned long long)attr.config);
	return 0;
}

int main(void)
{
	char line[512];
	int failed = 0;
	int err = pfm_initialize();

	if (err != PFM_SUCCESS) {
		printf("libpfm4: %s\n", pfm_strerror(err));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		failed |= encode(line);
	}
	return failed;
}
