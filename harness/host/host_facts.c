// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads facts of the host from /proc and /sys. */
#include "host/host_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool listed(unsigned int cpu, const unsigned int *os_cpu, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (os_cpu[i] == cpu)
			return true;
	}
	return false;
}

uint64_t host_steal_ns(const unsigned int *os_cpu, unsigned int count)
{
	const uint64_t ns_a_tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	FILE *f = fopen("/proc/stat", "re");
	uint64_t ticks = 0;
	char line[512];

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		unsigned long long steal;
		unsigned int cpu;

		if (sscanf(line, "cpu%u %*u %*u %*u %*u %*u %*u %*u %llu", &cpu, &steal) == 2 &&
		    listed(cpu, os_cpu, count))
			ticks += steal;
	}
	fclose(f);
	return ticks * ns_a_tick;
}

void host_file(const char *path, const char *fallback, char *text, size_t size)
{
	FILE *f = fopen(path, "re");
	bool got = f && fgets(text, (int)size, f);

	if (got)
		text[strcspn(text, "\n")] = '\0';
	if (!got || !*text)
		snprintf(text, size, "%s", fallback);
	if (f)
		fclose(f);
}

/* The value of the first "key : value" line in /proc/cpuinfo; false if there is none. */
static bool cpuinfo(const char *key, char *text, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	bool found = false;
	char line[512];

	while (f && !found && fgets(line, sizeof(line), f)) {
		const char *value = line + strlen(key);

		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		value += strspn(value, " \t");
		if (*value != ':')
			continue;
		value++;
		value += strspn(value, " \t");
		snprintf(text, size, "%.*s", (int)strcspn(value, "\n"), value);
		found = true;
	}
	if (f)
		fclose(f);
	return found;
}

static void read_cpu(struct host_facts *h)
{
	/* x86, ppc64 and sparc64 in turn. */
	static const char *const model_keys[] = {"model name", "cpu", "Model"};
	static const char *const clock_keys[] = {"cpu MHz", "clock"};
	char text[HOSTSTAT_TEXT];

	snprintf(h->cpu_model, sizeof(h->cpu_model), "unknown");
	for (size_t i = 0; i < sizeof(model_keys) / sizeof(model_keys[0]); i++) {
		if (cpuinfo(model_keys[i], h->cpu_model, sizeof(h->cpu_model)))
			break;
	}
	for (size_t i = 0; i < sizeof(clock_keys) / sizeof(clock_keys[0]); i++) {
		if (cpuinfo(clock_keys[i], text, sizeof(text))) {
			h->mhz = strtod(text, NULL);
			break;
		}
	}
	/* sparc64 gives hertz, in hexadecimal. */
	if (cpuinfo("Cpu0ClkTck", text, sizeof(text)))
		h->mhz = (double)strtoull(text, NULL, 16) / 1e6;
}

/* What tells CPUs of one model name apart, of the first CPU; "" where the kernel shows none of it. */
static void read_cpu_revision(struct host_facts *h)
{
	static const struct {
		const char *key, *word;
	} parts[] = {
		/* x86; "model" is the machine's on POWER */
		{"cpu family", "family"},
		{"model", "model"},
		{"stepping", "stepping"},
		{"microcode", "microcode"},
		/* POWER, with the PVR */
		{"revision", "revision"},
		/* arm64: the fields of MIDR */
		{"CPU implementer", "implementer"},
		{"CPU architecture", "architecture"},
		{"CPU variant", "variant"},
		{"CPU part", "part"},
		{"CPU revision", "revision"},
		/* sparc64 */
		{"pmu", "pmu"},
		{"type", "type"},
		/* s390, RISC-V */
		{"processor 0", "processor"},
		{"mvendorid", "mvendorid"},
		{"marchid", "marchid"},
		{"mimpid", "mimpid"},
	};
	size_t used = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char text[HOSTSTAT_TEXT];
		int length;

		if (!cpuinfo(parts[i].key, text, sizeof(text)))
			continue;
		length = snprintf(h->cpu_revision + used, sizeof(h->cpu_revision) - used, "%s%s %s",
				  used ? ", " : "", parts[i].word, text);
		used += (size_t)length;
		if (used >= sizeof(h->cpu_revision))
			return;
	}
}

static void read_virtualisation(struct host_facts *h)
{
	char text[HOSTSTAT_TEXT], flags[8192];

	/* The hypervisor's own word, then the firmware's, then the CPU's. */
	host_file("/sys/hypervisor/type", "", text, sizeof(text));
	if (!*text)
		host_file("/sys/class/dmi/id/sys_vendor", "", text, sizeof(text));
	if (cpuinfo("flags", flags, sizeof(flags)) && strstr(flags, " hypervisor"))
		snprintf(h->virtualisation, sizeof(h->virtualisation), "virtual machine%s%.90s",
			 *text ? ", " : "", text);
	else if (strstr(text, "QEMU") || strstr(text, "xen"))
		snprintf(h->virtualisation, sizeof(h->virtualisation), "virtual machine, %.90s",
			 text);
	else
		snprintf(h->virtualisation, sizeof(h->virtualisation), "%s",
			 strcmp(h->arch, "x86_64") == 0 ? "none" : "unknown");
}

static void read_aslr(struct host_facts *h)
{
	char text[HOSTSTAT_TEXT];
	const char *word = "unknown";

	host_file("/proc/sys/kernel/randomize_va_space", "?", text, sizeof(text));
	if (strcmp(text, "0") == 0)
		word = "off";
	else if (strcmp(text, "1") == 0)
		word = "partial";
	else if (strcmp(text, "2") == 0)
		word = "full";
	snprintf(h->aslr, sizeof(h->aslr), "%s", word);
}

void host_facts_read(struct host_facts *h)
{
	struct utsname u;

	memset(h, 0, sizeof(*h));
	if (uname(&u) == 0) {
		snprintf(h->name, sizeof(h->name), "%s", u.nodename);
		snprintf(h->arch, sizeof(h->arch), "%s", u.machine);
		snprintf(h->kernel, sizeof(h->kernel), "%.40s %.80s", u.sysname, u.release);
	}
	read_cpu(h);
	read_cpu_revision(h);
	read_virtualisation(h);
	read_aslr(h);
	host_file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "none", h->governor,
		  sizeof(h->governor));
	host_file("/sys/devices/system/cpu/smt/control", "unknown", h->smt, sizeof(h->smt));
	host_file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "unknown",
		  h->clocksource, sizeof(h->clocksource));
	host_file("/proc/sys/kernel/perf_event_paranoid", "unknown", h->perf_event_paranoid,
		  sizeof(h->perf_event_paranoid));
	if (getloadavg(h->load, 3) != 3)
		memset(h->load, 0, sizeof(h->load));
}
