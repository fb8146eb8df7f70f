// SPDX-License-Identifier: GPL-2.0-or-later
/* See options.h. One table describes every option: its reader, its argument, its help. */
#include "options.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define CPUS_MAX	65536
#define SECONDS_MIN	0.001
#define SECONDS_MAX	3600.0
#define REPETITIONS_MAX 100000
#define THINK_NS_MAX	UINT64_C(1000000000)

/* What --quick changes: a first look in a few seconds. */
#define QUICK_SECONDS	  0.05
#define QUICK_REPETITIONS 3

/* What --smoke does: enough to see that everything works. */
#define SMOKE_SECONDS 0.005

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
	{ "--quick", NULL, "a first look: ring, 3 samples of 0.05 s", read_quick, false },
	{ "--smoke", NULL, "every workload on every variant, one sample of 5 ms", read_smoke, false },
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

static const struct option sample_options[] = {
	{ "--ticks-per-ns", "F", NULL, read_ticks, false },
	{ "--flush-bias-ns", "F", NULL, read_flush_bias, false },
	{ "--think-bias-ns", "F", NULL, read_think_bias, false },
	{ "--details-fd", "N", NULL, read_details_fd, false },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct option *find_option(const char *word, size_t length, bool for_sample)
{
	for (size_t i = 0; i < COUNT(run_options); i++) {
		if (strlen(run_options[i].name) == length &&
		    strncmp(run_options[i].name, word, length) == 0)
			return &run_options[i];
	}
	for (size_t i = 0; for_sample && i < COUNT(sample_options); i++) {
		if (strlen(sample_options[i].name) == length &&
		    strncmp(sample_options[i].name, word, length) == 0)
			return &sample_options[i];
	}
	return NULL;
}

static int unknown_option(const char *word, struct error *e)
{
	if (strncmp(word, "--benchmark_", strlen("--benchmark_")) == 0)
		return error_set(e, "%.60s: this Google Benchmark flag has no meaning here: see "
				    "iommubench run --help for those that have", word);
	if (*word != '-')
		return error_set(e, "'%.60s': options begin with --: see iommubench run --help",
				 word);
	return error_set(e, "unknown option '%.60s': see iommubench run --help", word);
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
	if (o->seconds == 0)
		o->seconds = o->smoke ? SMOKE_SECONDS : o->quick ? QUICK_SECONDS : 0.2;
	if (!o->repetitions)
		o->repetitions = o->smoke ? 1 : o->quick ? QUICK_REPETITIONS : 10;
}

static int parse_word_at(int argc, char *const *argv, int *i, bool for_sample, struct options *o,
			 struct error *e)
{
	const char *word = argv[*i];
	size_t length = strcspn(word, "=");
	const struct option *option = find_option(word, length, for_sample);
	const char *value = word[length] ? word + length + 1 : NULL;

	if (!option)
		return unknown_option(word, e);
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

int options_parse(int argc, char *const *argv, bool for_sample, struct options *o,
		  struct error *e)
{
	memset(o, 0, sizeof(*o));
	o->seed = 1;
	o->details_fd = -1;
	for (int i = 0; i < argc; i++) {
		int err;

		if (strcmp(argv[i], "--help") == 0)
			return 1;
		err = parse_word_at(argc, argv, &i, for_sample, o, e);
		if (err)
			return err;
	}
	if (o->resume && argc > (strchr(argv[0], '=') ? 1 : 2))
		return error_set(e, "--resume takes all other options from its file: give it alone");
	set_defaults(o);
	return 0;
}

void options_help(void)
{
	for (size_t i = 0; i < COUNT(run_options); i++) {
		char left[48];

		snprintf(left, sizeof(left), "%s%s%s", run_options[i].name,
			 run_options[i].argument ? " " : "",
			 run_options[i].argument ? run_options[i].argument : "");
		printf("  %-32s %s\n", left, run_options[i].help);
	}
}
