// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints lock statistics as /proc/lock_stat does. */
#include "output/table.h"

#include <string.h>

/* One line of /proc/lock_stat: times in microseconds. */
static void print_lock(const json_t *lock, FILE *out)
{
	static const char *const times[] = {"wait", "hold"};
	static const char *const counts[][2] = {{"con_bounces", "contentions"},
						{"acq_bounces", "acquisitions"}};

	fprintf(out, "%39s:", json_string_value(json_object_get(lock, "lock")));
	for (int i = 0; i < 2; i++) {
		const json_t *t = json_object_get(lock, times[i]);
		double n = json_number_value(json_object_get(lock, counts[i][1]));
		double total = json_number_value(json_object_get(t, "total_ns")) / 1e3;

		fprintf(out, " %14.0f %14.0f %14.2f %14.2f %14.2f %14.2f",
			json_number_value(json_object_get(lock, counts[i][0])), n,
			json_number_value(json_object_get(t, "min_ns")) / 1e3,
			json_number_value(json_object_get(t, "max_ns")) / 1e3, total,
			n > 0 ? total / n : 0);
	}
	fputc('\n', out);
}

/* Is sample @index the first of its cell that has locks? */
static bool is_first_with_locks(const json_t *root, size_t index)
{
	const json_t *benchmarks = json_object_get(root, "benchmarks");
	const json_t *sample = json_array_get(benchmarks, index);
	const char *name = json_string_value(json_object_get(sample, "name"));

	if (!name || !json_object_get(sample, "locks"))
		return false;
	while (index-- > 0) {
		const json_t *b = json_array_get(benchmarks, index);
		const char *other = json_string_value(json_object_get(b, "name"));

		if (other && json_object_get(b, "locks") && strcmp(name, other) == 0)
			return false;
	}
	return true;
}

void table_print_lock_stat(const json_t *root, FILE *out)
{
	json_t *b, *lock;
	size_t i, j;

	fprintf(out, "\nlocks of each cell's first sample, as in /proc/lock_stat (times in us)\n");
	fprintf(out, "%40s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s\n",
		"class name", "con-bounces", "contentions", "waittime-min", "waittime-max",
		"waittime-total", "waittime-avg", "acq-bounces", "acquisitions", "holdtime-min",
		"holdtime-max", "holdtime-total", "holdtime-avg");
	json_array_foreach (json_object_get(root, "benchmarks"), i, b) {
		if (!is_first_with_locks(root, i))
			continue;
		fprintf(out, "%s\n", json_string_value(json_object_get(b, "name")));
		json_array_foreach (json_object_get(b, "locks"), j, lock)
			print_lock(lock, out);
	}
}
