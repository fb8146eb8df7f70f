// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints lock statistics as /proc/lock_stat does. */
#include "output/table.h"

#include "output/table_rows.h"

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

/* The first sample of a row that has its locks' times; NULL if there is none. */
static const json_t *first_with_locks(const struct table_row *row)
{
	for (size_t i = 0; i < row->sample_count; i++) {
		if (json_object_get(row->samples[i], "histograms"))
			return row->samples[i];
	}
	return NULL;
}

void table_print_lock_stat(const json_t *root, FILE *out)
{
	struct table_rows r;
	json_t *lock;
	size_t j;

	fprintf(out, "\nlocks of each cell's first sample, as in /proc/lock_stat (times in us)\n");
	fprintf(out, "%40s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s\n",
		"class name", "con-bounces", "contentions", "waittime-min", "waittime-max",
		"waittime-total", "waittime-avg", "acq-bounces", "acquisitions", "holdtime-min",
		"holdtime-max", "holdtime-total", "holdtime-avg");
	table_rows_open(&r, root);
	for (size_t i = 0; i < r.count; i++) {
		const json_t *sample = first_with_locks(&r.row[i]);

		if (!sample)
			continue;
		fprintf(out, "%s\n", r.row[i].name);
		json_array_foreach (json_object_get(sample, "locks"), j, lock)
			print_lock(lock, out);
	}
	table_rows_close(&r);
}
