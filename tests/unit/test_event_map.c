// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of harness/events, and what other programs that count write. */
#include "unit/helpers.h"

#include <errno.h>
#include <unistd.h>

#include "clock.h"
#include "base/run_program.h"
#include "counters/callgrind.h"
#include "counters/event_map.h"
#include "counters/likwid.h"
#include "measure/executor.h"
#include "measure/steps.h"

static void test_built_in(void **state)
{
	const char *const *names;
	struct event_map m;
	struct error e;
	size_t count;

	(void)state;
	names = event_map_names(&count);
	assert_true(count > 20);
	for (size_t i = 0; i < count; i++) {
		CHECK(event_map_load(names[i], &m, &e) == 0, "%s: %s", names[i], e.text);
		CHECK(m.summary[0], "%s", names[i]);
		CHECK(m.key[EVENT_CYCLES].event[0], "%s says nothing of cycles", names[i]);
		CHECK(m.key[EVENT_INSTRUCTIONS].event[0], "%s", names[i]);
		for (int k = 0; k < EVENT_KEYS; k++)
			CHECK(!m.key[k].event[0] == !m.key[k].source[0], "%s", names[i]);
	}
	assert_int_equal(event_map_load("nosuch", &m, &e), -ENOENT);
	assert_int_equal(event_map_of_model("power9", &m, &e), 0);
	assert_string_equal(m.name, "power9");
	assert_int_equal(event_map_of_model("ultra3i", &m, &e), 0);
	assert_string_equal(m.name, "ultrasparc3");
	/* Not by a part of a name. */
	assert_int_equal(event_map_of_model("ultra", &m, &e), -ENOENT);
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text, *word;
	} wrong[] = {
		{"", "models"},
		{"models = a\ncycles = X\n", "x:2: cycles has no source"},
		{"models = a\ncycles = X | s\ncycles = Y | s\n", "x:3: cycles is given twice"},
		{"models = a\nnosuch = X | s\n", "x:2: unknown key 'nosuch'"},
		{"models = a\ncycles\n", "x:2: expected"},
		{"models = a\ncycles = | s\n", "x:2: expected"},
		{"models = a\ncycles | s = X\n", "x:2: expected"},
	};
	struct event_map m;
	struct error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(event_map_parse("x", wrong[i].text, &m, &e), -EINVAL);
		CHECK(strstr(e.text, wrong[i].word), "%s", e.text);
	}
	assert_int_equal(event_map_parse("x", "# c\n\nmodels = a b\ncycles = none | why\n", &m, &e),
			 0);
	assert_string_equal(m.models, "a b");
	assert_string_equal(m.key[EVENT_CYCLES].event, "none");
	assert_string_equal(m.key[EVENT_CYCLES].source, "why");
	assert_string_equal(m.key[EVENT_STALLS].event, "");
}

static void test_callgrind_file(void **state)
{
	static const char head[] = "# callgrind format\nversion: 1\n"
				   "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw\n";
	struct callgrind_counts c;
	char text[400];
	struct error e;

	(void)state;
	snprintf(text, sizeof(text), "%sfn=x\n1 2\ntotals: 1000 300 200 9 5 6 8 3 4\n", head);
	assert_int_equal(callgrind_parse(text, &c, &e), 0);
	assert_float_equal(c.instructions, 1000, 0);
	assert_float_equal(c.l1d_misses, 11, 0);
	assert_float_equal(c.llc_misses, 7, 0);
	/* Zeros at the end are left out. */
	snprintf(text, sizeof(text), "%s\ntotals: 1000 300 200 9 5\n", head);
	assert_int_equal(callgrind_parse(text, &c, &e), 0);
	assert_float_equal(c.l1d_misses, 5, 0);
	assert_float_equal(c.llc_misses, 0, 0);
	/* A loop without instructions was not the loop. */
	snprintf(text, sizeof(text), "%s\ntotals: 0\n", head);
	assert_int_equal(callgrind_parse(text, &c, &e), -EINVAL);
	assert_int_equal(callgrind_parse(head, &c, &e), -EINVAL);
	assert_int_equal(callgrind_parse("\nevents: Ir\ntotals: 5\n", &c, &e), -EINVAL);
}

static struct {
	unsigned int count;
	char event[4][40];
	double value[4];
} put_events;

static void put_event(void *arg, const char *event, double value)
{
	assert_ptr_equal(arg, &put_events);
	snprintf(put_events.event[put_events.count], 40, "%s", event);
	put_events.value[put_events.count++] = value;
}

static void test_likwid_file(void **state)
{
	static const char text[] =
		"STRUCT,Info,3,,\nCPU name:,X,,\n"
		"TABLE,Region interval,Group 1 Raw,L2CACHE,3,\n"
		"Region Info,HWThread 0,HWThread 1,,\ncall count,1,1,,\n"
		"Event,Counter,HWThread 0,HWThread 1,\n"
		"INSTR_RETIRED_ANY,FIXC0,1000,2000,\nL2_TRANS,PMC0,30,nan,\n"
		"TABLE,Region interval,Group 1 Raw STAT,L2CACHE,3,\n"
		"Event,Counter,Sum,Min,Max\nINSTR_RETIRED_ANY STAT,FIXC0,3000,1000,2000\n";

	(void)state;
	memset(&put_events, 0, sizeof(put_events));
	assert_int_equal(likwid_parse(text, put_event, &put_events), 2);
	assert_string_equal(put_events.event[0], "INSTR_RETIRED_ANY");
	assert_float_equal(put_events.value[0], 3000, 0);
	assert_string_equal(put_events.event[1], "L2_TRANS");
	assert_int_equal(likwid_parse("", put_event, &put_events), 0);
	assert_int_equal(
		likwid_parse("TABLE,Region interval,Group 1 Raw\n", put_event, &put_events), 0);
}

static void test_tools(void **state)
{
	const char *const fine[] = {"/bin/sh", "-c", "echo said; echo more >&2; exit 3", NULL};
	const char *const hangs[] = {"/bin/sh", "-c", "sleep 100 & echo $!; sleep 100", NULL};
	const char *const killed[] = {"/bin/sh", "-c", "kill -9 $$", NULL};
	const char *const missing[] = {"/nosuch", NULL};
	char text[200], line[100], path[PATH_MAX];
	uint64_t begin;
	int left;

	(void)state;
	assert_int_equal(run_program(fine, 10, text, sizeof(text)), 3);
	assert_string_equal(text, "said\nmore\n");
	last_line_of(text, line, sizeof(line));
	assert_string_equal(line, "more");
	last_line_of("", line, sizeof(line));
	assert_string_equal(line, "");
	begin = clock_ns(CLOCK_MONOTONIC);
	assert_int_equal(run_program(hangs, 0.3, text, sizeof(text)), -ETIMEDOUT);
	assert_true(clock_ns(CLOCK_MONOTONIC) - begin < UINT64_C(20000000000));
	/* What it started is gone too; it may take the init of this place a moment to notice. */
	left = atoi(text);
	assert_true(left > 0);
	for (int i = 0; i < 100 && access("/proc/self", F_OK) == 0; i++) {
		char state_path[64], stat[200] = "";
		FILE *f;

		snprintf(state_path, sizeof(state_path), "/proc/%d/stat", left);
		f = fopen(state_path, "r");
		if (!f || !fgets(stat, sizeof(stat), f) || strstr(stat, ") Z")) {
			if (f)
				fclose(f);
			left = 0;
			break;
		}
		fclose(f);
		usleep(20000);
	}
	assert_int_equal(left, 0);
	assert_int_equal(run_program(killed, 10, text, sizeof(text)), 128 + 9);
	assert_int_equal(run_program(missing, 10, text, sizeof(text)), 127);
	assert_true(find_program("sh", path));
	assert_false(find_program("no-such-program-at-all", path));
}

/* The same steps each time, whatever the clock does. */
static void steps_of_variant(const struct iommu_allocator *a, unsigned int npools)
{
	struct flush_model flush = {.name = "spin:1000", .writes = 1, .write_ns = 1000};
	struct interval_config c = {
		.workload = workload_find("churn"),
		.allocator = a,
		.ncpus = 1,
		.occupancy = 5,
		.flush = &flush,
		.ticks_per_ns = 1,
		.seed = 7,
		.geometry = plain_geometry(8192, npools),
	};
	struct interval_result first, second;
	struct error e;

	if (a->check(&c.geometry))
		return;
	CHECK(steps_run(&c, &first, &e) == 0, "%s", e.text);
	assert_int_equal(steps_run(&c, &second, &e), 0);
	assert_true(first.pairs >= 30000);
	assert_int_equal(first.pairs, second.pairs);
	assert_int_equal(first.flushes, second.flushes);
	assert_true(first.real_time_ns > 0);
	c.ncpus = 2;
	assert_int_equal(steps_run(&c, &first, &e), -EINVAL);
}

static void test_steps(void **state)
{
	(void)state;
	for_each_variant(steps_of_variant);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),       cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_callgrind_file), cmocka_unit_test(test_likwid_file),
		cmocka_unit_test(test_tools),          cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
