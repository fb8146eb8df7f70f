// SPDX-License-Identifier: GPL-2.0-or-later
/* See options_table.h. The options of `audit`. */
#include "cmd/options_table.h"

#include <errno.h>
#include <string.h>

#include "audit/audit.h"
#include "base/parse.h"
#include "device/profile.h"

#define OPERATIONS_MAX UINT64_C(1000000000)

/* How many CPU numbers requests come from, whatever the host has. */
static int read_audit_cpus(const char *name, const char *value, struct options *o, struct error *e)
{
	return for_each_item(name, value, o, e, add_cpus);
}

static int add_order(const char *name, const char *value, struct options *o, struct error *e)
{
	const struct workload *order = audit_order_find(value);

	if (!order)
		return error_set(e, "%s: no free order '%.40s': choose from random, fifo, lifo",
				 name, value);
	if (o->plan.workload_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	o->plan.workloads[o->plan.workload_count++] = order;
	return 0;
}

static LIST_READER(read_free_order, add_order)

	static int read_operations(const char *name, const char *value, struct options *o,
				   struct error *e)
{
	if (!parse_u64(value, 1, OPERATIONS_MAX, &o->audit.operations))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %llu", name, value,
				 (unsigned long long)OPERATIONS_MAX);
	return 0;
}

static int read_draws(const char *name, const char *value, struct options *o, struct error *e)
{
	enum audit_draws draws;

	if (!audit_draws_parse(value, &draws))
		return error_set(e, "%s: '%.40s': choose recorded or independent", name, value);
	o->audit.draws = draws;
	return 0;
}

static int read_threads(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, THREADS_MAX, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %d", name, value,
				 THREADS_MAX);
	o->plan.audit_threads = (unsigned int)v;
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
		return error_set(e, "%s: %s says nothing of its IOTLB: describe it with --iotlb",
				 name, value);
	o->audit.iotlb = p.iotlb;
	o->audit.profile = value;
	return 0;
}

/* TAGS[,WAYS[,REPLACEMENT]]: fully associative and LRU where it does not say. */
static int read_iotlb(const char *name, const char *value, struct options *o, struct error *e)
{
	struct iotlb_shape shape = {.replacement = IOTLB_LRU};
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
	why = good && !*p ?
		      iotlb_check(&shape) :
		      "expected TAGS, TAGS,WAYS or TAGS,WAYS,lru|fifo|random, up to 4096 tags";
	if (why)
		return error_set(e, "%s: '%.40s': %s", name, value, why);
	o->audit.iotlb = shape;
	o->audit.profile = NULL;
	return 0;
}

static int read_trace_out(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_path(name, value, &o->audit.trace_out, e);
}

static int read_shrink(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->audit.shrink = true;
	return 0;
}

static const struct option audit_options[] = {
	{"--allocators", "A,B,...",
	 "allocators, NAME or NAME/pools:P (default: all eight variants)", read_allocators, false},
	{"--pools", "P,...", "numbers of pools: 1, 2, 4, 8, 16 (default: each allocator's own)",
	 read_pools, false},
	{"--free-order", "ORDER,...",
	 "which live entry is freed: random, fifo, lifo (default: random,fifo)", read_free_order,
	 false},
	{"--occupancy", "PCT,...", "percent of the map kept live (default: 10,50,80)",
	 read_occupancy, false},
	{"--entries", "N", "entries of the map (default: 16384)", read_entries, false},
	{"--cpus", "C,...", "how many CPU numbers requests are drawn from (default: 16)",
	 read_audit_cpus, false},
	{"--operations", "N", "a free and an alloc each, of a cell (default: 500000)",
	 read_operations, false},
	{"--threads", "N", "native threads at once (default: 1, which is exact)", read_threads,
	 false},
	{"--lock", "KIND,...", "tas, ticket, mcs (default: tas)", read_lock, false},
	{"--profile", "NAME", "whose IOTLB: see list --profiles (default: psycho)", read_profile,
	 false},
	{"--iotlb", "TAGS,WAYS,RULE", "another IOTLB; RULE is lru, fifo or random", read_iotlb,
	 false},
	{"--seed", "N", "of all that is random (default: 15)", read_seed, false},
	{"--draws", "KIND", "recorded: as the known figures were made, or independent", read_draws,
	 false},
	{"--out", "FILE", "results (default: results/HOST/DATE.json)", read_out, true},
	{"--benchmark_filter", "REGEX", "only cells whose name matches; -REGEX: only the others",
	 read_filter, false},
	{"--trace-out", "FILE", "a trace that shows the first violation, for replay",
	 read_trace_out, true},
	{"--shrink", NULL, "make that trace as short as can be", read_shrink, true},
};

const struct option_table options_audit = {audit_options, COUNT(audit_options)};

int options_audit_defaults(struct options *o, struct error *e)
{
	static const uint64_t occupancies[] = {10, 50, 80};

	if (!o->plan.workload_count) {
		o->plan.workloads[o->plan.workload_count++] = &audit_orders[FREE_RANDOM];
		o->plan.workloads[o->plan.workload_count++] = &audit_orders[FREE_FIFO];
	}
	if (!o->plan.occupancy.count) {
		memcpy(o->plan.occupancy.value, occupancies, sizeof(occupancies));
		o->plan.occupancy.count = COUNT(occupancies);
	}
	if (!o->plan.cpus.count)
		o->plan.cpus.value[o->plan.cpus.count++] = 16;
	if (!o->plan.entries)
		o->plan.entries = 16384;
	if (!o->audit.operations)
		o->audit.operations = 500000;
	if (!o->plan.audit_threads)
		o->plan.audit_threads = 1;
	o->plan.repetitions = 1;
	if (o->audit.shrink && !o->audit.trace_out)
		return error_set(e, "--shrink says nothing without --trace-out FILE");
	if (o->audit.trace_out && o->plan.audit_threads > 1)
		return error_set(e, "--trace-out needs --threads 1: what threads do at once is no "
				    "trace");
	flush_model_parse("spin:0", &o->plan.flushes[o->plan.flush_count++], e);
	return o->audit.iotlb.tags ? 0 : read_profile("--profile", "psycho", o, e);
}
