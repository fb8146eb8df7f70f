// SPDX-License-Identifier: GPL-2.0-or-later
/* Shrinks a script by leaving out operations and by trying smaller maps. */
#include "audit/shrink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Trying stops after so many operations, which take a few seconds, however long the script still
 * is.
 */
#define BUDGET UINT64_C(50000000)

/* Other seeds and occupancies that are tried on each smaller map. */
#define SEEDS 4
/* Maps of up to so many entries are all tried, larger ones only if they are powers of two. */
#define EVERY_SIZE 256

struct shrinker {
	struct script *s;
	struct script trial; /* room for as many operations */
	struct script_outcome *outcomes;
	uint64_t spent; /* operations run */
	struct error *e;
	int err;
};

/*
 * If the trial still shows a stale reuse it replaces the script, without what follows the reuse and
 * without frees that had nothing to free.
 */
static bool accept(struct shrinker *k)
{
	const struct script *t = &k->trial;
	size_t end, kept = 0;
	int stale;

	if (k->err || k->spent > BUDGET)
		return false;
	stale = script_run(t, &end, k->outcomes, k->e);
	k->spent += t->count + t->geometry.entries / 64;
	if (stale < 0)
		k->err = stale;
	if (stale <= 0)
		return false;
	for (size_t i = 0; i < end; i++) {
		if (!t->op[i].is_free || k->outcomes[i].entry != IOMMU_FAIL)
			k->s->op[kept++] = t->op[i];
	}
	k->s->count = kept;
	k->s->geometry = t->geometry;
	return true;
}

/* Begins a trial as a copy of the script. */
static void begin_trial(struct shrinker *k)
{
	k->trial.geometry = k->s->geometry;
	k->trial.count = k->s->count;
	memcpy(k->trial.op, k->s->op, k->s->count * sizeof(*k->s->op));
}

static bool try_without(struct shrinker *k, size_t from, size_t count)
{
	struct script *t = &k->trial;

	begin_trial(k);
	t->count -= count;
	memmove(t->op + from, t->op + from + count, (t->count - from) * sizeof(*t->op));
	return accept(k);
}

/* Leaves out stretches of half the script, of a quarter, ... of one operation. */
static bool leave_out(struct shrinker *k)
{
	bool any = false;

	for (size_t length = k->s->count / 2; length >= 1; length /= 2) {
		size_t from = 0;

		while (from + length <= k->s->count) {
			if (try_without(k, from, length))
				any = true;
			else
				from += length;
		}
	}
	return any;
}

/* Leaves out an alloc together with its free, where neither could go alone. */
static bool leave_out_pairs(struct shrinker *k)
{
	bool any = false;

	for (size_t i = 0; i < k->s->count; i++) {
		size_t j = i + 1, kept = 0;

		while (j < k->s->count && (k->s->op[i].is_free || !k->s->op[j].is_free ||
					   k->s->op[j].id != k->s->op[i].id))
			j++;
		if (j >= k->s->count)
			continue;
		begin_trial(k);
		for (size_t o = 0; o < k->s->count; o++) {
			if (o != i && o != j)
				k->trial.op[kept++] = k->s->op[o];
		}
		k->trial.count = kept;
		any |= accept(k);
	}
	return any;
}

static bool lower_cpus(struct shrinker *k)
{
	bool any = false;

	for (size_t i = 0; i < k->s->count; i++) {
		if (k->s->op[i].is_free || !k->s->op[i].cpu)
			continue;
		begin_trial(k);
		k->trial.op[i].cpu = 0;
		any |= accept(k);
	}
	return any;
}

static unsigned long next_size(unsigned long entries)
{
	return entries < EVERY_SIZE ? entries + 1 : 2 * entries;
}

static bool smaller_map(struct shrinker *k)
{
	for (unsigned long n = 2; n < k->s->geometry.entries; n = next_size(n)) {
		begin_trial(k);
		k->trial.geometry.entries = n;
		if (!k->s->allocator->check(&k->trial.geometry) && accept(k))
			return true;
	}
	return false;
}

int shrink_script(struct script *s, struct error *e)
{
	struct shrinker k = {.s = s, .trial = *s, .e = e};
	bool better;

	k.trial.op = malloc((s->count + 1) * sizeof(*s->op));
	k.outcomes = malloc((s->count + 1) * sizeof(*k.outcomes));
	if (!k.trial.op || !k.outcomes) {
		k.err = error_set(e, "no memory to shrink a trace of %zu operations", s->count);
	} else {
		begin_trial(&k);
		accept(&k);
		do {
			better = smaller_map(&k);
			better |= leave_out(&k);
			better |= leave_out_pairs(&k);
			better |= lower_cpus(&k);
		} while (better && !k.err);
	}
	free(k.trial.op);
	free(k.outcomes);
	return k.err;
}

/* Takes @other's operations in place of @s's if there are fewer. */
static void keep_shorter(struct script *s, struct script *other)
{
	if (other->count < s->count ||
	    (other->count == s->count && other->geometry.entries < s->geometry.entries)) {
		struct script swap = *s;

		*s = *other;
		*other = swap;
	}
	script_clear(other);
}

/*
 * Audits the cell with @entries; 1 if that found a stale reuse: @s is then the shorter of the two
 * scripts.
 */
static int audit_map(const struct audit_config *config, unsigned long entries, struct script *s,
		     struct error *e)
{
	static const unsigned int occupancies[] = {10, 30, 50, 80};
	struct cell cell = *config->cell;
	struct audit_config c = *config;
	struct audit_result *r = malloc(sizeof(*r));
	struct error no_pair;
	int found = 0;

	if (!r)
		return error_set(e, "no memory to shrink a trace");
	c.cell = &cell;
	c.geometry.entries = entries;
	c.operations = 16 * entries;
	for (unsigned int i = 0; found >= 0 && i < SEEDS * 4; i++) {
		struct script trial = {0};

		cell.occupancy = occupancies[i % 4];
		c.seed = config->seed + i / 4;
		c.script = &trial;
		if (audit_run(&c, r, &no_pair) || !r->stale_reuse || trial.no_memory) {
			script_clear(&trial);
			continue;
		}
		found = shrink_script(&trial, e) ? -EINVAL : 1;
		keep_shorter(s, &trial);
	}
	free(r);
	return found;
}

int shrink_audit(const struct audit_config *config, struct script *s, struct error *e)
{
	struct iommu_geometry g = config->geometry;
	int found = 0;

	for (g.entries = 2; !found && g.entries < config->geometry.entries;
	     g.entries = next_size(g.entries)) {
		if (!config->cell->allocator->check(&g))
			found = audit_map(config, g.entries, s, e);
	}
	if (found)
		return found < 0 ? found : 0;
	return shrink_script(s, e);
}
