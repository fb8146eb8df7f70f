// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Encodes the events on its input, one a line, for the PMU that LIBPFM_FORCE_PMU names. Prints
 * "EVENT TYPE CONFIG" for each, and exits 1 if one cannot be encoded, 77 with the reason if none could
 * be. Linked with a libpfm4 of any architecture, built for this one.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <perfmon/pfmlib_perf_event.h>

/* Without it libpfm4 takes the kernel for one that has no perf events. */
#define PERF_EVENTS "/proc/sys/kernel/perf_event_paranoid"

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
	if (access(PERF_EVENTS, F_OK) != 0) {
		printf("there is no " PERF_EVENTS "\n");
		return 77;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		failed |= encode(line);
	}
	return failed;
}
