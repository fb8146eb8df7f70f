// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters by perf_event_open(2). The counters of a set are one group of perf events, so that they count
 * the same time. With rdpmc they are read by the thread before the call that stops them; their
 * times always come from read(2).
 */
#include "counters/perf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch_pmc.h"
#include "counters/perf_page.h"
#include "host/host_facts.h"

#define PMUS_FOLDER "/sys/bus/event_source/devices"

/* What read(2) of a group gives. */
struct group_read {
	uint64_t count, enabled_ns, running_ns;
	uint64_t value[COUNTERS_MAX];
};

struct perf_set {
	unsigned int count;
	int fd[COUNTERS_MAX]; /* the first leads */
	const volatile struct perf_event_mmap_page *page[COUNTERS_MAX];
	bool all_mapped, by_page;
	uint64_t begin[COUNTERS_MAX]; /* by page */
	struct group_read before, after;
};

static int open_event(const struct counter_spec *s, int leader)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = s->type,
		.config = s->config,
		.config1 = s->config1,
		.config2 = s->config2,
		.disabled = leader < 0,
		.exclude_kernel = s->scope == COUNTER_USER,
		.exclude_user = s->scope == COUNTER_KERNEL,
		.exclude_hv = s->scope != COUNTER_ALL,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	long fd;

	if (s->source == &counter_source_perf)
		attr.config1 |= ARCH_PMC_CONFIG1;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
	/* Kernels that know no reading by users may refuse to be asked for it. */
	if (fd < 0 && errno == EINVAL && attr.config1 != s->config1) {
		attr.config1 = s->config1;
		fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
	}
	return fd < 0 ? -errno : (int)fd;
}

static void perf_close(void *set)
{
	struct perf_set *s = set;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (unsigned int i = 0; i < s->count; i++) {
		if (s->page[i])
			munmap((void *)(uintptr_t)s->page[i], page);
		close(s->fd[i]);
	}
	free(s);
}

static void map_page(struct perf_set *s, unsigned int i)
{
	void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, s->fd[i], 0);

	s->page[i] = page == MAP_FAILED ? NULL : page;
	s->all_mapped &= page != MAP_FAILED;
}

static int perf_open(const struct counter_spec *const *list, unsigned int count, void **set,
		     unsigned int *failed)
{
	struct perf_set *s = calloc(1, sizeof(*s));

	*failed = 0;
	if (!s)
		return -ENOMEM;
	s->all_mapped = ARCH_PMC && list[0]->source == &counter_source_perf;
	for (unsigned int i = 0; i < count; i++) {
		int fd = open_event(list[i], i ? s->fd[0] : -1);

		if (fd < 0) {
			*failed = i;
			perf_close(s);
			return fd;
		}
		s->fd[s->count++] = fd;
		if (s->all_mapped)
			map_page(s, i);
	}
	*set = s;
	return 0;
}

static int read_group(const struct perf_set *s, struct group_read *g)
{
	ssize_t expected = (ssize_t)((3 + s->count) * sizeof(uint64_t));
	ssize_t got = read(s->fd[0], g, sizeof(*g));

	if (got < 0)
		return -errno;
	return got == expected && g->count == s->count ? 0 : -EIO;
}

static bool read_pages(const struct perf_set *s, uint64_t *values)
{
	for (unsigned int i = 0; i < s->count; i++) {
		if (!perf_page_read(s->page[i], arch_pmc, &values[i]))
			return false;
	}
	return true;
}

static int perf_begin(void *set)
{
	struct perf_set *s = set;
	int err;

	if (ioctl(s->fd[0], PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP))
		return -errno;
	/* Resetting sets the counts to 0, but not the times. */
	err = read_group(s, &s->before);
	if (err)
		return err;
	if (ioctl(s->fd[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP))
		return -errno;
	s->by_page = s->all_mapped && read_pages(s, s->begin);
	return 0;
}

static int perf_end(void *set, struct counter_value *values)
{
	struct perf_set *s = set;
	uint64_t pages[COUNTERS_MAX];
	int err;

	s->by_page = s->by_page && read_pages(s, pages);
	if (ioctl(s->fd[0], PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP))
		return -errno;
	err = read_group(s, &s->after);
	if (err)
		return err;
	for (unsigned int i = 0; i < s->count; i++) {
		values[i].count = s->by_page ? pages[i] - s->begin[i] : s->after.value[i];
		values[i].enabled_ns = s->after.enabled_ns - s->before.enabled_ns;
		values[i].running_ns = s->after.running_ns - s->before.running_ns;
	}
	return s->after.running_ns > s->before.running_ns ? 0 : -ENODATA;
}

static const char *perf_how(void *set)
{
	return ((struct perf_set *)set)->by_page ? "rdpmc" : "read";
}

const struct counter_source counter_source_perf = {
	.name = "perf",
	.open = perf_open,
	.begin = perf_begin,
	.end = perf_end,
	.close = perf_close,
	.how = perf_how,
};

/* The kernel's own events: the same calls, but a group of their own, as they need no PMU. */
const struct counter_source counter_source_software = {
	.name = "software",
	.open = perf_open,
	.begin = perf_begin,
	.end = perf_end,
	.close = perf_close,
	.how = perf_how,
};

int perf_paranoid(void)
{
	char text[HOSTSTAT_TEXT];

	host_file("/proc/sys/kernel/perf_event_paranoid", "100", text, sizeof(text));
	return atoi(text);
}

/* CPUs' PMUs are called "cpu", "cpu_core", "armv8_..."; the others count elsewhere. */
static bool folder_has_pmu(void)
{
	DIR *folder = opendir(PMUS_FOLDER);
	const struct dirent *entry;
	bool found = false;

	while (folder && (entry = readdir(folder)))
		found |= strncmp(entry->d_name, "cpu", 3) == 0 ||
			 strncmp(entry->d_name, "armv", 4) == 0;
	if (folder)
		closedir(folder);
	return found;
}

bool perf_has_pmu(void)
{
	static const struct counter_spec cycles = {
		.source = &counter_source_perf,
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
	};
	int fd = open_event(&cycles, -1);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || folder_has_pmu();
}

static void not_permitted(const struct counter_spec *spec, char *text, size_t size)
{
	const int allows = spec->scope == COUNTER_USER ? 2 : 1;
	const int paranoid = perf_paranoid();

	if (paranoid > allows)
		snprintf(text, size,
			 "not permitted: kernel.perf_event_paranoid is %d, and sysctl "
			 "kernel.perf_event_paranoid=%d would allow it",
			 paranoid, allows);
	else
		snprintf(text, size,
			 "not permitted, by a container or a seccomp filter, as "
			 "kernel.perf_event_paranoid is %d",
			 paranoid);
}

static bool is_virtual_machine(void)
{
	struct host_facts h;

	host_facts_read(&h);
	return strncmp(h.virtualisation, "virtual machine", strlen("virtual machine")) == 0;
}

void perf_reason(const struct counter_spec *spec, int err, char *text, size_t size)
{
	const bool needs_pmu = spec->source == &counter_source_perf;

	if (err == -EACCES || err == -EPERM)
		not_permitted(spec, text, size);
	else if (err == -ENOSYS)
		snprintf(text, size, "no perf events in this kernel");
	else if (needs_pmu && !perf_has_pmu())
		snprintf(text, size,
			 is_virtual_machine() ? "no PMU in this virtual machine" :
						"no PMU that this kernel drives");
	else if (err == -ENOENT || err == -EOPNOTSUPP || err == -EINVAL || err == -ENODEV)
		snprintf(text, size, "not supported by this PMU");
	else if (err == -EBUSY || err == -ENODATA)
		snprintf(text, size, "the PMU's counters are taken by others");
	else
		snprintf(text, size, "%s", strerror(-err));
}
