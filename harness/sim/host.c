// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes a machine profile of this host: topology from hwloc, latencies measured or fitted. */
#include "sim/host.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "host/host_facts.h"
#include "sim/machine.h"
#include "sim/measure.h"

#define FILE_MAX_BYTES 65536
#define FIT_ROUNDS     6

/*
 * A working set of so many times a cache's size does not fit it any more; one of half its size
 * does.
 */
#define BEYOND_CACHE 4

__attribute__((format(printf, 4, 5))) static void set(struct profile *p, enum machine_figure f,
						      double value, const char *format, ...)
{
	va_list args;

	p->machine[f].value = (uint64_t)(value + 0.5);
	va_start(args, format);
	vsnprintf(p->machine[f].source, sizeof(p->machine[f].source), format, args);
	va_end(args);
}

static void assume(struct profile *p, enum machine_figure f, double value, const char *why)
{
	set(p, f, value, "assumed: %s", why);
}

#define WAYS_MAX     64
#define WAYS_UNKNOWN 8

static unsigned int divided(unsigned int n, unsigned int by)
{
	return by && n % by == 0 ? n / by : n;
}

/*
 * Where the parts are unequal, as with an odd share of a cgroup, the host becomes one node with one
 * cache.
 */
static void set_topology(const struct topology *t, struct profile *p)
{
	const unsigned int threads = t->cores && t->ncpus % t->cores == 0 ? t->ncpus / t->cores : 1;
	const unsigned int cores = t->ncpus / threads;
	int caches = hwloc_get_nbobjs_by_type(t->hwloc, HWLOC_OBJ_L3CACHE);
	unsigned int per_llc = divided(cores, caches > 0 ? (unsigned int)caches : 1);
	unsigned int nodes =
		t->numa_nodes && cores % (t->numa_nodes * per_llc) == 0 ? t->numa_nodes : 1;

	set(p, MACHINE_CPUS, t->ncpus, "hwloc: those this process may use");
	set(p, MACHINE_THREADS_PER_CORE, threads, "hwloc");
	assume(p, MACHINE_ISSUE_THREADS, 1, "siblings share one core's pipelines");
	set(p, MACHINE_CORES_PER_LLC, per_llc, "hwloc: cores that share an L3");
	set(p, MACHINE_LLCS_PER_NODE, cores / per_llc / nodes, "hwloc");
}

/* Would so many ways divide so many lines into a power of two of sets? */
static bool ways_fit(uint64_t lines, uint64_t ways)
{
	const uint64_t sets = lines / ways;

	return lines % ways == 0 && !(sets & (sets - 1));
}

/*
 * Ways as hwloc tells them, or the number next below that makes a power of two of sets. Where none does, as of a guest
 * whose hypervisor adds caches up, the cache becomes the power of two below.
 */
static void set_cache(const struct topology *t, hwloc_obj_type_t type, enum machine_figure kib,
		      enum machine_figure ways, struct profile *p)
{
	hwloc_obj_t o = hwloc_get_next_obj_by_type(t->hwloc, type, NULL);
	const uint64_t line = p->machine[MACHINE_LINE_BYTES].value;
	const int associativity = o ? o->attr->cache.associativity : 0;
	const uint64_t told = o ? o->attr->cache.size / 1024 : 0;
	uint64_t n = associativity > 0 ? (uint64_t)associativity : WAYS_UNKNOWN, size = told;

	if (!o && type == HWLOC_OBJ_L1CACHE) {
		assume(p, kib, 32, "hwloc knows of no L1 here");
		assume(p, ways, 8, "hwloc knows of no L1 here");
		return;
	}
	n = n < WAYS_MAX ? n : WAYS_MAX;
	while (n > 1 && !ways_fit(size * 1024 / line, n))
		n--;
	if (ways_fit(size * 1024 / line, n)) {
		set(p, kib, (double)size, o ? "hwloc" : "hwloc: there is none");
		set(p, ways, size ? (double)n : 0, o ? "hwloc" : "hwloc: there is none");
		return;
	}
	while (size & (size - 1))
		size &= size - 1;
	set(p, kib, (double)size,
	    "hwloc: %llu KiB, which no number of ways divides into a power of two of sets",
	    (unsigned long long)told);
	assume(p, ways, WAYS_UNKNOWN, "none that hwloc tells fits");
}

static void set_caches(const struct topology *t, struct profile *p)
{
	hwloc_obj_t l1 = hwloc_get_next_obj_by_type(t->hwloc, HWLOC_OBJ_L1CACHE, NULL);
	unsigned int line = l1 && l1->attr->cache.linesize ? l1->attr->cache.linesize : 64;

	set(p, MACHINE_LINE_BYTES, line, "hwloc: line of the L1");
	set_cache(t, HWLOC_OBJ_L1CACHE, MACHINE_L1_KIB, MACHINE_L1_WAYS, p);
	set_cache(t, HWLOC_OBJ_L2CACHE, MACHINE_L2_KIB, MACHINE_L2_WAYS, p);
	set_cache(t, HWLOC_OBJ_L3CACHE, MACHINE_LLC_KIB, MACHINE_LLC_WAYS, p);
}

static void set_loads(struct profile *p)
{
	const uint64_t l1 = p->machine[MACHINE_L1_KIB].value * 1024;
	const uint64_t l2 = p->machine[MACHINE_L2_KIB].value * 1024;
	const uint64_t llc = p->machine[MACHINE_LLC_KIB].value * 1024;
	const char *const how = "measured: dependent loads, working set of %llu KiB";
	uint64_t set_bytes = l2 ? l2 / 2 : BEYOND_CACHE * l1;
	double ns = measure_load_ns(set_bytes);

	set(p, MACHINE_L2_PS, ns * 1e3, how, (unsigned long long)set_bytes / 1024);
	set_bytes = llc ? (llc / 4 > BEYOND_CACHE * l2 ? BEYOND_CACHE * l2 : llc / 2) : 0;
	if (set_bytes)
		ns = measure_load_ns(set_bytes);
	set(p, MACHINE_LLC_PS, ns * 1e3, how, (unsigned long long)set_bytes / 1024);
	set_bytes = BEYOND_CACHE * (llc ? llc : l2 ? l2 : l1);
	ns = measure_load_ns(set_bytes);
	set(p, MACHINE_MEMORY_PS, ns * 1e3, how, (unsigned long long)set_bytes / 1024);
	assume(p, MACHINE_MEMORY_REMOTE_PS, ns * 1.8e3,
	       "local memory's and four fifths more; nothing bound to another node was measured");
}

/* What one loop takes natively, it must take simulated: the figure is fitted until it does. */
static void fit_block(struct profile *p)
{
	const double native = measure_compute_ns();
	struct machine m;
	struct error e;

	assume(p, MACHINE_BLOCK_PS, 300, "to begin with");
	for (int i = 0; i < FIT_ROUNDS; i++) {
		double ps = (double)p->machine[MACHINE_BLOCK_PS].value;

		p->has_machine = true;
		if (machine_make(p, &m, &e))
			return;
		ps *= native / measure_simulated_compute_ns(&m);
		set(p, MACHINE_BLOCK_PS, ps < 1 ? 1 : ps,
		    "fitted: hashing, searching and moving 128 words takes %.0f ns", native);
	}
}

static void fit_transfer(const struct topology *t, struct profile *p, enum distance d,
			 enum machine_figure f, double fallback)
{
	unsigned int second = 1;
	struct machine m;
	struct error e;
	double ns;

	assume(p, f, fallback, "no two CPUs here are at that distance");
	if (machine_make(p, &m, &e))
		return;
	while (second < machine_cores(&m) && machine_distance(&m, 0, second) != d)
		second++;
	if (second >= machine_cores(&m) || measure_handover_ns(t, 0, second, &ns, &e))
		return;
	for (int i = 0; i < FIT_ROUNDS; i++) {
		double ps = (double)p->machine[f].value;

		if (machine_make(p, &m, &e))
			return;
		set(p, f, ps * ns / measure_simulated_handover_ns(&m, d),
		    "fitted: CPU %u answers CPU %u's store after %.0f ns", t->os_cpu[second],
		    t->os_cpu[0], ns);
	}
}

static int measure_host(const struct topology *t, struct profile *p, struct error *e)
{
	struct host_facts h;
	double memory;

	memset(p, 0, sizeof(*p));
	host_facts_read(&h);
	snprintf(p->name, sizeof(p->name), "host");
	snprintf(p->summary, sizeof(p->summary), "%.80s, %u CPU%s, as measured", h.cpu_model,
		 t->ncpus, plural(t->ncpus));
	if (t->ncpus > MACHINE_CPUS_MAX)
		return error_set(e, "this host has more than %d CPUs: use taskset",
				 MACHINE_CPUS_MAX);
	if (topology_pin(t, 0, e))
		return -EINVAL;
	set_topology(t, p);
	set(p, MACHINE_CLOCK_MHZ, h.mhz > 0 ? h.mhz : 1000,
	    h.mhz > 0 ? "/proc/cpuinfo" : "assumed: the kernel does not tell");
	set_caches(t, p);
	set_loads(p);
	memory = (double)p->machine[MACHINE_MEMORY_PS].value;
	set(p, MACHINE_ATOMIC_PS, 1e3 * measure_atomic_ns(), "measured: exchange of an owned word");
	set(p, MACHINE_RELAX_PS, 1e3 * measure_relax_ns(), "measured: the spin-wait hint");
	assume(p, MACHINE_STORE_BUFFER, 32, "entries a thread; not measured");
	assume(p, MACHINE_LINE_BUSY_PS, 5000, "nothing to measure it with on few CPUs");
	assume(p, MACHINE_TRANSFER_PS, memory, "to begin with");
	assume(p, MACHINE_TRANSFER_FAR_PS, memory, "to begin with");
	assume(p, MACHINE_TRANSFER_REMOTE_PS, memory, "to begin with");
	fit_block(p);
	fit_transfer(t, p, SAME_LLC, MACHINE_TRANSFER_PS, memory);
	fit_transfer(t, p, SAME_NODE, MACHINE_TRANSFER_FAR_PS,
		     (double)p->machine[MACHINE_TRANSFER_PS].value);
	fit_transfer(t, p, OTHER_NODE, MACHINE_TRANSFER_REMOTE_PS,
		     (double)p->machine[MACHINE_TRANSFER_FAR_PS].value);
	return 0;
}

static int read_file(const char *path, struct profile *p, struct error *e)
{
	const char *slash = strrchr(path, '/');
	char *text = calloc(1, FILE_MAX_BYTES + 1);
	FILE *f = fopen(path, "re");
	size_t length = f && text ? fread(text, 1, FILE_MAX_BYTES, f) : 0;
	char name[32];
	int err;

	if (!f || ferror(f) || strlen(text) != length || length == FILE_MAX_BYTES) {
		error_set(e, "--profile %.200s: %s", path,
			  !f || ferror(f) ? strerror(errno) : "is not a profile");
		err = -EINVAL;
	} else {
		snprintf(name, sizeof(name), "%s", slash + 1);
		/* It becomes a part of the cells' names. */
		for (char *c = name; *c; c++) {
			if (!isascii(*c) || (!isalnum((unsigned char)*c) && !strchr("_.+-", *c)))
				*c = '_';
		}
		err = profile_parse(name, text, p, e);
	}
	if (f)
		fclose(f);
	free(text);
	return err;
}

int host_profile(const char *name, const struct topology *t, struct profile *p, struct error *e)
{
	int err;

	if (strchr(name, '/'))
		return read_file(name, p, e);
	if (strcmp(name, "host") == 0)
		return measure_host(t, p, e);
	err = profile_load(name, p, e);
	return err == -ENOENT ? error_set(e,
					  "--profile: no profile '%.40s': see iommubench list "
					  "--profiles",
					  name) :
				err;
}

int host_calibrate_main(void)
{
	struct topology t;
	struct profile p;
	struct error e;
	int err = topology_open(&t, &e);

	if (!err)
		err = measure_host(&t, &p, &e);
	topology_close(&t);
	if (err)
		return error_usage(&e);
	printf("# SPDX-License-Identifier: GPL-2.0-or-later\nsummary = %s\n", p.summary);
	for (unsigned int f = 0; f < MACHINE_FIGURES; f++)
		printf("%s = %llu | %s\n", profile_machine_key(f),
		       (unsigned long long)p.machine[f].value, p.machine[f].source);
	return EXIT_DONE;
}
