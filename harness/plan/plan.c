// SPDX-License-Identifier: GPL-2.0-or-later
/* Multiplies the lists of a request to cells, and puts their samples into an order. */
#include "plan/plan.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "base/random.h"

/* An allocator with one of its numbers of pools. */
static bool has_variant(const struct variant *list, unsigned int count, const struct variant *v)
{
	for (unsigned int i = 0; i < count; i++) {
		if (list[i].allocator == v->allocator && list[i].npools == v->npools)
			return true;
	}
	return false;
}

#define VARIANTS_MAX (OPTIONS_LIST_MAX * 8)

struct variant_list {
	unsigned int count;
	struct variant v[VARIANTS_MAX];
};

static void add_variant(struct variant_list *list, const struct iommu_allocator *a,
			unsigned int npools)
{
	struct variant v = {.allocator = a, .npools = npools};

	if (list->count < VARIANTS_MAX && !has_variant(list->v, list->count, &v))
		list->v[list->count++] = v;
}

/*
 * All numbers of pools that @a is to be run with: those asked for which it takes, or its own
 * defaults. One without a choice (sun4u) appears once, whatever was asked. Returns how many.
 */
static unsigned int expand(const struct iommu_allocator *a, const struct number_list *pools,
			   struct variant_list *list)
{
	unsigned int before = list->count, taken = 0;

	if (!pools->count || !a->pools[1]) {
		for (const unsigned int *p = a->default_pools; *p; p++)
			add_variant(list, a, *p);
		return 1;
	}
	for (unsigned int i = 0; i < pools->count; i++) {
		if (variant_takes(a, (unsigned int)pools->value[i])) {
			add_variant(list, a, (unsigned int)pools->value[i]);
			taken++;
		}
	}
	return taken + (list->count - before);
}

static int choose_variants(const struct plan_request *o, struct variant_list *list, struct error *e)
{
	const struct iommu_allocator *const *all;
	size_t count;

	list->count = 0;
	if (!o->variant_count) {
		all = iommu_allocators(&count);
		for (size_t i = 0; i < count; i++)
			expand(all[i], &o->pools, list);
		return 0;
	}
	for (unsigned int i = 0; i < o->variant_count; i++) {
		const struct variant *v = &o->variants[i];

		if (v->npools)
			add_variant(list, v->allocator, v->npools);
		else if (!expand(v->allocator, &o->pools, list))
			return error_set(e,
					 "%s takes none of the --pools asked for: see iommubench "
					 "list",
					 v->allocator->name);
	}
	return 0;
}

/* 1, 2, 4 ... and the host's own number, or what was asked for. */
static int choose_cpus(const struct plan_request *o, unsigned int host_cpus,
		       struct number_list *cpus, struct error *e)
{
	*cpus = o->cpus;
	for (unsigned int i = 0; i < cpus->count && !o->audit_threads; i++) {
		if (cpus->value[i] > host_cpus && o->machine)
			return error_set(e, "--cpus: %llu is more than the %u CPU%s that %s has",
					 (unsigned long long)cpus->value[i], host_cpus,
					 plural(host_cpus), o->machine);
		if (cpus->value[i] > host_cpus)
			return error_set(
				e, "--cpus: %llu is more than the %u CPU%s this process may use",
				(unsigned long long)cpus->value[i], host_cpus, plural(host_cpus));
	}
	if (cpus->count)
		return 0;
	for (unsigned int n = 1; n < host_cpus; n *= 2)
		cpus->value[cpus->count++] = n;
	cpus->value[cpus->count++] = host_cpus;
	return 0;
}

struct filter {
	bool given, invert;
	regex_t regex;
	char dropped[CELL_NAME_MAX]; /* the first cell that it dropped */
};

static int filter_open(struct filter *f, const char *text, struct error *e)
{
	f->given = text;
	f->invert = text && *text == '-';
	f->dropped[0] = '\0';
	/* It compiled when the options were read. */
	if (text && regcomp(&f->regex, text + f->invert, REG_EXTENDED | REG_NOSUB))
		return error_set(e, "no memory for the filter");
	return 0;
}

static void filter_close(struct filter *f)
{
	if (f->given)
		regfree(&f->regex);
}

static bool filtered_out(struct filter *f, const char *name)
{
	const bool out = f->given && (regexec(&f->regex, name, 0, NULL, 0) == 0) == f->invert;

	if (out && !f->dropped[0])
		strcpy(f->dropped, name);
	return out;
}

static int add_cell(struct plan *p, const struct cell *c, const struct plan_request *o,
		    struct filter *f, struct error *e)
{
	const char *obstacle = cell_obstacle(c, o->entries);

	if (filtered_out(f, c->name))
		return 0;
	for (unsigned int i = 0; i < p->cell_count; i++) {
		if (cell_same(&p->cells[i], c))
			return 0;
	}
	for (unsigned int i = 0; i < p->omission_count; i++) {
		if (strcmp(c->name, p->omissions[i].cell) == 0)
			return 0;
	}
	if (obstacle) {
		void *more = realloc(p->omissions, (p->omission_count + 1) * sizeof(*p->omissions));

		if (!more)
			return error_set(e, "no memory for the plan");
		p->omissions = more;
		strcpy(p->omissions[p->omission_count].cell, c->name);
		/* CPUs that were asked for, or are simulated, are no matter of the host. */
		p->omissions[p->omission_count].wrong =
			o->cpus.count || o->machine || !cell_lacks_cpus(c, o->entries);
		p->omissions[p->omission_count++].reason = obstacle;
	} else {
		void *more = realloc(p->cells, (p->cell_count + 1) * sizeof(*p->cells));

		if (!more)
			return error_set(e, "no memory for the plan");
		p->cells = more;
		p->cells[p->cell_count++] = *c;
	}
	return 0;
}

/* The lists as digits of a counter, the last one fastest. */
enum { WORKLOAD, FLUSH, OCCUPANCY, LOCK, THINK, VARIANT, CPUS, DIMENSIONS };

static int add_cells(const struct plan_request *o, const struct variant_list *variants,
		     const struct number_list *cpus, struct filter *f, struct plan *p,
		     struct error *e)
{
	unsigned int at[DIMENSIONS] = {0};
	const unsigned int size[DIMENSIONS] = {
		[WORKLOAD] = o->workload_count,
		[FLUSH] = o->flush_count,
		[OCCUPANCY] = o->occupancy.count,
		[LOCK] = o->lock_count,
		[THINK] = o->think.count,
		[VARIANT] = variants->count,
		[CPUS] = cpus->count,
	};
	int err, d;

	do {
		struct cell c = {
			.workload = o->workloads[at[WORKLOAD]],
			.allocator = variants->v[at[VARIANT]].allocator,
			.npools = variants->v[at[VARIANT]].npools,
			.cpus = (unsigned int)cpus->value[at[CPUS]],
			.flush = o->flushes[at[FLUSH]],
			.occupancy = (unsigned int)o->occupancy.value[at[OCCUPANCY]],
			.lock = o->locks[at[LOCK]],
			.think_ns = o->think.value[at[THINK]],
			.audit_threads = o->audit_threads,
			.profile = o->machine,
		};

		if (o->extent == PLAN_SMOKE && !c.workload->ignores_occupancy)
			c.occupancy = c.workload->smoke_occupancy;
		cell_set_name(&c);
		err = variants->count ? add_cell(p, &c, o, f, e) : 0;
		if (err)
			return err;
		for (d = DIMENSIONS - 1; d >= 0 && ++at[d] >= size[d]; d--)
			at[d] = 0;
	} while (d >= 0);
	return 0;
}

int plan_make(const struct plan_request *o, unsigned int host_cpus, struct plan *p, struct error *e)
{
	struct variant_list variants;
	struct number_list cpus;
	struct filter f;
	int err;

	memset(p, 0, sizeof(*p));
	err = choose_variants(o, &variants, e);
	if (!err)
		err = choose_cpus(o, host_cpus, &cpus, e);
	if (!err)
		err = filter_open(&f, o->filter, e);
	if (err)
		return err;
	err = add_cells(o, &variants, &cpus, &f, p, e);
	filter_close(&f);
	if (!err && f.dropped[0] && !p->cell_count && !p->omission_count)
		err = error_set(
			e,
			"--benchmark_filter: no cell matches '%.120s': their names are such "
			"as %s",
			o->filter, f.dropped);
	return err;
}

void plan_free(struct plan *p)
{
	free(p->cells);
	free(p->omissions);
	memset(p, 0, sizeof(*p));
}

unsigned int plan_repetitions(const struct plan_request *o, enum pass pass)
{
	const unsigned int max = pass_facts[pass].repetitions_max;
	const unsigned int repetitions = o->repetitions < max ? o->repetitions : max;

	if (pass == PASS_LOCKS)
		return o->lock_pass ? repetitions : 0;
	if (pass != PASS_COUNTERS)
		return repetitions;
	/* Exact counts need no repetition; others are spread over as many samples as there are groups. */
	return o->counter_groups * (o->counters.choice == COUNTERS_COUNT ? 1 : repetitions);
}

static void shuffle(struct plan_sample *block, size_t n, uint64_t *seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(random_next(seed) % i);
		struct plan_sample swap = block[i - 1];

		block[i - 1] = block[j];
		block[j] = swap;
	}
}

static bool takes_part(const struct cell *c, const struct plan_request *o, enum pass pass)
{
	return pass != PASS_COUNTERS || !o->counters_one_cpu || c->cpus == 1;
}

size_t plan_samples(const struct plan *p, const struct plan_request *o)
{
	size_t n = 0;

	for (enum pass pass = 0; pass < PASS_COUNT; pass++) {
		for (unsigned int i = 0; i < p->cell_count; i++) {
			if (takes_part(&p->cells[i], o, pass))
				n += plan_repetitions(o, pass);
		}
	}
	return n;
}

struct plan_sample *plan_order(const struct plan *p, const struct plan_request *o, size_t *count)
{
	struct plan_sample *order = calloc(plan_samples(p, o) + 1, sizeof(*order));
	uint64_t seed = o->seed;
	unsigned int most = 0;
	size_t n = 0;

	for (enum pass pass = 0; pass < PASS_COUNT; pass++) {
		unsigned int repetitions = plan_repetitions(o, pass);

		most = repetitions > most ? repetitions : most;
	}
	for (unsigned int r = 0; order && r < most; r++) {
		size_t block = n;

		for (enum pass pass = 0; pass < PASS_COUNT; pass++) {
			if (r >= plan_repetitions(o, pass))
				continue;
			for (unsigned int i = 0; i < p->cell_count; i++) {
				if (takes_part(&p->cells[i], o, pass))
					order[n++] = (struct plan_sample){i, r, pass};
			}
		}
		shuffle(order + block, n - block, &seed);
	}
	*count = n;
	return order;
}

void plan_print(const struct plan *p, enum plan_print what)
{
	for (unsigned int i = 0; i < p->cell_count; i++)
		puts(p->cells[i].name);
	for (unsigned int i = 0; i < p->omission_count && what == PLAN_PRINT_ALL; i++)
		printf("left out: %s: %s\n", p->omissions[i].cell, p->omissions[i].reason);
}

int plan_empty(const struct plan *p, const char *verb)
{
	const struct omission *why = &p->omissions[0];
	struct error e;

	for (unsigned int i = 0; i < p->omission_count && !why->wrong; i++) {
		if (p->omissions[i].wrong)
			why = &p->omissions[i];
	}
	error_set(&e, "nothing to %s: %s: %s", verb, why->cell, why->reason);
	error_usage(&e);
	return why->wrong ? EXIT_USAGE : EXIT_NOTHING;
}
