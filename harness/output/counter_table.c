// SPDX-License-Identifier: GPL-2.0-or-later
/* See counter_table.h. */
#include "output/counter_table.h"

#include <stdbool.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* Is the @index-th the first with its reason? */
static bool is_first(const json_t *absent, size_t index)
{
	const char *reason = text_of(json_array_get(absent, index), "reason");

	for (size_t i = 0; i < index; i++) {
		if (strcmp(text_of(json_array_get(absent, i), "reason"), reason) == 0)
			return false;
	}
	return true;
}

static void print_absent(const json_t *absent, FILE *out)
{
	json_t *entry;
	size_t i;

	json_array_foreach (absent, i, entry) {
		const char *reason = text_of(entry, "reason");

		if (!is_first(absent, i))
			continue;
		fprintf(out, "not counted: %s", text_of(entry, "name"));
		for (size_t j = i + 1; j < json_array_size(absent); j++) {
			const json_t *other = json_array_get(absent, j);

			if (strcmp(text_of(other, "reason"), reason) == 0)
				fprintf(out, ", %s", text_of(other, "name"));
		}
		fprintf(out, ": %s\n", reason);
	}
}

/* What is counted and has no column. */
static void print_others(const json_t *suite, FILE *out)
{
	static const char *const columns[] = {
		"cycles",        "instructions",         "l1d_misses",           "llc_misses",
		"remote_misses", "simulated_l1d_misses", "simulated_llc_misses",
	};
	const json_t *present = json_object_get(suite, "present");
	bool any = false;
	json_t *entry;
	size_t i;

	json_array_foreach (present, i, entry) {
		bool has_column = false;

		for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
			has_column |= strcmp(text_of(entry, "name"), columns[c]) == 0;
		if (has_column)
			continue;
		fprintf(out, "%s%s",
			any ? ", " : "counted too, in the results: ", text_of(entry, "name"));
		any = true;
	}
	if (any)
		fputc('\n', out);
}

static void print_multiplexed(const json_t *benchmarks, FILE *out)
{
	unsigned int samples = 0;
	double least = 1;
	json_t *b;
	size_t i;

	json_array_foreach (benchmarks, i, b) {
		json_t *running = json_object_get(b, "counters_running");

		if (!json_is_number(running) || json_number_value(running) >= 0.999)
			continue;
		samples++;
		if (json_number_value(running) < least)
			least = json_number_value(running);
	}
	if (samples)
		fprintf(out,
			"WARNING: in %u samples the kernel multiplexed the counters (running %.0f "
			"%% of "
			"the time or more): their counts are scaled\n",
			samples, 100 * least);
}

void counter_table_notes(const json_t *suite, const json_t *benchmarks, FILE *out)
{
	const json_t *counters = json_object_get(suite, "counters");

	if (!counters)
		return;
	print_others(counters, out);
	print_absent(json_object_get(counters, "absent"), out);
	if (json_object_get(counters, "several_cpus"))
		fprintf(out, "not counted on several CPUs: %s\n",
			text_of(counters, "several_cpus"));
	if (strcmp(text_of(counters, "requested"), "count") == 0)
		fprintf(out,
			"counted by %s in a fixed number of steps; a flush counts as its call\n",
			text_of(counters, "library"));
	print_multiplexed(benchmarks, out);
}
