// SPDX-License-Identifier: GPL-2.0-or-later
/* Calibrates flushes and think times before a run, and looks up what was found for a cell. */
#include "run/run_costs.h"

#include <string.h>

/* All samples of a file are converted with the same clock rate, so a resumed run keeps it. */
static void keep_clock(struct clock_calibration *clock, const json_t *suite)
{
	const json_t *kept = json_object_get(suite, "clock");
	double ticks = json_number_value(json_object_get(kept, "ticks_per_ns"));

	if (!(ticks > 0))
		return;
	clock->ticks_per_ns = ticks;
	clock->read_ns = json_number_value(json_object_get(kept, "read_ns"));
	clock->step_ns = json_number_value(json_object_get(kept, "step_ns"));
}

/*
 * On the first CPU of the order, as the samples will be; afterwards this process may run anywhere
 * again.
 */
int run_costs_calibrate(struct run_costs *costs, const struct plan_request *o,
			const struct plan *plan, struct topology *t, const json_t *suite,
			struct error *e)
{
	hwloc_cpuset_t before = hwloc_bitmap_alloc();
	int err;

	costs->plan = plan;
	hwloc_get_cpubind(t->hwloc, before, HWLOC_CPUBIND_THREAD);
	err = topology_pin(t, 0, e);
	if (err) {
		hwloc_bitmap_free(before);
		return err;
	}
	clock_calibrate(&costs->clock);
	if (suite)
		keep_clock(&costs->clock, suite);
	for (unsigned int i = 0; i < plan->flush_count; i++)
		flush_calibrate(&plan->flushes[i], costs->clock.ticks_per_ns, &costs->flush[i]);
	for (unsigned int i = 0; i < o->think.count; i++)
		delay_calibrate((double)o->think.value[i], costs->clock.ticks_per_ns,
				&costs->think[i].bias_ns, &costs->think[i].achieved_ns);
	hwloc_set_cpubind(t->hwloc, before, HWLOC_CPUBIND_THREAD);
	hwloc_bitmap_free(before);
	return 0;
}

static json_t *flush_json(const struct flush_model *m, const struct flush_cost *cost)
{
	const char *assumed = platform_flush_assumed(m->name);
	json_t *j = m->none ? json_pack("{s:s, s:n, s:n}", "name", m->name, "requested_ns",
					"achieved_ns") :
			      json_pack("{s:s, s:f, s:f}", "name", m->name, "requested_ns",
					cost->requested_ns, "achieved_ns", cost->achieved_ns);

	if (assumed)
		json_object_set_new(j, "assumed", json_string(assumed));
	return j;
}

/* Each with what was requested and what was achieved. */
void run_costs_record(const struct run_costs *costs, const struct plan_request *o, json_t *suite)
{
	json_t *flushes = json_array(), *thinks = json_array();

	for (unsigned int i = 0; i < costs->plan->flush_count; i++)
		json_array_append_new(flushes,
				      flush_json(&costs->plan->flushes[i], &costs->flush[i]));
	for (unsigned int i = 0; i < o->think.count; i++)
		json_array_append_new(thinks, json_pack("{s:f, s:f}", "requested_ns",
							(double)o->think.value[i], "achieved_ns",
							costs->think[i].achieved_ns));
	json_object_set_new(suite, "flush_models", flushes);
	json_object_set_new(suite, "think_times", thinks);
}

struct spawn_calibration run_costs_of_cell(const struct run_costs *costs,
					   const struct plan_request *o, const struct cell *c)
{
	struct spawn_calibration cal = {.ticks_per_ns = costs->clock.ticks_per_ns,
					.clock_read_ns = costs->clock.read_ns};

	for (unsigned int i = 0; i < costs->plan->flush_count; i++) {
		if (strcmp(costs->plan->flushes[i].name, c->flush.name) == 0)
			cal.flush_bias_ns = costs->flush[i].bias_ns;
	}
	for (unsigned int i = 0; i < o->think.count; i++) {
		if (o->think.value[i] == c->think_ns)
			cal.think_bias_ns = costs->think[i].bias_ns;
	}
	/* A negative bias is noise. */
	if (cal.flush_bias_ns < 0)
		cal.flush_bias_ns = 0;
	if (cal.think_bias_ns < 0)
		cal.think_bias_ns = 0;
	return cal;
}
