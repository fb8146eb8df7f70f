// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `iommubench doctor`: what this host can measure, and what disturbs it. Each line: ok, note (cannot be helped, or need not be) or warn (disturbs; the fix
 * is in the line below), what was looked at, and what was found.
 */
#include "cmd/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "clock.h"
#include "flush.h"
#include "version.h"
#include "base/error.h"
#include "base/plural.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "counters/counter_plan.h"
#include "counters/perf.h"
#include "counters/pfm.h"
#include "host/host_facts.h"
#include "host/topology.h"

/* The share of a CPU's time stolen, or the load a CPU, from which measuring suffers. */
#define STEAL_BAD 0.01
#define LOAD_BAD  0.1

#define STEAL_WATCH_NS 1000000000

enum verdict { OK, NOTE, WARN };

static unsigned int warnings;

__attribute__((format(printf, 3, 4))) static void say(enum verdict v, const char *what,
						      const char *format, ...)
{
	static const char *const words[] = {"ok", "note", "WARN"};
	va_list args;

	printf("%-5s %-20s ", words[v], what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	warnings += v == WARN;
}

static void fix(const char *text)
{
	printf("%-26s fix: %s\n", "", text);
}

static void look_at_cpus(const struct topology *t, const struct host_facts *h)
{
	say(OK, "host", "%s, %s, %s", h->name, h->kernel, h->arch);
	say(OK, "CPU", "%s%s%s", h->cpu_model, *h->cpu_revision ? ", " : "", h->cpu_revision);
	if (!t->this_system) {
		say(WARN, "topology", "%u CPU%s, not this system's", t->ncpus, plural(t->ncpus));
		fix("unset HWLOC_SYNTHETIC and HWLOC_XMLFILE: only the plan can be looked at");
		return;
	}
	say(OK, "CPUs", "%u in %u core%s, %u package%s, %u NUMA node%s", t->ncpus, t->cores,
	    plural(t->cores), t->packages, plural(t->packages), t->numa_nodes,
	    plural(t->numa_nodes));
	if (t->excluded)
		say(NOTE, "CPUs left out", "%u of the machine (taskset, cgroup CPU set, offline)",
		    t->excluded);
	if (t->cores && t->ncpus > t->cores)
		say(NOTE, "SMT", "on: CPU counts above %u share cores", t->cores);
	else
		say(OK, "SMT", "%s", h->smt);
}

static void look_at_speed(const struct host_facts *h)
{
	if (strcmp(h->governor, "none") == 0)
		say(NOTE, "governor",
		    "none: the kernel does not scale this CPU (virtual machine, "
		    "or no driver); the host's own scaling is not visible");
	else if (strcmp(h->governor, "performance") == 0)
		say(OK, "governor", "performance");
	else {
		say(WARN, "governor", "%s: the clock follows the load", h->governor);
		fix("cpupower frequency-set -g performance");
	}
	if (strcmp(h->virtualisation, "none") == 0)
		say(OK, "virtualisation", "none seen");
	else
		say(NOTE, "virtualisation", "%s: compare within one run only", h->virtualisation);
}

static void look_at_disturbance(const struct topology *t, const struct host_facts *h)
{
	const struct timespec watch = {.tv_sec = STEAL_WATCH_NS / 1000000000};
	uint64_t before = host_steal_ns(t->os_cpu, t->ncpus);
	double stolen;

	if (h->load[0] > LOAD_BAD * t->ncpus) {
		say(WARN, "load", "%.2f %.2f %.2f on %u CPU%s", h->load[0], h->load[1], h->load[2],
		    t->ncpus, plural(t->ncpus));
		fix("stop other programs; `noisy` marks the samples that they disturb");
	} else {
		say(OK, "load", "%.2f %.2f %.2f", h->load[0], h->load[1], h->load[2]);
	}
	nanosleep(&watch, NULL);
	stolen = (double)(host_steal_ns(t->os_cpu, t->ncpus) - before) / STEAL_WATCH_NS / t->ncpus;
	if (stolen > STEAL_BAD) {
		say(WARN, "steal", "the hypervisor took %.1f %% of the CPUs' time in a second",
		    100 * stolen);
		fix("ask for dedicated CPUs, or raise --repetitions");
	} else {
		say(OK, "steal", "%.1f %% in a second", 100 * stolen);
	}
}

static void look_at_layout(const struct host_facts *h)
{
	if (strcmp(h->aslr, "full") == 0) {
		say(OK, "address layout", "random: each sample has a new one");
	} else {
		say(WARN, "address layout", "%s randomised: all samples share one layout's luck",
		    h->aslr);
		fix("sysctl kernel.randomize_va_space=2");
	}
}

static void look_at_clock(const struct host_facts *h)
{
	struct clock_calibration c;

	clock_calibrate(&c);
	say(OK, "clock", "%s, %.4f ticks a ns, steps of %.1f ns, %.1f ns to read; kernel: %s",
	    clock_source(), c.ticks_per_ns, c.step_ns, c.read_ns, h->clocksource);
	if (clock_ticks_are_global())
		say(OK, "flush device", "timed by %s, common to all CPUs", clock_source());
	else
		say(NOTE, "flush device", "timed by clock_gettime: CPUs do not share %s reliably",
		    clock_source());
}

static void look_at_perf(const struct host_facts *h)
{
	int level = atoi(h->perf_event_paranoid);

	if (strcmp(h->perf_event_paranoid, "unknown") == 0)
		say(NOTE, "perf_event", "this kernel has no perf events");
	else if (level > 2)
		say(NOTE, "perf_event",
		    "perf_event_paranoid %d: root only "
		    "(sysctl kernel.perf_event_paranoid=2 allows users)",
		    level);
	else
		say(OK, "perf_event", "perf_event_paranoid %d", level);
	if (pfm_model())
		say(OK, "events by name", "%s, this PMU is %s", pfm_version(), pfm_model());
	else
		say(NOTE, "events by name", "%s%s", pfm_version(),
		    pfm_is_there() ? ", which knows no PMU of this host's CPUs" : "");
}

static void say_counter(const struct counter_entry *entry)
{
	static const char *const scopes[] = {"", ", kernel mode", ", user and kernel mode"};
	const struct calibration *c = &entry->calibration;

	if (!entry->present)
		say(NOTE, entry->spec.name, "absent: %s", entry->reason);
	else if (c->good)
		say(OK, entry->spec.name, "%s, %s%s; raised by: %s; by %s, %.0f ns an edge",
		    entry->spec.source->name, entry->event, scopes[entry->spec.scope], c->work,
		    c->how, c->edge_ns);
	else
		say(OK, entry->spec.name, "%s", entry->event);
}

/* What --counters @choice would count. Returns how many hardware counters are absent. */
static unsigned int say_counters(enum counters_choice choice, const struct topology *t)
{
	const struct counter_request request = {.choice = choice};
	struct counter_plan plan;
	unsigned int missing = 0;
	struct error e;

	if (counter_plan_make(&request, t, &plan, &e))
		say(NOTE, "counters", "%s", e.text);
	for (unsigned int i = 0; i < plan.count; i++) {
		say_counter(&plan.entry[i]);
		missing +=
			!plan.entry[i].present && plan.entry[i].spec.source == &counter_source_perf;
	}
	if (plan.groups > 1)
		say(NOTE, "groups",
		    "these counters do not fit the PMU at once: %u kinds of samples", plan.groups);
	counter_plan_free(&plan);
	return missing;
}

static void look_at_each_counter(const struct topology *t, const struct host_facts *h)
{
	struct error e;
	unsigned int missing;

	if (!t->this_system || topology_pin(t, 0, &e))
		return;
	missing = say_counters(COUNTERS_AUTO, t);
	if (missing && !perf_has_pmu() && strncmp(h->virtualisation, "virtual", 7) == 0)
		fix("give the guest a PMU (qemu: -cpu host,pmu=on; libvirt: <pmu state='on'/>), or "
		    "count "
		    "instructions exactly with --counters count");
	else if (missing)
		fix("see the reasons; --counters count counts instructions exactly on any host");
	say(OK, "ref_ticks", "%s: always there, in every sample; not CPU cycles", clock_source());
	printf("      with --counters count:\n");
	say_counters(COUNTERS_COUNT, t);
	printf("      with --counters likwid:\n");
	say_counters(COUNTERS_LIKWID, t);
}

static void look_at_tools(const char *what, const char *command, const char *package)
{
	int status = system(command);

	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		say(OK, what, "found");
	else
		say(NOTE, what, "missing: %s", package);
}

static int doctor_host(void)
{
	struct topology t;
	struct host_facts h;
	struct error e;

	if (topology_open(&t, &e)) {
		topology_close(&t);
		return error_usage(&e);
	}
	host_facts_read(&h);
	printf("iommubench %s, commit %.12s%s, %s\n", VERSION_STRING, VERSION_COMMIT,
	       VERSION_DIRTY ? " with changes" : "", VERSION_COMPILER);
	look_at_cpus(&t, &h);
	look_at_speed(&h);
	look_at_disturbance(&t, &h);
	look_at_layout(&h);
	look_at_clock(&h);
	look_at_perf(&h);
	look_at_each_counter(&t, &h);
	look_at_tools("plots", "/usr/bin/python3 -c 'import matplotlib' >/dev/null 2>&1",
		      "python3-matplotlib, for `python3 -m report plot`");
	topology_close(&t);
	if (warnings)
		printf("%u things disturb measurements here: compare only within one run\n",
		       warnings);
	else
		printf("nothing known disturbs measurements here\n");
	return EXIT_DONE;
}

int doctor_main(int argc, char **argv)
{
	struct options o;
	struct error e;
	int err = options_parse(argc - 1, argv + 1, OPTIONS_DOCTOR, &o, &e);

	if (err > 0)
		return help_print(HELP_DOCTOR);
	if (err)
		return error_usage(&e);
	return o.local.kernel ? doctor_kernel(o.local.kernel) : doctor_host();
}
