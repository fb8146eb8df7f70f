// SPDX-License-Identifier: GPL-2.0-or-later
/* A CPU that waits for a lock is parked: no figure may differ from simulating each of its polls. */
#include "unit/helpers.h"

#include "sim/simulate.h"

static struct machine machine;

/* The usual steps are too long to have each poll of 128 CPUs simulated. */
static void few_pairs(struct worker *w)
{
	struct tally t = worker_begin(w);

	for (int i = 0; i < 3; i++) {
		unsigned long entry = worker_map(w, &t, 1, NULL);

		if (entry != IOMMU_FAIL)
			worker_unmap(w, &t, entry, 1);
	}
	worker_end(w, &t);
}

static size_t no_state(const struct worker *w)
{
	(void)w;
	return 0;
}

static void no_drain(struct worker *w)
{
	(void)w;
}

static const struct workload few = {
	.name = "few",
	.state_size = no_state,
	.step = few_pairs,
	.drain = no_drain,
};

static void load_machine(const char *name)
{
	struct profile p;
	struct error e;

	assert_int_equal(profile_load(name, &p, &e), 0);
	CHECK(machine_make(&p, &machine, &e) == 0, "%s", e.text);
}

static void run(struct sim_config *c, bool polling, struct sim_result *r)
{
	struct error e;

	c->polling = polling;
	CHECK(sim_run(c, r, &e) == 0, "%s", e.text);
}

static void give_back(struct sim_result *r)
{
	free(r->run.cpu);
	free(r->run.locks);
}

static void check_counts(const struct sim_counts *parked, const struct sim_counts *polled,
			 enum lock_kind lock, unsigned int ncpus)
{
	const uint64_t *a = (const uint64_t *)parked, *b = (const uint64_t *)polled;

	for (size_t i = 0; i < sizeof(*parked) / sizeof(*a); i++)
		CHECK(a[i] == b[i], "lock %d, %u CPUs: count %zu is %llu, polling %llu", lock,
		      ncpus, i, (unsigned long long)a[i], (unsigned long long)b[i]);
}

static void check_cell(enum lock_kind lock, unsigned int ncpus, unsigned int npools, bool explore,
		       uint64_t pairs)
{
	struct flush_model flush;
	struct sim_config c = {
		.run =
			{
				.workload = &few,
				.allocator = iommu_allocator_find(npools == 1 ? "sun4u" : "pooled"),
				.geometry = plain_geometry(256, npools),
				.ncpus = ncpus,
				.flush = &flush,
				.seed = ncpus + pairs,
			},
		.machine = &machine,
		.pairs = pairs,
		.explore = explore,
	};
	struct sim_result parked, polled;
	struct error e;

	c.run.geometry.lock_kind = lock;
	c.run.geometry.ncpus = ncpus;
	assert_int_equal(flush_model_parse("spin:200", &flush, &e), 0);
	run(&c, false, &parked);
	run(&c, true, &polled);
	for (unsigned int i = 0; i < ncpus; i++) {
		const struct interval_cpu *a = &parked.run.cpu[i], *b = &polled.run.cpu[i];

		CHECK(memcmp(a, b, sizeof(*b)) == 0,
		      "lock %d, %u CPUs: CPU %u: %llu pairs in %.12f s, polling %llu in %.12f s",
		      lock, ncpus, i, (unsigned long long)a->pairs, a->seconds,
		      (unsigned long long)b->pairs, b->seconds);
	}
	check_counts(&parked.counts, &polled.counts, lock, ncpus);
	CHECK(memcmp(parked.run.locks, polled.run.locks,
		     LOCKSTAT_CLASSES * sizeof(*polled.run.locks)) == 0,
	      "lock %d, %u CPUs: lock statistics", lock, ncpus);
	assert_int_equal(parked.run.flushes, polled.run.flushes);
	/* Somebody was parked. */
	if (ncpus > 2 && npools == 1)
		assert_true(parked.all_accesses < polled.all_accesses);
	give_back(&parked);
	give_back(&polled);
}

static const enum lock_kind kinds[] = {LOCK_TAS, LOCK_TICKET, LOCK_QUEUED};

static void check_machine(const char *name)
{
	static const unsigned int counts[] = {1, 2, 3, 8, 32, 128};

	load_machine(name);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
			check_cell(kinds[k], counts[i], 1, false, 256 + 4 * counts[i]);
		/* Several locks, and another order of events. */
		check_cell(kinds[k], 12, 4, false, 300);
		check_cell(kinds[k], 5, 1, true, 300);
		/* Intervals so short that they end while some wait for their first lock. */
		for (uint64_t pairs = 12; pairs < 60; pairs += 4)
			check_cell(kinds[k], 40, 1, false, pairs);
	}
}

/* 32 cores: with 128 CPUs four threads share a core's L1. */
static void test_threads_share_cores(void **state)
{
	(void)state;
	check_machine("sun4v-t5-2");
}

static void test_cores_of_one_thread(void **state)
{
	(void)state;
	check_machine("x86-epyc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads_share_cores),
		cmocka_unit_test(test_cores_of_one_thread),
	};

	return cmocka_run_group_tests_name("sim_parking", tests, NULL, NULL);
}
