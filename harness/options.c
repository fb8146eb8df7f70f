// SPDX-License-Identifier: GPL-2.0-or-later
/* See options.h. One table describes every option: its reader, its argument, its help. */
#include "options.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "parse.h"
#include "profile.h"
#include "version.h"

#define CPUS_MAX	65536
#define SECONDS_MIN	0.001
#define SECONDS_MAX	3600.0
#define REPETITIONS_MAX 100000
#define LOCK_SAMPLE_MAX 1000000
#define OPERATIONS_MAX	UINT64_C(1000000000)
#define THREADS_MAX	4096
/* With it the known figures of the original code come out, see docs/safety.md. */
#define AUDIT_SEED	15
#define THINK_NS_MAX	UINT64_C(1000000000)
#define ROUNDS_MAX	1000000
#define EXPLORE_MAX	1000000
#define MACHINE_NAME_MAX 31
#define VIRTUAL_SECONDS_MIN 1e-6

/* What --quick changes: a first look in a few seconds. */
#define QUICK_SECONDS	  0.05
#define QUICK_REPETITIONS 3

/* What --smoke does: enough to see that everything works. */
#define SMOKE_SECONDS 0.02

typedef int (*option_reader)(const char *name, const char *value, struct options *o,
			     struct error *e);

struct option {
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *help;
	option_reader read;
	bool not_planned; /* says where or how to print, not what to measure */
};

/* Calls @item for each part of a comma list. */
static int for_each_item(const char *name, const char *value, struct options *o, struct error *e,
			 option_reader item)
{
	char part[CELL_NAME_MAX];

	for (;;) {
		size_t length = strcspn(value, ",");
		int err;

		if (length == 0 || length >= sizeof(part))
			return error_set(e, "%s: empty or overlong item in the list at '%.40s'", name,
					 value);
		memcpy(part, value, length);
		part[length] = '\0';
		err = item(name, part, o, e);
		if (err || !value[length])
			return err;
		value += length + 1;
	}
}

static int list_full(const char *name, struct error *e)
{
	return error_set(e, "%s: more than %d items", name, OPTIONS_LIST_MAX);
}

/* Adds a number to a list that has none twice. */
static int add_number(const char *name, const char *value, uint64_t min, uint64_t max,
		      struct number_list *list, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, min, max, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from %llu to %llu", name,
				 value, (unsigned long long)min, (unsigned long long)max);
	for (unsigned int i = 0; i < list->count; i++) {
		if (list->value[i] == v)
			return 0;
	}
	if (list->count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	list->value[list->count++] = v;
	return 0;
}

static int add_allocator(const char *name, const char *value, struct options *o, struct error *e)
{
	if (o->variant_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	return variant_parse(value, &o->variants[o->variant_count++], e);
}

static int add_pools(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, IOMMU_MAX_POOLS, &v) || (v & (v - 1)))
		return error_set(e, "%s: '%.40s' pools: choose from 1, 2, 4, 8, 16", name, value);
	return add_number(name, value, 1, IOMMU_MAX_POOLS, &o->pools, e);
}

static int add_workload(const char *name, const char *value, struct options *o, struct error *e)
{
	const struct workload *w = workload_find(value);
	const struct workload *const *all;
	char names[200] = "";
	size_t count;

	if (w && o->workload_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	if (w) {
		o->workloads[o->workload_count++] = w;
		return 0;
	}
	all = workload_all(&count);
	for (size_t i = 0; i < count; i++) {
		strncat(names, i ? ", " : "", sizeof(names) - strlen(names) - 1);
		strncat(names, all[i]->name, sizeof(names) - strlen(names) - 1);
	}
	return error_set(e, "%s: no workload '%.40s': choose from %s", name, value, names);
}

static int add_cpus(const char *name, const char *value, struct options *o, struct error *e)
{
	return add_number(name, value, 1, CPUS_MAX, &o->cpus, e);
}

static int add_occupancy(const char *name, const char *value, struct options *o, struct error *e)
{
	return add_number(name, value, 0, 100, &o->occupancy, e);
}

static int add_think(const char *name, const char *value, struct options *o, struct error *e)
{
	return add_number(name, value, 0, THINK_NS_MAX, &o->think, e);
}

static int add_lock(const char *name, const char *value, struct options *o, struct error *e)
{
	enum lock_kind kind;

	if (!lock_kind_parse(value, &kind))
		return error_set(e, "%s: no lock '%.40s': choose from tas, ticket, mcs", name, value);
	if (o->lock_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	o->locks[o->lock_count++] = kind;
	return 0;
}

#define LIST_READER(list, item)                                                                \
	static int list(const char *name, const char *value, struct options *o, struct error *e) \
	{                                                                                      \
		return for_each_item(name, value, o, e, item);                                 \
	}

LIST_READER(read_allocators, add_allocator)
LIST_READER(read_pools, add_pools)
LIST_READER(read_workloads, add_workload)
LIST_READER(read_occupancy, add_occupancy)
LIST_READER(read_think, add_think)
LIST_READER(read_lock, add_lock)

/* "all" is the ladder up to the host, which is also the default. */
static int read_cpus(const char *name, const char *value, struct options *o, struct error *e)
{
	if (strcmp(value, "all") == 0) {
		o->cpus.count = 0;
		return 0;
	}
	return for_each_item(name, value, o, e, add_cpus);
}

/* How many CPU numbers requests come from, whatever the host has. */
static int read_audit_cpus(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	return for_each_item(name, value, o, e, add_cpus);
}

/* Not a comma list: the values contain commas. */
static int read_flush(const char *name, const char *value, struct options *o, struct error *e)
{
	if (o->flush_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	for (unsigned int i = 0; i < o->flush_count; i++) {
		if (strcmp(o->flushes[i].name, value) == 0)
			return 0;
	}
	return flush_model_parse(value, &o->flushes[o->flush_count++], e);
}

static int read_entries(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 2, IOMMU_MAX_ENTRIES, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 2 to %lu", name, value,
				 IOMMU_MAX_ENTRIES);
	o->entries = (unsigned long)v;
	return 0;
}

static int read_seed(const char *name, const char *value, struct options *o, struct error *e)
{
	if (!parse_u64(value, 0, INT64_MAX, &o->seed))
		return error_set(e, "%s: '%.40s' is not a whole number below 2^63", name, value);
	return 0;
}

static int read_seconds(const char *name, const char *value, struct options *o, struct error *e)
{
	size_t length = strlen(value);
	char text[40];

	/* Google Benchmark 1.8 and later write the time as "0.5s". */
	snprintf(text, sizeof(text), "%s", value);
	if (strcmp(name, "--benchmark_min_time") == 0 && length && length < sizeof(text) &&
	    text[length - 1] == 's')
		text[length - 1] = '\0';
	if (length >= sizeof(text) || !parse_double(text, SECONDS_MIN, SECONDS_MAX, &o->seconds))
		return error_set(e, "%s: '%.40s' is not a number of seconds from %g to %g", name,
				 value, SECONDS_MIN, SECONDS_MAX);
	return 0;
}

static int read_repetitions(const char *name, const char *value, struct options *o,
			    struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, REPETITIONS_MAX, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %d", name, value,
				 REPETITIONS_MAX);
	o->repetitions = (unsigned int)v;
	return 0;
}

static int read_filter(const char *name, const char *value, struct options *o, struct error *e)
{
	const char *pattern = *value == '-' ? value + 1 : value;
	char why[100];
	regex_t regex;
	int err = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, &regex, why, sizeof(why));
		return error_set(e, "%s: '%.60s' is not a regular expression: %s", name, value, why);
	}
	regfree(&regex);
	o->filter = value;
	return 0;
}

static int read_format(const char *name, const char *value, struct options *o, struct error *e)
{
	if (strcmp(value, "console") == 0)
		o->format = OUTPUT_TABLE;
	else if (strcmp(value, "json") == 0)
		o->format = OUTPUT_JSON;
	else
		return error_set(e, "%s: '%.40s': choose console or json", name, value);
	return 0;
}

static int read_path(const char *name, const char *value, const char **path, struct error *e)
{
	if (!*value)
		return error_set(e, "%s: needs a file name", name);
	*path = value;
	return 0;
}

static int read_out(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_path(name, value, &o->out, e);
}

static int read_resume(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_path(name, value, &o->resume, e);
}

static int read_list_tests(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	if (value && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return error_set(e, "%s: '%.40s': choose true or false", name, value);
	o->list_tests = !value || strcmp(value, "true") == 0;
	return 0;
}

static int read_quick(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->quick = true;
	return 0;
}

static int read_smoke(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->smoke = true;
	return 0;
}

static int read_locks(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->lock_pass = true;
	return 0;
}

static int read_lock_stat(const char *name, const char *value, struct options *o, struct error *e)
{
	o->lock_stat = true;
	return read_locks(name, value, o, e);
}

static int read_lock_sample(const char *name, const char *value, struct options *o,
			    struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, LOCK_SAMPLE_MAX, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %d", name, value,
				 LOCK_SAMPLE_MAX);
	o->lock_sample = (unsigned int)v;
	return 0;
}

static int read_counters(const char *name, const char *value, struct options *o, struct error *e)
{
	for (int i = 0; i < COUNTERS_CHOICES; i++) {
		if (strcmp(value, counters_choice_names[i]) == 0) {
			o->counters.choice = (enum counters_choice)i;
			o->counters.chosen = true;
			return 0;
		}
	}
	return error_set(e, "%s: '%.40s': choose auto, perf, software, likwid, count or none", name,
			 value);
}

static int read_events(const char *name, const char *value, struct options *o, struct error *e)
{
	if (!*value)
		return error_set(e, "%s: needs a list of events", name);
	o->counters.events = value;
	return 0;
}

static int read_likwid_group(const char *name, const char *value, struct options *o,
			     struct error *e)
{
	size_t length = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (!length || value[length] || length >= sizeof(((struct counter_plan *)0)->tool_group))
		return error_set(e, "%s: '%.40s' is no name of a group: likwid-perfctr -a lists them",
				 name, value);
	o->counters.likwid_group = value;
	return 0;
}

static int read_dry_run(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->dry_run = true;
	return 0;
}

static int read_out_format(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	(void)o;
	if (strcmp(value, "json") != 0)
		return error_set(e, "%s: '%.40s': results are written as json only", name, value);
	return 0;
}

static const struct option run_options[] = {
	{ "--allocators", "A,B,...",
	  "allocators, NAME or NAME/pools:P (default: all eight variants)", read_allocators, false },
	{ "--pools", "P,...", "numbers of pools: 1, 2, 4, 8, 16 (default: each allocator's own)",
	  read_pools, false },
	{ "--workloads", "W,...", "workloads (default: ring,churn)", read_workloads, false },
	{ "--cpus", "C,...|all", "numbers of CPUs (default, all: 1, 2, 4 ... up to the host)",
	  read_cpus, false },
	{ "--flush", "MODEL", "flush model; repeat for several (default: mmio:16,150,600)",
	  read_flush, false },
	{ "--occupancy", "PCT,...", "percent of the map kept live (default: 5)", read_occupancy, false },
	{ "--entries", "N", "entries of the map (default: 8192)", read_entries, false },
	{ "--lock", "KIND,...", "tas, ticket, mcs (default: tas)", read_lock, false },
	{ "--think", "NS,...", "time between operations (default: 0)", read_think, false },
	{ "--seconds", "S", "length of a sample's interval (default: 0.2)", read_seconds, false },
	{ "--repetitions", "R", "samples a cell (default: 10)", read_repetitions, false },
	{ "--seed", "N", "of the order of samples and of random lifetimes (default: 1)", read_seed, false },
	{ "--locks", NULL, "also lock statistics, in samples of their own", read_locks, false },
	{ "--lock-sample", "N", "record locks one Nth of the time, to disturb less (default: 1)",
	  read_lock_sample, false },
	{ "--lock-stat", NULL, "as --locks, and print them in the columns of /proc/lock_stat",
	  read_lock_stat, false },
	{ "--counters", "SOURCE", "also auto, perf, software, likwid or count (default: none)",
	  read_counters, false },
	{ "--events", "E,...", "count these: names as in `list`, libpfm4's, raw (r1c2)", read_events,
	  false },
	{ "--likwid-group", "GROUP", "likwid's group (default: L2CACHE)", read_likwid_group, false },
	{ "--quick", NULL, "a first look: ring, 3 samples of 0.05 s", read_quick, false },
	{ "--smoke", NULL, "every workload on every variant, one sample of 20 ms", read_smoke, false },
	{ "--dry-run", NULL, "print the plan and measure nothing", read_dry_run, true },
	{ "--out", "FILE", "results (default: results/HOST/DATE.json)", read_out, true },
	{ "--resume", "FILE", "complete an unfinished run; takes its options from FILE",
	  read_resume, true },
	{ "--benchmark_filter", "REGEX", "only cells whose name matches; -REGEX: only the others",
	  read_filter, false },
	{ "--benchmark_list_tests", NULL, "print the cells' names", read_list_tests,
	  true },
	{ "--benchmark_format", "FORMAT", "console: the table; json: the results on stdout",
	  read_format, true },
	{ "--benchmark_out", "FILE", "as --out", read_out, true },
	{ "--benchmark_out_format", "FORMAT", "only json", read_out_format, true },
	{ "--benchmark_repetitions", "R", "as --repetitions", read_repetitions, false },
	{ "--benchmark_min_time", "S", "as --seconds", read_seconds, false },
};

static int read_calibration(const char *name, const char *value, double min, double max,
			    double *to, struct error *e)
{
	if (!parse_double(value, min, max, to))
		return error_set(e, "%s: '%.40s' is not a number from %g to %g", name, value, min,
				 max);
	return 0;
}

static int read_ticks(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_calibration(name, value, 1e-6, 1e3, &o->ticks_per_ns, e);
}

static int read_clock_read(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	return read_calibration(name, value, 0, 1e9, &o->clock_read_ns, e);
}

/* The runner and what it starts must come from one build. */
static int read_build(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)o;
	if (strcmp(value, VERSION_BUILD) != 0)
		return error_set(e, "this is build %s, the runner's is %.60s: make again",
				 VERSION_BUILD, value);
	return 0;
}

static int read_flush_bias(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	return read_calibration(name, value, 0, 1e9, &o->flush_bias_ns, e);
}

static int read_think_bias(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	return read_calibration(name, value, 0, 1e9, &o->think_bias_ns, e);
}

static int read_details_fd(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 0, 1000, &v))
		return error_set(e, "%s: '%.40s' is not a file descriptor", name, value);
	o->details_fd = (int)v;
	return 0;
}

static int read_json_fd(const char *name, const char *value, struct options *o, struct error *e)
{
	int details_fd = o->details_fd;
	int err = read_details_fd(name, value, o, e);

	o->json_fd = o->details_fd;
	o->details_fd = details_fd;
	return err;
}

static int read_counters_of_sample(const char *name, const char *value, struct options *o,
				   struct error *e)
{
	(void)name, (void)e;
	o->counters_of_sample = value;
	return 0;
}

static int read_steps_only(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	(void)name, (void)value, (void)e;
	o->steps_only = true;
	return 0;
}

static int add_order(const char *name, const char *value, struct options *o, struct error *e)
{
	const struct workload *order = audit_order_find(value);

	if (!order)
		return error_set(e, "%s: no free order '%.40s': choose from random, fifo, lifo", name,
				 value);
	if (o->workload_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	o->workloads[o->workload_count++] = order;
	return 0;
}

LIST_READER(read_free_order, add_order)

static int read_operations(const char *name, const char *value, struct options *o,
			   struct error *e)
{
	if (!parse_u64(value, 1, OPERATIONS_MAX, &o->operations))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %llu", name, value,
				 (unsigned long long)OPERATIONS_MAX);
	return 0;
}

static int read_draws(const char *name, const char *value, struct options *o, struct error *e)
{
	enum audit_draws draws;

	if (!audit_draws_parse(value, &draws))
		return error_set(e, "%s: '%.40s': choose recorded or independent", name, value);
	o->draws = draws;
	return 0;
}

static int read_threads(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, THREADS_MAX, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %d", name, value,
				 THREADS_MAX);
	o->audit_threads = (unsigned int)v;
	return 0;
}

static int read_profile(const char *name, const char *value, struct options *o, struct error *e)
{
	struct profile p;
	int err = profile_load(value, &p, e);

	if (err == -ENOENT)
		return error_set(e, "%s: no profile '%.40s': see iommubench list --profiles", name,
				 value);
	if (err)
		return err;
	if (!p.has_iotlb)
		return error_set(e, "%s: %s says nothing of its IOTLB: describe it with --iotlb", name,
				 value);
	o->iotlb = p.iotlb;
	o->profile = value;
	return 0;
}

/* TAGS[,WAYS[,REPLACEMENT]]: fully associative and LRU where it does not say. */
static int read_iotlb(const char *name, const char *value, struct options *o, struct error *e)
{
	struct iotlb_shape shape = { .replacement = IOTLB_LRU };
	uint64_t tags = 0, ways;
	const char *p = value, *why;
	bool good = parse_u64_prefix(&p, &tags) && tags <= IOTLB_TAGS_MAX;

	ways = tags;
	if (good && parse_word(&p, ","))
		good = parse_u64_prefix(&p, &ways) && ways <= IOTLB_TAGS_MAX;
	if (good && parse_word(&p, ",")) {
		good = iotlb_replacement_parse(p, &shape.replacement);
		p += strlen(p);
	}
	shape.tags = (unsigned int)tags;
	shape.ways = (unsigned int)ways;
	why = good && !*p ? iotlb_check(&shape) :
			    "expected TAGS, TAGS,WAYS or TAGS,WAYS,lru|fifo|random, up to 4096 tags";
	if (why)
		return error_set(e, "%s: '%.40s': %s", name, value, why);
	o->iotlb = shape;
	o->profile = NULL;
	return 0;
}

static int read_trace_out(const char *name, const char *value, struct options *o,
			  struct error *e)
{
	return read_path(name, value, &o->trace_out, e);
}

static int read_shrink(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->shrink = true;
	return 0;
}

static const struct option audit_options[] = {
	{ "--allocators", "A,B,...",
	  "allocators, NAME or NAME/pools:P (default: all eight variants)", read_allocators, false },
	{ "--pools", "P,...", "numbers of pools: 1, 2, 4, 8, 16 (default: each allocator's own)",
	  read_pools, false },
	{ "--free-order", "ORDER,...",
	  "which live entry is freed: random, fifo, lifo (default: random,fifo)", read_free_order,
	  false },
	{ "--occupancy", "PCT,...", "percent of the map kept live (default: 10,50,80)",
	  read_occupancy, false },
	{ "--entries", "N", "entries of the map (default: 16384)", read_entries, false },
	{ "--cpus", "C,...", "how many CPU numbers requests are drawn from (default: 16)",
	  read_audit_cpus, false },
	{ "--operations", "N", "a free and an alloc each, of a cell (default: 500000)",
	  read_operations, false },
	{ "--threads", "N", "native threads at once (default: 1, which is exact)", read_threads,
	  false },
	{ "--lock", "KIND,...", "tas, ticket, mcs (default: tas)", read_lock, false },
	{ "--profile", "NAME", "whose IOTLB: see list --profiles (default: psycho)", read_profile,
	  false },
	{ "--iotlb", "TAGS,WAYS,RULE", "another IOTLB; RULE is lru, fifo or random", read_iotlb,
	  false },
	{ "--seed", "N", "of all that is random (default: 15)", read_seed, false },
	{ "--draws", "KIND", "recorded: as the known figures were made, or independent", read_draws,
	  false },
	{ "--out", "FILE", "results (default: results/HOST/DATE.json)", read_out, true },
	{ "--benchmark_filter", "REGEX", "only cells whose name matches; -REGEX: only the others",
	  read_filter, false },
	{ "--trace-out", "FILE", "a trace that shows the first violation, for replay",
	  read_trace_out, true },
	{ "--shrink", NULL, "make that trace as short as can be", read_shrink, true },
};

/* Whether there is such a profile is seen when it is loaded: it may be a file. */
static int read_machine(const char *name, const char *value, struct options *o, struct error *e)
{
	if (strlen(value) > MACHINE_NAME_MAX && !strchr(value, '/'))
		return error_set(e, "%s: no profile '%.40s': see iommubench list --profiles", name,
				 value);
	return read_path(name, value, &o->machine, e);
}

static int read_small(const char *name, const char *value, uint64_t max, unsigned int *to,
		      struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, max, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %llu", name, value,
				 (unsigned long long)max);
	*to = (unsigned int)v;
	return 0;
}

static int read_rounds(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_small(name, value, ROUNDS_MAX, &o->rounds, e);
}

static int read_jobs(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_small(name, value, THREADS_MAX, &o->jobs, e);
}

static int read_explore(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_small(name, value, EXPLORE_MAX, &o->explore, e);
}

static int read_polling(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->polling = true;
	return 0;
}

static int read_audit(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->audit = true;
	return 0;
}

/* Virtual time: a thousandth of what makes sense natively. */
static int read_virtual_seconds(const char *name, const char *value, struct options *o,
				struct error *e)
{
	if (!parse_double(value, VIRTUAL_SECONDS_MIN, SECONDS_MAX, &o->seconds))
		return error_set(e, "%s: '%.40s' is not a number of seconds from %g to %g", name,
				 value, VIRTUAL_SECONDS_MIN, SECONDS_MAX);
	return 0;
}

/* Before those of `run`, most of which `sim` takes too. */
static const struct option sim_options[] = {
	{ "--profile", "NAME|FILE", "of list --profiles, or host (default: sun4v-t5-2)", read_machine, false },
	{ "--rounds", "R", "an interval is R times as many pairs as entries (default: 4)", read_rounds,
	  false },
	{ "--seconds", "S", "an interval of so much virtual time instead", read_virtual_seconds, false },
	{ "--audit", NULL, "count stale reuse too, which perturbs nothing", read_audit, false },
	{ "--jobs", "N", "cells simulated at once (default: as many as there are CPUs)", read_jobs,
	  true },
	{ "--polling", NULL, "simulate each poll of a waiting CPU: the same result, slower",
	  read_polling, false },
	{ "--explore", "N", "N schedules a cell, from --seed on, looking for violations",
	  read_explore, false },
};

static const struct option sample_options[] = {
	{ "--ticks-per-ns", "F", NULL, read_ticks, false },
	{ "--clock-read-ns", "F", NULL, read_clock_read, false },
	{ "--build", "ID", NULL, read_build, true },
	{ "--flush-bias-ns", "F", NULL, read_flush_bias, false },
	{ "--think-bias-ns", "F", NULL, read_think_bias, false },
	{ "--details-fd", "N", NULL, read_details_fd, false },
	{ "--json-fd", "N", NULL, read_json_fd, false },
	{ "--counters-of-sample", "LIST", NULL, read_counters_of_sample, false },
	{ "--steps-only", NULL, NULL, read_steps_only, false },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct option_table {
	const struct option *option;
	size_t count;
};

static const struct option_table run_table = { run_options, COUNT(run_options) };
static const struct option_table sample_table = { sample_options, COUNT(sample_options) };
static const struct option_table audit_table = { audit_options, COUNT(audit_options) };
static const struct option_table sim_table = { sim_options, COUNT(sim_options) };

static const char *const command_names[] = {
	[OPTIONS_RUN] = "run",
	[OPTIONS_SAMPLE] = "run",
	[OPTIONS_AUDIT] = "audit",
	[OPTIONS_SIM] = "sim",
};

/* A simulation is repeated rather than resumed, and records every lock. */
static bool is_native_only(const struct option *option)
{
	return option->read == read_resume || option->read == read_lock_sample;
}

static const struct option *find_in(const struct option_table *t, const char *word, size_t length)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strlen(t->option[i].name) == length &&
		    strncmp(t->option[i].name, word, length) == 0)
			return &t->option[i];
	}
	return NULL;
}

static const struct option *find_option(const char *word, size_t length, enum options_use use)
{
	const struct option *option = NULL;

	if (use == OPTIONS_AUDIT)
		return find_in(&audit_table, word, length);
	if (use == OPTIONS_SIM)
		option = find_in(&sim_table, word, length);
	if (!option)
		option = find_in(&run_table, word, length);
	if (!option && use == OPTIONS_SAMPLE)
		return find_in(&sample_table, word, length);
	return option && use == OPTIONS_SIM && is_native_only(option) ? NULL : option;
}

static int unknown_option(const char *word, enum options_use use, struct error *e)
{
	const char *command = command_names[use];

	if (strncmp(word, "--benchmark_", strlen("--benchmark_")) == 0)
		return error_set(e, "%.60s: this Google Benchmark flag has no meaning here: see "
				    "iommubench %s --help for those that have", word, command);
	if (*word != '-')
		return error_set(e, "'%.60s': options begin with --: see iommubench %s --help", word,
				 command);
	return error_set(e, "unknown option '%.60s': see iommubench %s --help", word, command);
}

/* Small maps, nearly full, are flushed often: that is where a race would be. */
static void set_explore_defaults(struct options *o)
{
	struct error never;

	o->audit = true;
	if (!o->entries)
		o->entries = 1024;
	if (!o->occupancy.count)
		o->occupancy.value[o->occupancy.count++] = 50;
	if (!o->cpus.count)
		o->cpus.value[o->cpus.count++] = 4;
	if (!o->workload_count)
		o->workloads[o->workload_count++] = workload_find("churn");
	if (!o->flush_count)
		flush_model_parse("spin:500", &o->flushes[o->flush_count++], &never);
}

/* What a simulation has that differs from a native run. */
static void set_sim_defaults(struct options *o)
{
	if (!o->machine)
		o->machine = "sun4v-t5-2";
	if (!o->rounds)
		o->rounds = o->smoke ? 1 : 4;
	if (!o->repetitions)
		o->repetitions = 1;
	if (o->explore)
		set_explore_defaults(o);
	o->lock_pass = true;
}

static void set_defaults(struct options *o)
{
	struct error never;

	if (!o->workload_count && o->smoke) {
		size_t count;
		const struct workload *const *all = workload_all(&count);

		for (; o->workload_count < count; o->workload_count++)
			o->workloads[o->workload_count] = all[o->workload_count];
	}
	if (!o->workload_count) {
		o->workloads[o->workload_count++] = workload_find("ring");
		if (!o->quick)
			o->workloads[o->workload_count++] = workload_find("churn");
	}
	if (!o->flush_count)
		flush_model_parse("mmio:16,150,600", &o->flushes[o->flush_count++], &never);
	if (!o->occupancy.count)
		o->occupancy.value[o->occupancy.count++] = 5;
	if (!o->think.count)
		o->think.value[o->think.count++] = 0;
	if (!o->lock_count)
		o->locks[o->lock_count++] = LOCK_TAS;
	if (!o->entries)
		o->entries = 8192;
	if (o->seconds == 0 && !o->audit_threads && !o->machine)
		o->seconds = o->smoke ? SMOKE_SECONDS : o->quick ? QUICK_SECONDS : 0.2;
	if (!o->lock_sample)
		o->lock_sample = 1;
	if (!o->repetitions)
		o->repetitions = o->smoke ? 1 : o->quick ? QUICK_REPETITIONS : 10;
}

/* Fills in what was not given; the rest are the defaults of all commands. */
static int set_audit_defaults(struct options *o, struct error *e)
{
	static const uint64_t occupancies[] = { 10, 50, 80 };

	if (!o->workload_count) {
		o->workloads[o->workload_count++] = &audit_orders[FREE_RANDOM];
		o->workloads[o->workload_count++] = &audit_orders[FREE_FIFO];
	}
	if (!o->occupancy.count) {
		memcpy(o->occupancy.value, occupancies, sizeof(occupancies));
		o->occupancy.count = COUNT(occupancies);
	}
	if (!o->cpus.count)
		o->cpus.value[o->cpus.count++] = 16;
	if (!o->entries)
		o->entries = 16384;
	if (!o->operations)
		o->operations = 500000;
	if (!o->audit_threads)
		o->audit_threads = 1;
	o->repetitions = 1;
	if (o->shrink && !o->trace_out)
		return error_set(e, "--shrink says nothing without --trace-out FILE");
	if (o->trace_out && o->audit_threads > 1)
		return error_set(e, "--trace-out needs --threads 1: what threads do at once is no "
				    "trace");
	flush_model_parse("spin:0", &o->flushes[o->flush_count++], e);
	return o->iotlb.tags ? 0 : read_profile("--profile", "psycho", o, e);
}

/* Events and groups say what to count, so they turn counting on. */
static int check_counters(struct options *o, struct error *e)
{
	struct counter_request *r = &o->counters;

	if (!r->chosen && r->events)
		r->choice = COUNTERS_AUTO;
	else if (!r->chosen && r->likwid_group)
		r->choice = COUNTERS_LIKWID;
	if (r->events && r->choice != COUNTERS_AUTO && r->choice != COUNTERS_PERF &&
	    r->choice != COUNTERS_SOFTWARE)
		return error_set(e, "--events says nothing with --counters %s: it needs auto, perf or "
				    "software", counters_choice_names[r->choice]);
	if (r->likwid_group && r->choice != COUNTERS_LIKWID)
		return error_set(e, "--likwid-group says nothing with --counters %s: it needs likwid",
				 counters_choice_names[r->choice]);
	return 0;
}

static int parse_word_at(int argc, char *const *argv, int *i, enum options_use use,
			 struct options *o, struct error *e)
{
	const char *word = argv[*i];
	size_t length = strcspn(word, "=");
	const struct option *option = find_option(word, length, use);
	const char *value = word[length] ? word + length + 1 : NULL;

	if (!option)
		return unknown_option(word, use, e);
	if (!option->argument && value && option->read != read_list_tests)
		return error_set(e, "%s takes no value", option->name);
	if (option->argument && !value) {
		if (*i + 1 >= argc)
			return error_set(e, "%s needs a value: %s %s", option->name, option->name,
					 option->argument);
		value = argv[++*i];
	}
	if (!option->not_planned) {
		if (o->given_count == OPTIONS_LIST_MAX)
			return error_set(e, "more than %d options", OPTIONS_LIST_MAX);
		o->given[o->given_count++] =
			(struct option_given){ .name = option->name, .value = value };
	}
	return option->read(option->name, value, o, e);
}

int options_parse(int argc, char *const *argv, enum options_use use, struct options *o,
		  struct error *e)
{
	memset(o, 0, sizeof(*o));
	o->seed = use == OPTIONS_AUDIT ? AUDIT_SEED : 1;
	o->details_fd = -1;
	o->json_fd = STDOUT_FILENO;
	for (int i = 0; i < argc; i++) {
		int err;

		if (strcmp(argv[i], "--help") == 0)
			return 1;
		err = parse_word_at(argc, argv, &i, use, o, e);
		if (err)
			return err;
	}
	if (use == OPTIONS_AUDIT) {
		int err = set_audit_defaults(o, e);

		if (err)
			return err;
	}
	if (use == OPTIONS_SIM)
		set_sim_defaults(o);
	if (o->resume && argc > (strcmp(argv[0], "--resume") == 0 ? 2 : 1))
		return error_set(e, "--resume takes all other options from its file: give it alone");
	set_defaults(o);
	return check_counters(o, e);
}

static void help_of(const struct option_table *t, const struct option_table *shadowed_by)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct option *option = &t->option[i];
		char left[48];

		if (shadowed_by && (is_native_only(option) ||
				    find_in(shadowed_by, option->name, strlen(option->name))))
			continue;
		snprintf(left, sizeof(left), "%s%s%s", option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
		printf("  %-32s %s\n", left, option->help);
	}
}

void options_help(enum options_use use)
{
	if (use == OPTIONS_SIM)
		help_of(&sim_table, NULL);
	help_of(use == OPTIONS_AUDIT ? &audit_table : &run_table,
		use == OPTIONS_SIM ? &sim_table : NULL);
}
