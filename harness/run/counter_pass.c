// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes the samples of pass `counters`, with perf, likwid or callgrind doing the counting. */
#include "run/counter_pass.h"

#include <stdio.h>
#include <string.h>

#include "counters/callgrind.h"
#include "counters/likwid.h"

#define WORD_MAX 8192

int counter_pass_plan(struct plan_request *o, const struct topology *t, struct counter_plan *p,
		      struct error *e)
{
	hwloc_cpuset_t before;
	int err;

	memset(p, 0, sizeof(*p));
	/* A topology of another machine (HWLOC_XMLFILE) is only good for looking at the plan. */
	if (o->counters.choice == COUNTERS_NONE || !t->this_system)
		return 0;
	before = hwloc_bitmap_alloc();
	hwloc_get_cpubind(t->hwloc, before, HWLOC_CPUBIND_THREAD);
	err = topology_pin(t, 0, e);
	if (!err)
		err = counter_plan_make(&o->counters, t, p, e);
	hwloc_set_cpubind(t->hwloc, before, HWLOC_CPUBIND_THREAD);
	hwloc_bitmap_free(before);
	o->counter_groups = err ? 0 : p->groups;
	o->counters_one_cpu = p->one_cpu_only;
	return err;
}

static enum spawn_end count_steps(struct counter_plan *p, const struct cell *cell,
				  const struct plan_request *o, uint64_t seed, json_t **sample,
				  struct error *e)
{
	struct spawn_wrapper wrapper;
	/*
	 * Steps take no time into account, and a command line of another length would move the
	 * stack.
	 */
	const struct spawn_calibration calibration = {.ticks_per_ns = 1, .wrapper = &wrapper};
	enum spawn_end end;

	if (callgrind_begin(p, &wrapper, e))
		return SPAWN_FAILED;
	end = spawn_sample(cell, PASS_COUNTERS, o, seed, &calibration, sample, e);
	if (callgrind_collect(&wrapper, end == SPAWN_DONE ? *sample : NULL, e)) {
		json_decref(*sample);
		*sample = NULL;
		return SPAWN_FAILED;
	}
	return end;
}

static enum spawn_end count_with_likwid(struct counter_plan *p, const struct cell *cell,
					const struct plan_request *o, const struct topology *t,
					uint64_t seed, const struct spawn_calibration *known,
					json_t **sample, struct error *e)
{
	struct spawn_calibration calibration = *known;
	struct spawn_wrapper wrapper;
	enum spawn_end end = SPAWN_FAILED;

	calibration.wrapper = &wrapper;
	if (likwid_begin(p, t->os_cpu, cell->cpus, &wrapper, e) == 0)
		end = spawn_sample(cell, PASS_COUNTERS, o, seed, &calibration, sample, e);
	if (likwid_collect(&wrapper, end == SPAWN_DONE ? *sample : NULL, e)) {
		json_decref(*sample);
		*sample = NULL;
		return SPAWN_FAILED;
	}
	return end;
}

enum spawn_end counter_pass_sample(struct counter_plan *p, const struct cell *cell,
				   const struct plan_request *o, const struct topology *t,
				   unsigned int repetition, uint64_t seed,
				   struct spawn_calibration calibration, json_t **sample,
				   struct error *e)
{
	struct counter_spec list[COUNTERS_MAX];
	char word[WORD_MAX];
	unsigned int count;

	*sample = NULL;
	if (p->choice == COUNTERS_COUNT)
		return count_steps(p, cell, o, seed, sample, e);
	count = counter_plan_group(p, repetition % p->groups, list);
	if (counters_to_word(list, count, word, sizeof(word), e))
		return SPAWN_FAILED;
	calibration.counters = word;
	if (p->choice == COUNTERS_LIKWID)
		return count_with_likwid(p, cell, o, t, seed, &calibration, sample, e);
	return spawn_sample(cell, PASS_COUNTERS, o, seed, &calibration, sample, e);
}

void counter_pass_give_up(struct counter_plan *p, const char *reason)
{
	for (unsigned int i = 0; i < p->count; i++) {
		if (!p->entry[i].present)
			continue;
		p->entry[i].present = false;
		snprintf(p->entry[i].reason, sizeof(p->entry[i].reason), "unavailable: %.250s",
			 reason);
	}
	p->groups = 0;
}

bool counter_pass_same(const struct counter_plan *p, const json_t *suite)
{
	json_t *then = json_object_get(json_object_get(suite, "counters"), "groups");
	json_t *now = p->choice == COUNTERS_NONE ? NULL : counter_plan_json(p);
	bool same = now ? json_equal(then, json_object_get(now, "groups")) : !then;

	json_decref(now);
	return same;
}
