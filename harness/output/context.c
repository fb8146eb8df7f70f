// SPDX-License-Identifier: GPL-2.0-or-later
/* Describes this host, this build and what was asked for, as they stand at the head of every results file. */
#include "output/context.h"

#include <string.h>
#include <time.h>

#include "version.h"
#include "host/host_facts.h"
#include "output/platform_block.h"

/* @word as a shell would take it; NULL if it is not UTF-8 or memory is short. */
static json_t *quoted(const char *word)
{
	json_t *text = json_string("");
	const char *quote;

	if (*word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_=.,:/+@%^")]) {
		json_decref(text);
		return json_string(word);
	}
	while (text && (quote = strchr(word, '\''))) {
		json_t *longer = json_sprintf("%s%.*s'\\''", json_string_value(text),
					      (int)(quote - word), word);

		json_decref(text);
		text = longer;
		word = quote + 1;
	}
	if (text) {
		json_t *whole = json_sprintf("'%s%s'", json_string_value(text), word);

		json_decref(text);
		text = whole;
	}
	return text;
}

/* The command line, to be given to a shell again. */
static json_t *join_words(int argc, char *const *argv)
{
	json_t *joined = json_string("iommubench");

	for (int i = 0; i < argc; i++) {
		json_t *word = quoted(argv[i]);
		/* Bytes that are not UTF-8 cannot be in JSON. */
		json_t *longer = json_sprintf("%s %s", json_string_value(joined),
					      word ? json_string_value(word) : "?");

		json_decref(word);
		json_decref(joined);
		joined = longer;
	}
	return joined;
}

static json_t *given_options(const struct plan_request *o)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < o->given_count; i++) {
		const struct option_given *g = &o->given[i];

		json_array_append_new(list, g->value ? json_sprintf("%s=%s", g->name, g->value) :
						       json_string(g->name));
	}
	return list;
}

static json_t *describe_host(const struct host_facts *h, const struct topology *t)
{
	json_t *order = json_array(), *host;

	for (unsigned int i = 0; i < t->ncpus; i++)
		json_array_append_new(order, json_integer(t->os_cpu[i]));
	host = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i, s:i}, s:o}",
		"name", h->name, "arch", h->arch, "kernel", h->kernel, "cpu_model", h->cpu_model,
		"virtualisation", h->virtualisation, "governor", h->governor, "smt", h->smt, "aslr",
		h->aslr, "clocksource", h->clocksource, "topology", "packages", t->packages,
		"numa_nodes", t->numa_nodes, "cores", t->cores, "pus", t->ncpus, "cpu_order",
		order);
	if (*h->cpu_revision)
		json_object_set_new(host, "cpu_revision", json_string(h->cpu_revision));
	return host;
}

/* Google Benchmark's list of caches, from hwloc. */
static json_t *describe_caches(const struct topology *t)
{
	static const hwloc_obj_type_t types[] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE,
						 HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
	static const char *const names[] = {
		[HWLOC_OBJ_CACHE_UNIFIED] = "Unified",
		[HWLOC_OBJ_CACHE_DATA] = "Data",
		[HWLOC_OBJ_CACHE_INSTRUCTION] = "Instruction",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		hwloc_obj_t o = hwloc_get_next_obj_by_type(t->hwloc, types[i], NULL);

		if (!o)
			continue;
		json_array_append_new(
			list, json_pack("{s:s, s:i, s:I, s:i}", "type", names[o->attr->cache.type],
					"level", (int)o->attr->cache.depth, "size",
					(json_int_t)o->attr->cache.size, "num_sharing",
					hwloc_bitmap_weight(o->cpuset)));
	}
	return list;
}

static json_t *omissions(const struct plan *plan)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < plan->omission_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "cell", plan->omissions[i].cell,
						      "reason", plan->omissions[i].reason));
	return list;
}

/* All cells' entries where they are alike, else those that names do not tell. */
static unsigned long entries_of(const struct context *c)
{
	const struct plan *p = c->plan;
	const unsigned long usual = cell_usual_entries(c->request->audit_threads);

	for (unsigned int i = 1; i < p->cell_count; i++) {
		if (p->cells[i].entries != p->cells[0].entries)
			return usual;
	}
	return p->cell_count ? p->cells[0].entries : usual;
}

/* What tree the allocators called k-NAME are of, in programs that have some (harness/kernel/prepare.sh). */
extern const char iommu_kernel_tree[] __attribute__((weak));

static void describe_kernel_tree(json_t *suite)
{
	if (iommu_kernel_tree)
		json_object_set_new(suite, "kernel", json_loads(iommu_kernel_tree, 0, NULL));
}

static json_t *describe_suite(const struct context *c, const struct host_facts *h)
{
	const struct clock_calibration *clock = c->clock;
	const struct plan_request *o = c->request;
	json_t *suite = json_pack(
		"{s:i, s:s, s:s, s:b, s:s, s:s, s:o, s:o, s:b, s:b, s:I, s:o,"
		" s:{s:s, s:f, s:f, s:f, s:b}, s:I, s:o, s:I, s:f, s:i, s:[], s:[], s:o}",
		"format", RESULTS_FORMAT, "version", VERSION_STRING, "commit", VERSION_COMMIT,
		"dirty", VERSION_DIRTY, "compiler", VERSION_COMPILER, "cflags", VERSION_CFLAGS,
		"arguments", given_options(o), "command_line", join_words(c->argc, c->argv),
		"complete", 0, "interrupted", 0, "planned_samples", (json_int_t)c->samples, "host",
		describe_host(h, c->topology), "clock", "source", clock_source(), "ticks_per_ns",
		clock->ticks_per_ns, "step_ns", clock->step_ns, "read_ns", clock->read_ns, "global",
		clock_ticks_are_global(), "entries", (json_int_t)entries_of(c), "platforms",
		platform_blocks_json(c->plan), "seed", (json_int_t)o->seed, "seconds", o->seconds,
		"repetitions", (int)o->repetitions, "flush_models", "think_times", "omitted",
		omissions(c->plan));

	describe_kernel_tree(suite);
	return suite;
}

static void date_now(char text[40])
{
	time_t now = time(NULL);
	struct tm tm;

	/* ISO 8601 in UTC, as the host's zone says nothing about the figures. */
	gmtime_r(&now, &tm);
	strftime(text, 40, "%Y-%m-%dT%H:%M:%S+00:00", &tm);
}

json_t *context_json(const struct context *c)
{
	const struct topology *t = c->topology;
	struct host_facts h;
	char date[40];

	host_facts_read(&h);
	date_now(date);
	return json_pack("{s:s, s:s, s:s, s:i, s:f, s:b, s:o, s:[f,f,f], s:s, s:o}", "date", date,
			 "host_name", h.name, "executable", "iommubench", "num_cpus", (int)t->ncpus,
			 "mhz_per_cpu", h.mhz, "cpu_scaling_enabled",
			 strcmp(h.governor, "none") != 0 && strcmp(h.governor, "performance") != 0,
			 "caches", describe_caches(t), "load_avg", h.load[0], h.load[1], h.load[2],
			 "library_build_type", "release", "iommubench", describe_suite(c, &h));
}
