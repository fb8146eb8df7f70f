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
#include "plan/setting.h"

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

/* Why @c cannot be measured; NULL: it can. */
static const char *obstacle_of(const struct cell *c)
{
	if (strcmp(c->flush.name, SETTING_UNKNOWN) != 0)
		return cell_obstacle(c);
	return c->allocator->strict_flush ? "it flushes at each free, and what that costs on this "
					    "platform is not known: give --flush" :
					    "it flushes all at once, and what that costs on this "
					    "platform is not known: give --flush";
}

static int omit(struct plan *p, const struct cell *c, const struct plan_request *rq,
		const char *reason, struct error *e)
{
	struct omission *o;
	void *more = realloc(p->omissions, (p->omission_count + 1) * sizeof(*p->omissions));

	if (!more)
		return error_set(e, "no memory for the plan");
	p->omissions = more;
	o = &p->omissions[p->omission_count++];
	strcpy(o->cell, c->name);
	/* CPUs that were asked for, or are simulated, are no matter of the host. */
	o->wrong = rq->cpus.count || rq->machine || !cell_lacks_cpus(c);
	o->reason = reason;
	return 0;
}

static bool is_planned(const struct plan *p, const struct cell *c)
{
	for (unsigned int i = 0; i < p->cell_count; i++) {
		if (cell_same(&p->cells[i], c))
			return true;
	}
	for (unsigned int i = 0; i < p->omission_count; i++) {
		if (strcmp(c->name, p->omissions[i].cell) == 0)
			return true;
	}
	return false;
}

/* The models that a plan's cells have. */
static void add_flush(struct plan *p, const struct flush_model *flush)
{
	for (unsigned int i = 0; i < p->flush_count; i++) {
		if (strcmp(p->flushes[i].name, flush->name) == 0)
			return;
	}
	p->flushes[p->flush_count++] = *flush;
}

static int add_cell(struct plan *p, const struct cell *c, const struct plan_request *o,
		    struct filter *f, struct error *e)
{
	const char *obstacle = obstacle_of(c);
	void *more;

	if (filtered_out(f, c->name) || is_planned(p, c))
		return 0;
	if (obstacle)
		return omit(p, c, o, obstacle, e);
	more = realloc(p->cells, (p->cell_count + 1) * sizeof(*p->cells));
	if (!more)
		return error_set(e, "no memory for the plan");
	p->cells = more;
	p->cells[p->cell_count++] = *c;
	add_flush(p, &c->flush);
	return 0;
}

/* The lists as digits of a counter, the last one fastest. */
enum { WORKLOAD, FLUSH, OCCUPANCY, LOCK, THINK, VARIANT, CPUS, DIMENSIONS };

static struct cell cell_at(const struct plan_request *o, const struct setting *s,
			   const struct number_list *cpus, const unsigned int at[DIMENSIONS])
{
	struct cell c = {
		.workload = o->workloads[at[WORKLOAD]],
		.allocator = s->variant[at[VARIANT]].allocator,
		.entries = s->entries,
		.npools = s->variant[at[VARIANT]].npools,
		.cpus = (unsigned int)cpus->value[at[CPUS]],
		.occupancy = (unsigned int)o->occupancy.value[at[OCCUPANCY]],
		.lock = o->locks[at[LOCK]],
		.think_ns = o->think.value[at[THINK]],
		.audit_threads = o->audit_threads,
		.profile = o->machine,
		.platform = s->named ? s->platform : NULL,
	};

	if (o->extent == PLAN_SMOKE && !c.workload->ignores_occupancy)
		c.occupancy = c.workload->smoke_occupancy;
	return c;
}

static int add_cells(const struct plan_request *o, const struct setting *s,
		     const struct number_list *cpus, struct filter *f, struct plan *p,
		     struct error *e)
{
	unsigned int at[DIMENSIONS] = {0};
	const unsigned int size[DIMENSIONS] = {
		[WORKLOAD] = o->workload_count,
		[FLUSH] = setting_flushes(s, o),
		[OCCUPANCY] = o->occupancy.count,
		[LOCK] = o->lock_count,
		[THINK] = o->think.count,
		[VARIANT] = s->count,
		[CPUS] = cpus->count,
	};
	int err, d;

	if (!s->count)
		return 0;
	do {
		struct cell c = cell_at(o, s, cpus, at);

		err = setting_flush(s, o, at[FLUSH], &s->variant[at[VARIANT]], &c.flush, e);
		if (!err) {
			cell_set_name(&c);
			err = add_cell(p, &c, o, f, e);
		}
		if (err < 0)
			return err;
		for (d = DIMENSIONS - 1; d >= 0 && ++at[d] >= size[d]; d--)
			at[d] = 0;
	} while (d >= 0);
	return 0;
}

int plan_make(const struct plan_request *o, unsigned int host_cpus, struct plan *p, struct error *e)
{
	struct setting *settings;
	struct number_list cpus;
	unsigned int count;
	struct filter f;
	int err;

	memset(p, 0, sizeof(*p));
	err = settings_make(o, &settings, &count, e);
	if (!err)
		err = choose_cpus(o, host_cpus, &cpus, e);
	if (!err)
		err = filter_open(&f, o->filter, e);
	if (!err) {
		for (unsigned int i = 0; i < count && !err; i++)
			err = add_cells(o, &settings[i], &cpus, &f, p, e);
		filter_close(&f);
	}
	free(settings);
	if (!err && f.dropped[0] && !p->cell_count && !p->omission_count)
		err = error_set(
			e,
			"--benchmark_filter: no cell matches '%.120s': their names are such "
			"as %s",
			o->filter, f.dropped);
	return err;
}

bool plan_is_hypothetical(const struct cell *c)
{
	return c->platform && !platform_ran(c->platform, c->allocator, c->npools);
}

void plan_free(struct plan *p)
{
	free(p->cells);
	free(p->omissions);
	memset(p, 0, sizeof(*p));
}

unsigned int plan_repetitions(const struct plan_request *o, enum pass pass)
{
	const unsigned int most = pass_facts[pass].repetitions_max;
	const bool fewer = pass != PASS_TIMING && o->others_max && o->others_max < most;
	const unsigned int max = fewer ? o->others_max : most;
	const unsigned int repetitions = o->repetitions < max ? o->repetitions : max;

	if (pass == PASS_CONTENTION || pass == PASS_LOCKS)
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
