// SPDX-License-Identifier: GPL-2.0-or-later
/* The executor: each workload on every default variant in a run of milliseconds. */
#include "unit/helpers.h"

#include "clock.h"
#include "workload.h"
#include "measure/executor.h"

static struct topology topology;
static double ticks_per_ns;

static int open_topology(void **state)
{
	struct clock_calibration c;
	struct error e;

	(void)state;
	if (topology_open(&topology, &e)) {
		print_error("%s\n", e.text);
		return -1;
	}
	clock_calibrate(&c);
	ticks_per_ns = c.ticks_per_ns;
	return 0;
}

static int close_topology(void **state)
{
	(void)state;
	topology_close(&topology);
	return 0;
}

static struct interval_config config_of(const struct workload *w, const struct iommu_allocator *a,
					unsigned int npools, unsigned int cpus,
					const struct flush_model *flush)
{
	return (struct interval_config){
		.workload = w,
		.allocator = a,
		.geometry = {.entries = 2048,
			     .npools = npools,
			     .base = 262144,
			     .ncpus = cpus,
			     .lock_kind = (enum lock_kind)(npools % 3)},
		.topology = &topology,
		.ncpus = cpus,
		.occupancy = w->smoke_occupancy,
		.flush = flush,
		.ticks_per_ns = ticks_per_ns,
		.seconds = 0.002,
		.seed = 1,
	};
}

static void check_result(const struct interval_config *c, const struct interval_result *r)
{
	uint64_t pairs = 0;

	assert_true(r->pairs > 0);
	for (unsigned int i = 0; i < c->ncpus; i++) {
		pairs += r->cpu[i].pairs;
		assert_int_equal(r->cpu[i].os_cpu, topology.os_cpu[i]);
		assert_true(r->cpu[i].seconds > 0);
	}
	assert_int_equal(r->pairs, pairs);
	assert_true(r->seconds > 0.5 * c->seconds);
	assert_true(r->real_time_ns > 0 && r->ref_ticks > 0 && r->ops_per_second > 0);
	assert_true(r->fairness >= 0 && r->fairness <= 1);
	assert_true(c->ncpus > 1 || r->fairness == 1);
	assert_true(r->fallback_pool_share >= 0 && r->fallback_pool_share <= 1);
	assert_true(r->local_pool_utilization >= 0 && r->local_pool_utilization <= 100);
	assert_true(r->flushes_per_kop >= 0);
	if (c->flush->none)
		assert_int_equal(r->flushes, 0);
	else if (c->allocator->hypercalls)
		/* What is mapped in the interval may have to be unmapped after it, and the reverse. */
		assert_true(r->flushes >= r->pairs &&
			    r->flushes <= 2 * r->pairs + c->geometry.entries);
	else if (c->allocator->strict_flush && c->ncpus == 1)
		assert_int_equal(r->flushes, r->pairs);
}

/* Doubling the interval each time. */
#define TRIES 10

/*
 * The executor in an interval that is long enough: a short one passes while a busy host has one of the
 * threads off its CPU. 0 or a negative errno; to be freed is r->cpu.
 */
static int run_long_enough(struct interval_config *c, struct interval_result *r, struct error *e)
{
	int err = executor_run(c, r, e);

	for (int i = 0; i < TRIES && err && strstr(e->text, "no pair was done"); i++) {
		free(r->cpu);
		c->seconds *= 2;
		err = executor_run(c, r, e);
	}
	return err;
}

static void run_one(const struct workload *w, const struct iommu_allocator *a, unsigned int npools,
		    unsigned int cpus, const char *flush_text)
{
	struct interval_result r;
	struct flush_model flush;
	struct interval_config c;
	struct error e;
	int err;

	assert_int_equal(flush_model_parse(flush_text, &flush, &e), 0);
	c = config_of(w, a, npools, cpus, &flush);
	err = run_long_enough(&c, &r, &e);
	CHECK(err == 0, "%s/%s/pools:%u/cpus:%u: %s", w->name, a->name, npools, cpus, e.text);
	check_result(&c, &r);
	free(r.cpu);
}

static void test_every_workload_runs(void **state)
{
	const struct iommu_allocator *const *allocators;
	const struct workload *const *workloads;
	size_t allocator_count, workload_count;

	(void)state;
	allocators = iommu_allocators(&allocator_count);
	workloads = workload_all(&workload_count);
	assert_true(workload_count >= 6);
	for (size_t w = 0; w < workload_count; w++) {
		for (size_t a = 0; a < allocator_count; a++) {
			for (const unsigned int *p = allocators[a]->default_pools; *p; p++) {
				for (unsigned int cpus = workloads[w]->min_cpus;
				     cpus <= 2 && cpus <= topology.ncpus; cpus++)
					run_one(workloads[w], allocators[a], *p, cpus,
						*p == 1 ? "spin:0" :
						*p == 4 ? "spin:100" :
							  "none");
			}
		}
	}
	if (topology.ncpus < 2)
		print_message("skipped: remote and all else on 2 CPUs: this process has 1\n");
}

/* What local_pool_utilization reports after the fill is what was asked for. */
static void test_occupancy(void **state)
{
	static const char *const names[] = {"ring", "churn", "pair", "sg"};
	static const unsigned int percents[] = {5, 50, 80};

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(names); w++) {
		for (size_t p = 0; p < ARRAY_SIZE(percents); p++) {
			struct interval_result r;
			struct flush_model flush;
			struct interval_config c;
			struct error e;

			assert_int_equal(flush_model_parse("spin:0", &flush, &e), 0);
			c = config_of(workload_find(names[w]), iommu_allocator_find("sun4u"), 1, 1,
				      &flush);
			c.occupancy = percents[p];
			CHECK(run_long_enough(&c, &r, &e) == 0, "%s", e.text);
			CHECK(r.local_pool_utilization > percents[p] - 0.1 &&
				      r.local_pool_utilization < percents[p] + (w == 3 ? 6.3 : 0.1),
			      "%s: %g", names[w], r.local_pool_utilization);
			free(r.cpu);
		}
	}
}

/* Every workload with nothing to keep: it still works, and ends. */
static void test_no_occupancy(void **state)
{
	const struct workload *const *all;
	size_t count;

	(void)state;
	all = workload_all(&count);
	for (size_t w = 0; w < count; w++) {
		struct interval_result r;
		struct flush_model flush;
		struct interval_config c;
		struct error e;

		if (all[w]->min_cpus > topology.ncpus)
			continue;
		assert_int_equal(flush_model_parse("none", &flush, &e), 0);
		c = config_of(all[w], iommu_allocator_find("stale-local"), 1, all[w]->min_cpus,
			      &flush);
		c.occupancy = 0;
		CHECK(run_long_enough(&c, &r, &e) == 0, "%s: %s", all[w]->name, e.text);
		check_result(&c, &r);
		free(r.cpu);
	}
}

static void test_full_fails_through_the_executor(void **state)
{
	struct interval_result r;
	struct flush_model flush;
	struct interval_config c;
	struct error e;

	(void)state;
	assert_int_equal(flush_model_parse("spin:0", &flush, &e), 0);
	c = config_of(workload_find("full"), iommu_allocator_find("sun4u"), 1, 1, &flush);
	c.seconds = 0.01;
	assert_int_equal(run_long_enough(&c, &r, &e), 0);
	assert_true(r.alloc_failures > 0 && r.flushes > 0);
	free(r.cpu);
}

static void test_think_time_counts(void **state)
{
	struct interval_result r;
	struct flush_model flush;
	struct interval_config c;
	struct error e;

	(void)state;
	assert_int_equal(flush_model_parse("none", &flush, &e), 0);
	c = config_of(workload_find("pair"), iommu_allocator_find("sun4u"), 1, 1, &flush);
	c.think_ns = 5000;
	c.seconds = 0.01;
	assert_int_equal(run_long_enough(&c, &r, &e), 0);
	/* After the alloc and after the free. */
	assert_true(r.real_time_ns > 0.95 * 2 * 5000);
	free(r.cpu);
}

/* An allocator that forgets a free, and one that never has anything. */
static const struct iommu_allocator *real;

static void leaky_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	static unsigned long calls;

	/* Often enough for the shortest interval, seldom enough for the map not to fill up. */
	if (++calls % 16 || calls > 1024)
		real->free(map, cpu, entry, n);
}

static unsigned long empty_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int order, unsigned long *handle,
				 const struct iommu_device *device)
{
	(void)map, (void)cpu, (void)n, (void)order, (void)handle, (void)device;
	return IOMMU_FAIL;
}

static void test_leaks_and_idling_are_errors(void **state)
{
	struct iommu_allocator bad;
	struct interval_result r;
	struct flush_model flush;
	struct interval_config c;
	struct error e;

	(void)state;
	assert_int_equal(flush_model_parse("none", &flush, &e), 0);
	real = iommu_allocator_find("sun4u");
	bad = *real;
	bad.free = leaky_free;
	c = config_of(workload_find("pair"), &bad, 1, 1, &flush);
	assert_true(run_long_enough(&c, &r, &e) < 0);
	assert_non_null(strstr(e.text, "leaked"));
	free(r.cpu);
	bad = *real;
	bad.alloc = empty_alloc;
	assert_true(executor_run(&c, &r, &e) < 0);
	assert_non_null(strstr(e.text, "no pair"));
	free(r.cpu);
}

static void test_registry(void **state)
{
	const struct workload *const *all;
	size_t count;

	(void)state;
	all = workload_all(&count);
	for (size_t i = 0; i < count; i++) {
		assert_true(all[i]->name && all[i]->summary && all[i]->state_size && all[i]->step &&
			    all[i]->drain && all[i]->min_cpus >= 1);
		assert_true(i == 0 || all[i - 1]->rank < all[i]->rank);
		assert_ptr_equal(workload_find(all[i]->name), all[i]);
	}
	assert_null(workload_find("nonesuch"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_every_workload_runs),
		cmocka_unit_test(test_occupancy),
		cmocka_unit_test(test_no_occupancy),
		cmocka_unit_test(test_full_fails_through_the_executor),
		cmocka_unit_test(test_think_time_counts),
		cmocka_unit_test(test_leaks_and_idling_are_errors),
	};

	return cmocka_run_group_tests_name("workloads", tests, open_topology, close_topology);
}
