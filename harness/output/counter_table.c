// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints which counters a table lacks, and why. */
#include "output/counter_table.h"

#include <stdbool.h>
#include <string.h>

#include "base/plural.h"
#include "base/wrapped.h"

/* Room for the names of all counters that a run can ask for. */
#define NAMES_MAX 16384

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

/* All counters that are absent for the reason of the @index-th. */
static void list_names(const json_t *absent, size_t index, char *text, size_t size)
{
	const char *reason = text_of(json_array_get(absent, index), "reason");

	*text = '\0';
	for (size_t i = index; i < json_array_size(absent); i++) {
		const json_t *entry = json_array_get(absent, i);
		const size_t length = strlen(text);

		if (strcmp(text_of(entry, "reason"), reason) == 0)
			snprintf(text + length, size - length, "%s%s", i > index ? ", " : "",
				 text_of(entry, "name"));
	}
}

static void print_absent(const json_t *absent, FILE *out)
{
	char names[NAMES_MAX];
	json_t *entry;
	size_t i;

	json_array_foreach (absent, i, entry) {
		if (!is_first(absent, i))
			continue;
		list_names(absent, i, names, sizeof(names));
		print_wrapped(out, "not counted: %s: %s", names, text_of(entry, "reason"));
	}
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
		print_wrapped(
			out,
			"WARNING: in %u sample%s the kernel multiplexed the counters (each ran "
			"for at least %.0f %% of the time): their counts are scaled",
			samples, plural(samples), 100 * least);
}

void counter_table_notes(const json_t *suite, const json_t *benchmarks, FILE *out)
{
	const json_t *counters = json_object_get(suite, "counters");

	if (!counters)
		return;
	print_absent(json_object_get(counters, "absent"), out);
	if (json_object_get(counters, "several_cpus"))
		print_wrapped(out, "not counted on several CPUs: %s",
			      text_of(counters, "several_cpus"));
	if (strcmp(text_of(counters, "requested"), "count") == 0)
		fprintf(out,
			"counted by %s in a fixed number of steps; a flush counts as its call\n",
			text_of(counters, "library"));
	print_multiplexed(benchmarks, out);
}
