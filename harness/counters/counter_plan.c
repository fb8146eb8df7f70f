// SPDX-License-Identifier: GPL-2.0-or-later
/* Decides what is counted: tries each counter and puts those that work into groups. */
#include "counters/counter_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "counters/callgrind.h"
#include "counters/likwid.h"
#include "counters/perf.h"
#include "counters/pfm.h"

#define EVENTS_MAX 64

const char *const counters_choice_names[COUNTERS_CHOICES] = {
	[COUNTERS_NONE] = "none",         [COUNTERS_AUTO] = "auto",     [COUNTERS_PERF] = "perf",
	[COUNTERS_SOFTWARE] = "software", [COUNTERS_LIKWID] = "likwid", [COUNTERS_COUNT] = "count",
};

static void absent(struct counter_entry *entry, const char *reason)
{
	if (!entry->reason[0])
		snprintf(entry->reason, sizeof(entry->reason), "%s", reason);
}

/* Tries the ways in turn; the reason is the first one's. */
static void find_way(const struct counter_ways *w, struct bench *b, struct counter_entry *entry)
{
	static const struct counter_spec any = {.source = &counter_source_perf};
	char none[300];

	/* Without a PMU it does not matter what it could not count. */
	if (!w->count && !perf_has_pmu()) {
		perf_reason(&any, -ENOENT, none, sizeof(none));
		absent(entry, none);
	}
	absent(entry, w->reason);
	for (unsigned int i = 0; i < w->count && !entry->present; i++) {
		char reason[300];
		int err = calibrate_counter(&w->spec[i], w->kind, b, &entry->calibration);

		if (err) {
			perf_reason(&w->spec[i], err, reason, sizeof(reason));
			absent(entry, reason);
			continue;
		}
		absent(entry, entry->calibration.reason);
		entry->present = entry->calibration.good;
		if (entry->present) {
			entry->spec = w->spec[i];
			strcpy(entry->event, w->event[i]);
			entry->reason[0] = '\0';
		}
	}
}

static int add_counter(const char *name, struct bench *b, struct counter_plan *p, struct error *e)
{
	struct counter_entry *entry = &p->entry[p->count];
	struct counter_ways w;
	int err;

	for (unsigned int i = 0; i < p->count; i++) {
		if (strcmp(p->entry[i].spec.name, name) == 0)
			return 0;
	}
	if (p->count == EVENTS_MAX)
		return error_set(e, "--events: more than %d", EVENTS_MAX);
	err = counter_ways(name, &w, e);
	if (err) {
		struct error why = *e;

		return error_set(e, "--events: %.400s: see iommubench list", why.text);
	}
	snprintf(entry->spec.name, sizeof(entry->spec.name), "%s", name);
	entry->spec.source = w.count ? w.spec[0].source : &counter_source_perf;
	find_way(&w, b, entry);
	p->count++;
	return 0;
}

static int add_events(const char *list, struct bench *b, struct counter_plan *p, struct error *e)
{
	char name[COUNTER_NAME_MAX];
	const char *rest = list;
	int got = 0, err = 0;

	while (!err && (got = parse_item(&rest, name, sizeof(name))) > 0)
		err = add_counter(name, b, p, e);
	if (!err && got)
		err = error_set(e, "--events: an item is empty or too long at '%.40s'", rest);
	return err;
}

static int add_short_names(struct bench *b, struct counter_plan *p, struct error *e)
{
	size_t count;
	const struct counter_name *names = counter_names(&count);
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		bool software = names[i].source == &counter_source_software;

		if (p->choice == COUNTERS_AUTO || software == (p->choice == COUNTERS_SOFTWARE))
			err = add_counter(names[i].name, b, p, e);
	}
	return err;
}

unsigned int counter_split(const struct counter_spec *list, unsigned int count,
			   bool (*fits)(const struct counter_spec *list, unsigned int count),
			   unsigned int *group)
{
	unsigned int begin = 0, groups = 0;

	for (unsigned int i = 0; i < count; i++) {
		/* One alone was calibrated, so it fits. */
		if (i == begin || i - begin == COUNTERS_MAX / 2 ||
		    !fits(list + begin, i - begin + 1)) {
			begin = i;
			groups++;
		}
		group[i] = groups - 1;
	}
	return groups;
}

static void make_groups(struct counter_plan *p)
{
	struct counter_spec hardware[EVENTS_MAX] = {0};
	unsigned int place[EVENTS_MAX], group[EVENTS_MAX], count = 0, software = 0;

	for (unsigned int i = 0; i < p->count; i++) {
		struct counter_entry *entry = &p->entry[i];

		if (!entry->present)
			continue;
		entry->in_all_groups = entry->spec.source == &counter_source_software;
		software += entry->in_all_groups;
		if (entry->in_all_groups)
			continue;
		hardware[count] = entry->spec;
		place[count++] = i;
	}
	p->groups = counter_split(hardware, count, calibrate_together, group);
	for (unsigned int i = 0; i < count; i++)
		p->entry[place[i]].group = group[i];
	if (!p->groups && software)
		p->groups = 1;
}

unsigned int counter_plan_group(const struct counter_plan *p, unsigned int group,
				struct counter_spec list[COUNTERS_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < p->count; i++) {
		const struct counter_entry *entry = &p->entry[i];

		if (entry->present && (entry->in_all_groups || entry->group == group) &&
		    count < COUNTERS_MAX)
			list[count++] = entry->spec;
	}
	return count;
}

/* Counters that another program counts: no calibration, but it may not be there. */
static void plan_tool(const struct counter_request *request, struct counter_plan *p)
{
	if (p->choice == COUNTERS_COUNT)
		callgrind_plan(p);
	else
		likwid_plan(request->likwid_group, p);
}

int counter_plan_make(const struct counter_request *request, const struct topology *t,
		      struct counter_plan *p, struct error *e)
{
	struct bench *b;
	int err;

	memset(p, 0, sizeof(*p));
	p->choice = request->choice;
	if (p->choice == COUNTERS_NONE)
		return 0;
	p->entry = calloc(EVENTS_MAX + 1, sizeof(*p->entry));
	if (!p->entry)
		return error_set(e, "no memory for counters");
	if (p->choice == COUNTERS_COUNT || p->choice == COUNTERS_LIKWID) {
		plan_tool(request, p);
		return 0;
	}
	b = bench_open(t);
	if (!b)
		return error_set(e, "no memory to calibrate counters: 64 MB are needed");
	if (request->events)
		err = add_events(request->events, b, p, e);
	else
		err = add_short_names(b, p, e);
	bench_close(b);
	if (!err)
		make_groups(p);
	return err;
}

void counter_plan_free(struct counter_plan *p)
{
	free(p->entry);
	memset(p, 0, sizeof(*p));
}

static json_t *present_json(const struct counter_entry *entry)
{
	static const char *const scopes[] = {"user", "kernel", "user and kernel"};
	const struct calibration *c = &entry->calibration;
	json_t *j = json_pack("{s:s, s:s, s:s, s:s}", "name", entry->spec.name, "source",
			      entry->spec.source ? entry->spec.source->name : "count", "event",
			      entry->event, "scope", scopes[entry->spec.scope]);

	if (!c->good)
		return j;
	json_object_set_new(j, "read", json_string(c->how));
	json_object_set_new(j, "edge_ns", json_real(c->edge_ns));
	json_object_set_new(j, "calibrated_by", json_string(c->work));
	json_object_set_new(j, "counted", json_real(c->counted));
	if (c->expected > 0)
		json_object_set_new(j, "expected", json_real(c->expected));
	return j;
}

json_t *counter_plan_json(const struct counter_plan *p)
{
	json_t *present = json_array(), *missing = json_array(), *groups = json_array();
	json_t *plan;

	for (unsigned int i = 0; i < p->count; i++) {
		const struct counter_entry *entry = &p->entry[i];

		if (entry->present)
			json_array_append_new(present, present_json(entry));
		else
			json_array_append_new(missing,
					      json_pack("{s:s, s:s}", "name", entry->spec.name,
							"reason", entry->reason));
	}
	for (unsigned int g = 0; g < p->groups; g++) {
		struct counter_spec list[COUNTERS_MAX];
		unsigned int count = counter_plan_group(p, g, list);
		json_t *names = json_array();

		for (unsigned int i = 0; i < count; i++)
			json_array_append_new(names, json_string(list[i].name));
		json_array_append_new(groups, names);
	}
	plan = json_pack("{s:s, s:s, s:o, s:o, s:o}", "requested", counters_choice_names[p->choice],
			 "library", p->tool[0] ? p->tool : pfm_version(), "present", present,
			 "absent", missing, "groups", groups);
	if (pfm_model())
		json_object_set_new(plan, "pmu", json_string(pfm_model()));
	if (p->one_cpu_only)
		json_object_set_new(plan, "several_cpus", json_string(p->one_cpu_reason));
	return plan;
}
