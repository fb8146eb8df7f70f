// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles as machines: those built in, where CPUs lie, and figures that contradict each other. */
#include "unit/sim/sim_tiny.h"

static void test_built_in(void **state)
{
	static const struct {
		const char *name;
		unsigned int cpus;
	} known[] = {{"sun4u-e450", 4}, {"sun4v-t5-2", 256}, {"power8", 160}};
	const char *const *names;
	unsigned int machines = 0;
	struct machine m;
	struct profile p;
	struct error e;
	size_t count;

	(void)state;
	names = profile_names(&count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(profile_load(names[i], &p, &e), 0);
		if (!p.has_machine)
			continue;
		CHECK(machine_make(&p, &m, &e) == 0, "%s", e.text);
		machines++;
		for (unsigned int f = 0; f < MACHINE_FIGURES; f++)
			CHECK(strlen(p.machine[f].source) > 10, "%s: %s has no source", names[i],
			      profile_machine_key(f));
		/* What is farther away is not nearer. */
		CHECK(m.l2_ps <= m.llc_ps && m.llc_ps <= m.memory_ps[SAME_NODE] &&
			      m.memory_ps[SAME_NODE] <= m.memory_ps[OTHER_NODE] &&
			      m.transfer_ps[SAME_LLC] <= m.transfer_ps[SAME_NODE] &&
			      m.transfer_ps[SAME_NODE] <= m.transfer_ps[OTHER_NODE],
		      "%s", names[i]);
	}
	assert_true(machines >= 4);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		assert_int_equal(profile_load(known[i].name, &p, &e), 0);
		assert_int_equal(machine_make(&p, &m, &e), 0);
		assert_int_equal(m.cpus, known[i].cpus);
	}
	assert_int_equal(profile_load("x86-epyc", &p, &e), 0);
	assert_int_equal(machine_make(&p, &m, &e), 0);
}

static void test_no_machine(void **state)
{
	struct machine m;
	struct profile p;
	struct error e;

	(void)state;
	assert_int_equal(profile_load("vt-d", &p, &e), 0);
	assert_true(machine_make(&p, &m, &e) < 0);
	assert_non_null(strstr(e.text, "vt-d"));
}

/* All cores before a second thread of any; cores LLC by LLC, node by node. */
static void test_places(void **state)
{
	struct machine m;

	(void)state;
	tiny_make("", &m);
	assert_int_equal(machine_cores(&m), TINY_CORES);
	for (unsigned int cpu = 0; cpu < TINY_CPUS; cpu++)
		assert_int_equal(machine_core_of(&m, cpu), cpu % TINY_CORES);
	for (unsigned int a = 0; a < TINY_CORES; a++) {
		assert_int_equal(machine_llc_of(&m, a), a / 3);
		assert_int_equal(machine_node_of(&m, a), a / 6);
		for (unsigned int b = 0; b < TINY_CORES; b++) {
			enum distance d = a == b         ? SAME_CORE :
					  a / 3 == b / 3 ? SAME_LLC :
					  a / 6 == b / 6 ? SAME_NODE :
							   OTHER_NODE;

			assert_int_equal(machine_distance(&m, a, b), d);
		}
	}
}

static void test_figures(void **state)
{
	struct machine m;

	(void)state;
	tiny_make("", &m);
	assert_int_equal(1U << m.line_shift, TINY_LINE);
	assert_int_equal(m.l1.sets, 2);
	assert_int_equal(m.l1.ways, 2);
	assert_int_equal(m.l2.sets, 2);
	assert_int_equal(m.l2.ways, 4);
	assert_int_equal(m.llc.sets, 4);
	assert_int_equal(m.llc.ways, 4);
	assert_int_equal(m.transfer_ps[SAME_CORE], 0);
	assert_int_equal(m.transfer_ps[SAME_LLC], TINY_NEAR);
	assert_int_equal(m.transfer_ps[SAME_NODE], TINY_FAR);
	assert_int_equal(m.transfer_ps[OTHER_NODE], TINY_REMOTE);
	assert_int_equal(m.memory_ps[SAME_NODE], TINY_MEMORY);
	assert_int_equal(m.memory_ps[OTHER_NODE], TINY_MEMORY_REMOTE);
	/* No such cache. */
	tiny_make("l2_kib=0 l2_ways=0 llc_kib=0 llc_ways=0", &m);
	assert_int_equal(m.l2.ways, 0);
	assert_int_equal(m.llc.ways, 0);
	tiny_make("cpus=1 threads_per_core=1 cores_per_llc=1 llcs_per_node=1", &m);
	assert_int_equal(machine_cores(&m), 1);
	tiny_make("cpus=1024 threads_per_core=1 cores_per_llc=1024 llcs_per_node=1", &m);
	assert_int_equal(machine_cores(&m), 1024);
}

static const struct {
	const char *changes, *says;
} contradictions[] = {
	{"line_bytes=48", "line_bytes"},
	{"line_bytes=1000", "line_bytes"},
	{"cpus=25", "cpus"},
	{"cpus=4", "cpus"},
	{"threads_per_core=5", "cpus"},
	{"cores_per_llc=5", "cpus"},
	{"llcs_per_node=3", "cpus"},
	{"threads_per_core=1024 cores_per_llc=1024 llcs_per_node=1024", "cpus"},
	{"l1_ways=3", "l1_ways"},
	{"l1_ways=8", "l1_ways"},
	{"l1_kib=3", "l1_ways"},
	{"l2_ways=3", "l2_ways"},
	{"l2_ways=0", "l2_ways"},
	{"l2_kib=0", "l2_"},
	{"l2_kib=6", "l2_ways"},
	{"llc_ways=5", "llc_ways"},
	{"llc_ways=0", "llc_ways"},
	{"llc_kib=0", "llc_"},
};

static void test_contradictions(void **state)
{
	unsigned int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(contradictions); i++) {
		struct error e = {""};
		struct machine m;

		if (tiny_try(contradictions[i].changes, &m, &e) < 0 && !strchr(e.text, '\n') &&
		    strstr(e.text, "profile tiny: ") && strstr(e.text, contradictions[i].says))
			continue;
		print_error("%s: %s\n", contradictions[i].changes,
			    *e.text ? e.text : "not refused");
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),       cmocka_unit_test(test_no_machine),
		cmocka_unit_test(test_places),         cmocka_unit_test(test_figures),
		cmocka_unit_test(test_contradictions),
	};

	return cmocka_run_group_tests_name("sim_machine", tests, NULL, NULL);
}
