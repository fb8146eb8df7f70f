// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of a run: its columns, what they say, that they fit a page, and the lines below. */
#include "unit/helpers.h"

#include <math.h>

#include "output/figure_list.h"
#include "output/table.h"
#include "base/wrapped.h"

#define V_REST "/flush:none/occupancy:5/lock:tas/think:0"
#define REST   "/flush:spin:800/occupancy:5/lock:tas/think:0"

static json_t *document(void)
{
	return json_pack("{s:{s:{s:{s:f}, s:[]}}, s:[]}", "context", "iommubench", "clock",
			 "step_ns", 30.0, "arguments", "benchmarks");
}

static json_t *suite_of(json_t *root)
{
	return json_object_get(json_object_get(root, "context"), "iommubench");
}

/* Adds a sample, which the caller may add figures to. */
static json_t *add(json_t *root, const char *cell, int place, const char *pass)
{
	json_t *list = json_object_get(root, "benchmarks");
	json_t *sample =
		json_pack("{s:s, s:i, s:s}", "name", cell, "family_index", place, "pass", pass);

	json_array_append_new(list, sample);
	return sample;
}

static json_t *set(json_t *sample, const char *figure, double value)
{
	json_object_set_new(sample, figure, json_real(value));
	return sample;
}

static json_t *add_timing(json_t *root, const char *cell, int place, double ns, double rate)
{
	json_t *sample = add(root, cell, place, "timing");

	set(sample, "real_time", ns);
	set(sample, "ops_per_second", rate);
	set(sample, "flushes_per_kop", 2);
	return sample;
}

static char *print(const json_t *root, bool wide)
{
	static char *text;
	static size_t size;
	FILE *out = open_memstream(&text, &size);

	table_print(root, wide, out);
	fclose(out);
	return text;
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "\n");

		longest = length > longest ? length : longest;
		at += length + (at[length] != '\0');
	}
	return longest;
}

static void assert_has(const char *text, const char *part)
{
	CHECK(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	CHECK(!strstr(text, part), "'%s' in:\n%s", part, text);
}

static void test_list(void **state)
{
	size_t count, defaults = 0;
	const struct figure *f = figure_list(&count);

	(void)state;
	assert_true(count > 60);
	for (size_t i = 0; i < count; i++) {
		assert_true(f[i].name && f[i].title && f[i].heads[0] && f[i].heads[1]);
		assert_true(json_array_size(f[i].passes) > 0);
		assert_true(i == 0 || f[i - 1].column <= f[i].column);
		assert_true(f[i].scale > 0);
		defaults += f[i].table == FIGURE_DEFAULT;
		if (f[i].table == FIGURE_FOOTNOTE)
			assert_true(isfinite(f[i].low) != isfinite(f[i].high));
	}
	assert_true(defaults > 5);
	assert_true(figure_is_listed("hold_ns_p99") && !figure_is_listed("r1c2"));
	/* Of a ratio's name no sample knows. */
	assert_false(figure_is_listed("contended_share"));
}

/* Of what the flushes are hypercalls is said where some were made; what one costs is an assumption. */
static void test_hypercalls(void **state)
{
	static const char *const words =
		"flushes of dma4v-4.0 and dma4v-4.1: hypercalls, one a map "
		"and one an unmap\n";
	json_t *root = document(), *flushes = json_array();
	char *text;

	(void)state;
	json_object_set_new(suite_of(root), "flush_models", flushes);
	json_array_append_new(flushes, json_pack("{s:s, s:f, s:f}", "name", "spin:800",
						 "requested_ns", 800.0, "achieved_ns", 801.0));
	add_timing(root, "ring/dma4u-4.1/pools:1/cpus:1" REST, 0, 100, 10e6);
	set(add_timing(root, "ring/dma4v-4.0/pools:1/cpus:1" REST, 1, 100, 10e6), "flushes_per_kop",
	    0);
	text = print(root, false);
	assert_lacks(text, "hypercalls");
	assert_lacks(text, "assumed");
	free(text);

	json_array_append_new(flushes,
			      json_pack("{s:s, s:f, s:f, s:s}", "name", "hcall:400", "requested_ns",
					400.0, "achieved_ns", 402.0, "assumed", "all of it"));
	add_timing(root, "ring/dma4v-4.1/pools:16/cpus:1" REST, 2, 100, 10e6);
	add_timing(root, "ring/dma4v-4.0/pools:1/cpus:2" REST, 3, 100, 10e6);
	text = print(root, false);
	assert_has(text, "\nflush spin:800: 800 ns asked for, 801 ns achieved\n");
	assert_has(text, "\nflush hcall:400: 400 ns asked for (assumed), 402 ns achieved; "
			 "allocators without hypercalls get no\n  flush\n");
	assert_has(text, words);
	free(text);
	json_decref(root);
}

/* Few samples: a range, and no word of an interval that is none. */
static void test_range(void **state)
{
	json_t *root = document();
	char *text;

	(void)state;
	for (int i = 0; i < 3; i++) {
		add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 100 + i, 10e6);
		add_timing(root, "ring/sun4u/pools:1/cpus:2" REST, 1, 200 + i, 15e6);
	}
	text = print(root, false);
	assert_has(text, "\nring   flush spin:800   utilization 5 %   lock tas   think 0 ns\n");
	assert_has(text,
		   "  sun4u/pools:1     1   10.00     1.00  101.0  [100.0 .. 102.0]      2.000\n");
	assert_has(text,
		   "  sun4u/pools:1     2   15.00     1.50  201.0  [200.0 .. 202.0]      2.000\n");
	assert_has(text, "range of");
	assert_has(text, "no 95 % interval");
	assert_lacks(text, "]*");
	assert_has(text, "6 samples: 0 failed, 0 noisy");
	free(text);
	json_decref(root);
}

static void test_interval(void **state)
{
	json_t *root = document();
	char *text;

	(void)state;
	for (int i = 0; i < 6; i++)
		add_timing(root, "ring/sun4u/pools:1/cpus:2" REST, 0, 100 + i, 10e6);
	text = print(root, false);
	assert_has(text, "95 % interval");
	assert_has(text, "[100.0 .. 105.0] ");
	/* Nothing to compare with. */
	assert_lacks(text, "scaling");
	assert_lacks(text, "*");
	add_timing(root, "churn/sun4u/pools:1/cpus:2" REST, 1, 7, 10e6);
	add_timing(root, "churn/sun4u/pools:1/cpus:2" REST, 1, 8, 10e6);
	free(text);
	text = print(root, false);
	assert_has(text, "(*: range)");
	assert_has(text, "[7.000 .. 8.000]*");
	assert_has(text, "*: smallest and largest sample");
	free(text);
	json_decref(root);
}

/* What was broken at a blank is in one line again. */
static void unwrap(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (strncmp(from, "\n  ", 3) == 0)
			from += 2, *to++ = ' ';
		else
			*to++ = *from;
	}
	*to = '\0';
}

/* A cell whose samples with locks counted, and with some timed, take so much of the time of those without; 0: none. */
static void add_with_locks(json_t *root, const char *cell, int place, double counted, double timed)
{
	json_t *sample;

	add_timing(root, cell, place, 100, 10e6);
	if (counted > 0) {
		sample = set(add(root, cell, place, "contention"), "real_time", 100 * counted);
		set(sample, "acquisitions", 1000);
		set(sample, "contentions", 250);
	}
	if (timed > 0) {
		sample = set(add(root, cell, place, "locks"), "real_time", 100 * timed);
		set(sample, "acquisitions", 1000);
		set(sample, "waiting_share", 0.375);
	}
}

#define ONE "ring/sun4u/pools:1/cpus:1" REST
#define TWO "ring/sun4u/pools:1/cpus:2" REST

static void test_lock_passes(void **state)
{
	static const struct {
		double one[2], two[2];
		const char *says;
	} costs[] = {
		{{1.05, 0}, {0, 0}, "median of the cells: +5.0 % where acquisitions are counted\n"},
		{{0, 1.05}, {0, 0}, "median of the cells: +5.0 % where some are timed\n"},
		{{0.997, 1},
		 {0, 0},
		 "-0.3 % where acquisitions are counted, 0.0 % where some are "},
		{{1.1, 1}, {0.9, 1}, "0.0 % (-10.0 to +10.0 %) where acquisitions are counted"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(costs); i++) {
		json_t *root = document();
		char *text;

		add_with_locks(root, ONE, 0, costs[i].one[0], costs[i].one[1]);
		if (costs[i].two[0] > 0)
			add_with_locks(root, TWO, 1, costs[i].two[0], costs[i].two[1]);
		text = print(root, false);
		unwrap(text);
		assert_has(text, costs[i].says);
		assert_lacks(text, "no figures of locks");
		free(text);
		json_decref(root);
	}
}

/* Nothing is told of locks that it took much time to record, and of no others. */
static void test_distorted_locks(void **state)
{
	static const double times[][2] = {{1.21, 1}, {1, 1.21}, {0.79, 1}, {1, 0.79}};
	json_t *root = document();
	char *text;

	(void)state;
	add_with_locks(root, ONE, 0, 1.19, 0.81);
	text = print(root, false);
	assert_has(text, "waiting");
	assert_has(text, " 37.5 ");
	assert_has(text, " 25.0 ");
	assert_lacks(text, "no figures of locks");
	free(text);
	json_decref(root);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		root = document();
		add_with_locks(root, ONE, 0, times[i][0], times[i][1]);
		text = print(root, false);
		assert_lacks(text, "37.5");
		assert_lacks(text, "25.0");
		assert_has(text,
			   "no figures of locks of 1 cell: with them an op took more than 20 %");
		assert_has(text, "ring/sun4u/pools:1/cpus:1");
		free(text);
		json_decref(root);
	}
	/* Without samples of the timing pass nothing is known. */
	root = document();
	set(set(add(root, ONE, 0, "contention"), "acquisitions", 4), "contentions", 1);
	text = print(root, false);
	assert_has(text, "25.0");
	assert_lacks(text, "time of an op against");
	free(text);
	json_decref(root);
}

static void test_one_of_each(void **state)
{
	json_t *root = document();
	char *text;

	(void)state;
	set(add_timing(root, "ring/sun4u/pools:1/cpus:2" REST, 0, 5, 1e6), "fairness", 0.5);
	text = print(root, false);
	assert_has(text, "\n1 sample: 0 failed, 0 noisy");
	assert_has(text, "in 1 of 1 cell; ");
	free(text);
	json_object_set_new(suite_of(root), "simulator", json_object());
	text = print(root, false);
	assert_has(text, "\n1 cell simulated, 0 failed\n");
	free(text);
	json_decref(root);
}

/* Rows stand in the plan's order, whatever that of measuring; failed samples count for nothing. */
static void test_rows(void **state)
{
	json_t *root = document(), *failed;
	char *text;

	(void)state;
	add_timing(root, "ring/stale-hop/pad:64/pools:2/cpus:1" REST, 1, 5, 1e6);
	add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 6, 1e6);
	failed = add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 999, 1e6);
	json_object_set_new(failed, "error_occurred", json_true());
	add_timing(root, "no cell at all", 2, 5, 1e6);
	text = print(root, false);
	assert_has(text, "sun4u/pools:1 ");
	assert_has(strstr(text, "sun4u/pools:1 "), "stale-hop/pad:64/pools:2 ");
	assert_lacks(text, "999");
	assert_has(text, "4 samples: 1 failed");
	free(text);
	json_decref(root);
}

/* One platform as a run's context has it; of @assumed and @hypothetical only what is given. */
static json_t *platform(const char *name, int entries, const char *flush, const char *assumed,
			const char *hypothetical)
{
	json_t *cost = json_pack("{s:s, s:s*}", "name", flush, "assumed", assumed);

	return json_pack("{s:s, s:i, s:[o], s:o}", "name", name, "entries", entries, "flushes",
			 cost, "hypothetical",
			 hypothetical ? json_pack("[s]", hypothetical) : json_array());
}

static json_t *document_of_platforms(void)
{
	json_t *root = document(), *suite = suite_of(root);

	json_object_set_new(suite, "entries", json_integer(8192));
	json_object_set_new(suite, "platforms",
			    json_pack("[o, o]",
				      platform("sun4u", 8192, "spin:800", "800 ns are a guess",
					       "pooled/pools:16"),
				      platform("sun4v", 262144, "none", NULL, NULL)));
	add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 11, 10e6);
	add_timing(root, "ring/pooled/pools:16/cpus:1" REST, 1, 12, 10e6);
	add_timing(root, "ring/sun4u/entries:262144/pools:1/cpus:1" V_REST, 2, 13, 10e6);
	add_timing(root, "ring/pooled/entries:262144/pools:16/cpus:1" V_REST, 3, 14, 10e6);
	return root;
}

static void test_platforms(void **state)
{
	json_t *root = document_of_platforms();
	char *text = print(root, false), *sun4v;

	(void)state;
	assert_has(text, "\nsun4u: 8192 entries; flush spin:800, assumed: 800 ns are a guess\n");
	assert_has(text, "\nsun4u   ring   flush spin:800   utilization 5 %");
	assert_has(text, "\n  -- hypothetical: did not run on sun4u -");
	assert_has(strstr(text, "hypothetical"), "\n  pooled/pools:16 ");
	assert_lacks(strstr(text, "hypothetical"), "8192");
	sun4v = strstr(text, "\nsun4v: ");
	assert_non_null(sun4v);
	/* What ran there is not called hypothetical, and a figure that is none is not assumed. */
	assert_has(sun4v, "\nsun4v: 262144 entries; flush none\n");
	assert_has(sun4v, "\nsun4v   ring   flush none   ");
	assert_has(sun4v, "pooled/pools:16 ");
	assert_lacks(sun4v, "hypothetical");
	assert_lacks(sun4v, "assumed");
	assert_lacks(text, "entries:");
	assert_true(longest_line(text) <= PAGE_WIDTH);
	free(text);
	json_decref(root);
}

/* Nothing is said of a platform that the cells are not of. */
static void test_no_platforms(void **state)
{
	json_t *root = document_of_platforms();
	char *text;

	(void)state;
	json_object_del(suite_of(root), "platforms");
	text = print(root, false);
	assert_lacks(text, "hypothetical");
	assert_lacks(text, "assumed");
	assert_has(text, "\nring   flush spin:800   ");
	assert_has(text, "\nring   262144 entries   flush none   ");
	free(text);
	json_object_set_new(suite_of(root), "platforms",
			    json_pack("[o]", platform("gart", 16384, "spin:800", "a guess",
						      "pooled/pools:16")));
	text = print(root, false);
	assert_lacks(text, "gart");
	assert_lacks(text, "hypothetical");
	free(text);
	json_decref(root);
}

/* A cost that somebody assumed is said to be, also where no platform is named. */
static void test_assumed_flushes(void **state)
{
	json_t *root = document();
	char *text;

	(void)state;
	add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 11, 10e6);
	json_object_set_new(suite_of(root), "flush_models",
			    json_pack("[{s:s, s:f, s:f, s:s}, {s:s, s:f, s:f}]", "name", "spin:800",
				      "requested_ns", 800.0, "achieved_ns", 801.0, "assumed", "all",
				      "name", "spin:7", "requested_ns", 7.0, "achieved_ns", 8.0));
	text = print(root, false);
	assert_has(text, "flush spin:800: 800 ns asked for (assumed), 801 ns achieved\n");
	assert_has(text, "flush spin:7: 7 ns asked for, 8 ns achieved\n");
	free(text);
	json_decref(root);
}

static void test_footnotes_and_wide(void **state)
{
	json_t *root = document(), *sample;
	char *text;

	(void)state;
	sample = add_timing(root, "ring/sun4u/pools:1/cpus:2" REST, 0, 100, 10e6);
	set(sample, "fairness", 0.5);
	set(sample, "fallback_pool_share", 0);
	sample = add_timing(root, "ring/pooled/pools:1/cpus:2" REST, 1, 100, 10e6);
	set(sample, "fairness", 0.9);
	set(sample, "fallback_pool_share", 0.25);
	set(sample, "local_pool_utilization", 40);
	text = print(root, false);
	assert_has(text, "fairness below 0.8 in 1 of 2 cells; least 0.50 in "
			 "ring/sun4u/pools:1/cpus:2\n");
	assert_has(text, "fallback pool share above 1 % in 1 of 2 cells; most 25.0 % in "
			 "ring/pooled/pools:1/cpus:2\n");
	assert_has(text, "with --wide also: fairness; fallback pool share; local pool utilization");
	assert_lacks(text, "failed allocations");
	free(text);
	text = print(root, true);
	assert_lacks(text, "--wide");
	assert_lacks(text, "below 0.8");
	assert_has(text, "local pool\n");
	assert_has(text, "  sun4u/pools:1      2   10.00  100.0      2.000      0.50       0.0"
			 "           -\n");
	free(text);
	json_decref(root);
}

/* Counters that the list has, and an event that it does not: below the others if need be. */
static void test_counters(void **state)
{
	static const char *const listed[] = {"cycles", "instructions", "l1d_misses", "llc_misses"};
	static const char event[] = "ivb_ep::MEM_LOAD_UOPS_LLC_MISS_RETIRED:REMOTE_HITM:u";
	json_t *root = document(), *sample;
	char *text;

	(void)state;
	for (int i = 0; i < 6; i++)
		add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 100, 10e6);
	sample = add(root, "ring/sun4u/pools:1/cpus:1" REST, 0, "counters");
	for (size_t i = 0; i < ARRAY_SIZE(listed); i++)
		set(sample, listed[i], 12 + (double)i);
	/* Figures of a pass that disturbs time are not those of the table. */
	set(sample, "real_time", 777);
	set(sample, "page_faults", 0.25);
	set(sample, event, 5.5);
	set(sample, "likwid:L2_LINES_IN_ALL", 6.5);
	set(sample, "repetitions", 4321);
	json_object_set_new(suite_of(root), "counters",
			    json_pack("{s:[{s:s}, {s:s}, {s:s}], s:[{s:s, s:s}]}", "present",
				      "name", "cycles", "name", "page_faults", "name", event,
				      "absent", "name", "stalls", "reason", "none here"));
	text = print(root, false);
	CHECK(longest_line(text) <= PAGE_WIDTH, "%s", text);
	assert_has(text, event);
	assert_has(text, "5.500");
	assert_has(text, "likwid:L2_LINES_IN_ALL");
	assert_has(text, "6.500");
	assert_has(text, "12.00");
	assert_has(text, "not counted: stalls: none here\n");
	assert_lacks(text, "stalls ");
	assert_lacks(text, "777");
	assert_lacks(text, "4321");
	assert_has(text, "page faults per op");
	assert_lacks(text, "0.250");
	free(text);
	/* What was asked for by name is a column wherever the list would have it. */
	json_array_append_new(json_object_get(suite_of(root), "arguments"),
			      json_string("--events=cycles,page_faults"));
	text = print(root, false);
	assert_has(text, "0.250");
	assert_lacks(text, "page faults per op");
	free(text);
	text = print(root, true);
	assert_true(longest_line(text) > PAGE_WIDTH);
	free(text);
	json_decref(root);
}

/* Whatever place the list has for each of them. */
static void test_events_stand_together(void **state)
{
	static const char *const events[] = {"cycles", "page_faults", "r1c2", "branch_misses"};
	json_t *root = document(), *present = json_array(), *sample;
	const char *heads, *flushes;
	char *text;

	(void)state;
	add_timing(root, "ring/sun4u/pools:1/cpus:1" REST, 0, 100, 10e6);
	sample = add(root, "ring/sun4u/pools:1/cpus:1" REST, 0, "counters");
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		set(sample, events[i], 12 + (double)i);
		json_array_append_new(present, json_pack("{s:s}", "name", events[i]));
	}
	json_object_set_new(suite_of(root), "counters", json_pack("{s:o}", "present", present));
	json_array_append_new(json_object_get(suite_of(root), "arguments"),
			      json_string("--events=cycles,page_faults,r1c2,branch_misses"));
	text = print(root, false);
	heads = strstr(text, "  allocator ");
	assert_non_null(heads);
	flushes = strstr(heads, "flushes");
	CHECK(flushes, "%s", text);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		/* A head's first word. */
		const char *head = events[i][0] == 'p' ? "page" :
				   events[i][0] == 'b' ? "branch" :
							 events[i];
		const char *at = strstr(heads, head);

		CHECK(at && at < flushes, "%s in:\n%s", head, text);
	}
	free(text);
	json_decref(root);
}

/* A simulation has the figures of all passes at once. */
static void test_simulated(void **state)
{
	json_t *root = document(), *sample;
	char *text;

	(void)state;
	for (int i = 0; i < 2; i++) {
		sample = add(root,
			     i ? "sim/t5/ring/sun4u/pools:1/cpus:4" REST :
				 "sim/t5/ring/sun4u/pools:1/cpus:1" REST,
			     i, "sim");
		set(sample, "real_time", 100);
		set(sample, "ops_per_second", 10e6 * (1 + i));
		set(sample, "flushes_per_kop", 1);
		set(sample, "cycles", 300);
		set(sample, "l1d_misses", 1);
		set(sample, "llc_misses", 1);
		set(sample, "coherence_misses", 1);
		set(sample, "acquisitions", 200);
		set(sample, "contentions", 50 * i);
		set(sample, "hold_ns_p50", 20);
	}
	json_object_set_new(suite_of(root), "simulator", json_object());
	text = print(root, false);
	assert_true(longest_line(text) <= PAGE_WIDTH);
	assert_has(text, "\nsim t5   ring   flush");
	assert_has(text, "2 cells simulated, 0 failed");
	assert_has(text, " 25.0 ");
	assert_lacks(text, "interval");
	free(text);
	text = print(root, true);
	/* The step of the clock: 30 ns here. */
	assert_has(text, "<30");
	free(text);
	json_decref(root);
}

/* Of seeds the table has all: the median, and the smallest and the largest. */
static void test_seeds(void **state)
{
	json_t *root = document(), *sample;
	char *text;

	(void)state;
	for (int i = 0; i < 9; i++) {
		sample = add(root, "sim/t5/ring/sun4u/pools:1/cpus:1" REST, i, "sim");
		set(sample, "real_time", 100 + (7 * i) % 9);
	}
	json_object_set_new(suite_of(root), "simulator", json_object());
	text = print(root, false);
	assert_has(text, " 104.0  [100.0 .. 108.0]");
	assert_has(text, "range of");
	assert_has(text, "range of seeds: ");
	assert_lacks(text, "needs at least 6");
	assert_lacks(text, "interval");
	free(text);
	json_object_del(suite_of(root), "simulator");
	json_decref(root);
}

static void test_wrapped(void **state)
{
	char *text, word[121] = "";
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	memset(word, 'x', 120);
	print_wrapped(out, "%s", "");
	print_wrapped(out, "%.100s", word);
	print_wrapped(out, "a %s b", word);
	print_wrapped(out, "%.60s %.40s", word, word);
	fclose(out);
	CHECK(strlen(text) == 1 + 101 + 2 + 2 + 121 + 4 + 61 + 2 + 41, "%s", text);
	assert_true(strncmp(text, "\nxxx", 4) == 0 && strstr(text, "\na\n  xxx") &&
		    strstr(text, "x\n  b\n") && strstr(text, "x\n  xxx"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_platforms),
		cmocka_unit_test(test_no_platforms),
		cmocka_unit_test(test_assumed_flushes),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_footnotes_and_wide),
		cmocka_unit_test(test_lock_passes),
		cmocka_unit_test(test_distorted_locks),
		cmocka_unit_test(test_one_of_each),
		cmocka_unit_test(test_events_stand_together),
		cmocka_unit_test(test_simulated),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_hypercalls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
