// SPDX-License-Identifier: GPL-2.0-or-later
/* An allocator's timer in virtual time: CPU 0 calls it, in order, when it is due and not before. */
#include "unit/helpers.h"

#include "device/profile.h"
#include "sim/simulate.h"

#define EVERY_NS 5000

static struct {
	uint64_t calls, next, late;
} seen;

static uint64_t tick(struct iommu_map *map, unsigned int cpu, uint64_t now_ns)
{
	assert_non_null(map);
	assert_int_equal(cpu, 0);
	assert_true(now_ns >= seen.next);
	if (seen.calls && now_ns - seen.next > seen.late)
		seen.late = now_ns - seen.next;
	seen.calls++;
	return seen.next = now_ns + EVERY_NS;
}

static void test_tick(void **state)
{
	struct iommu_allocator timed = *iommu_allocator_find("sun4u");
	struct flush_model flush;
	struct machine machine;
	struct profile p;
	struct sim_result r;
	struct error e;
	struct sim_config c = {
		.run =
			{
				.workload = workload_find("ring"),
				.allocator = &timed,
				.geometry = plain_geometry(256, 1),
				.ncpus = 2,
				.occupancy = 5,
				.flush = &flush,
				.seed = 1,
			},
		.machine = &machine,
		.pairs = 4000,
	};

	(void)state;
	timed.tick = tick;
	assert_int_equal(profile_load("power8", &p, &e), 0);
	assert_int_equal(machine_make(&p, &machine, &e), 0);
	assert_int_equal(flush_model_parse("none", &flush, &e), 0);
	CHECK(sim_run(&c, &r, &e) == 0, "%s", e.text);
	/* Warm-up and all; a step, between which it is looked, lasts longer than the timer. */
	assert_true(seen.calls >= 4000 / 2 / WORKLOAD_STEP / 2);
	assert_true(seen.late > 0);
	free(r.run.cpu);
	free(r.run.locks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tick),
	};

	return cmocka_run_group_tests_name("sim_tick", tests, NULL, NULL);
}
