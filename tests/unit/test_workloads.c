// SPDX-License-Identifier: GPL-2.0-or-later
/* The executor: each workload on every default variant in a run of milliseconds. */
#include "unit/helpers.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "workload.h"
#include "measure/executor.h"
#include "unit/allocators/broken_answer.h"

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

/* Does one free serve several pairs? */
static bool merges(const struct interval_config *c)
{
	return strcmp(c->workload->name, "sg") == 0 && c->allocator->frees_any_range;
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
	else if (c->ncpus > 1)
		/* Counted while the first thread's interval lasts; on a busy host the others' lie elsewhere. */
		assert_true(r->flushes > 0 || !c->allocator->strict_flush);
	else if (c->allocator->hypercalls)
		/* What is mapped in the interval may have to be unmapped after it, and the reverse. */
		assert_true(r->flushes + (merges(c) ? c->geometry.entries : 0) >= r->pairs &&
			    r->flushes <= 2 * r->pairs + c->geometry.entries);
	else if (c->allocator->strict_flush && !merges(c))
		assert_int_equal(r->flushes, r->pairs);
	else if (c->allocator->strict_flush)
		assert_true(r->flushes > 0 && r->flushes < r->pairs);
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
	assert_true(workload_count >= 7);
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

/* As many entries as the occupancy says lie in the few pools that the CPUs reach. */
static void test_own_pool_fill(void **state)
{
	static const struct {
		const char *allocator;
		unsigned int npools, occupancy;
		double fill;
	} cases[] = {
		{"pooled", 1, 3, 3},        {"pooled", 16, 3, 48},        {"pooled", 4, 3, 12},
		{"stale-local", 16, 3, 48}, {"stale-local", 16, 50, 100}, {"sun4u", 1, 50, 50},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct interval_result r;
		struct flush_model flush;
		struct interval_config c;
		struct error e;

		assert_int_equal(flush_model_parse("none", &flush, &e), 0);
		c = config_of(workload_find("ring"), iommu_allocator_find(cases[i].allocator),
			      cases[i].npools, 1, &flush);
		c.occupancy = cases[i].occupancy;
		CHECK(run_long_enough(&c, &r, &e) == 0, "%s", e.text);
		/* Pools lose an entry or two of 128. */
		CHECK(r.local_pool_utilization > cases[i].fill - 1.6 &&
			      r.local_pool_utilization < cases[i].fill + 1.6 &&
			      r.local_pool_utilization <= 100,
		      "%s/pools:%u at %u %%: %g", cases[i].allocator, cases[i].npools,
		      cases[i].occupancy, r.local_pool_utilization);
		assert_true((r.fallback_pool_share > 0) == (cases[i].fill == 100));
		free(r.cpu);
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
	double least = INFINITY;

	(void)state;
	assert_int_equal(flush_model_parse("none", &flush, &e), 0);
	c = config_of(workload_find("pair"), iommu_allocator_find("sun4u"), 1, 1, &flush);
	/* So much that the op itself, under a sanitizer on a busy host, is little beside it. */
	c.think_ns = 50000;
	/* Once a pair; what the host takes away only adds to it, but not every time. */
	for (int i = 0; i < 1000 && least >= 1.6 * 50000; i++) {
		/* Shorter than what others get of a CPU at a time. */
		c.seconds = 0.002;
		assert_int_equal(run_long_enough(&c, &r, &e), 0);
		assert_true(r.real_time_ns > 0.95 * 50000);
		least = r.real_time_ns < least ? r.real_time_ns : least;
		free(r.cpu);
	}
	CHECK(least < 1.6 * 50000, "%g ns", least);
}

/* An allocator with a timer: of 100 us, on each CPU. */
static struct {
	_Atomic unsigned long calls, early;
	uint64_t next[2];
} ticks;

static uint64_t count_tick(struct iommu_map *map, unsigned int cpu, uint64_t now_ns)
{
	(void)map;
	ticks.calls++;
	ticks.early += now_ns < ticks.next[cpu];
	return ticks.next[cpu] = now_ns + 100000;
}

static void test_ticks(void **state)
{
	struct iommu_allocator timed = *iommu_allocator_find("sun4u");
	struct interval_result r;
	struct flush_model flush;
	struct interval_config c;
	struct error e;

	(void)state;
	assert_int_equal(flush_model_parse("none", &flush, &e), 0);
	timed.tick = count_tick;
	c = config_of(workload_find("ring"), &timed, 1, 1, &flush);
	c.seconds = 0.02;
	memset(&ticks, 0, sizeof(ticks));
	assert_int_equal(run_long_enough(&c, &r, &e), 0);
	/* At least once a millisecond, were the host to take most of the time away; never before it is due. */
	assert_true(ticks.calls >= 10);
	assert_int_equal(ticks.early, 0);
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

BROKEN_ANSWER(unaligned, "unaligned", ANSWER_UNALIGNED);
BROKEN_ANSWER(unmasked, "unmasked", ANSWER_UNMASKED);

static void free_in_parts(struct worker *w)
{
	struct tally t = worker_begin(w);
	unsigned long entry = worker_map(w, &t, 4, NULL);

	worker_unmap(w, &t, entry, 1);
	worker_unmap(w, &t, entry + 1, 3);
	worker_end(w, &t);
}

/* Runs this in a child; its status. What it wrote on stderr is in @text. */
static int run_in_child(struct interval_config *c, char *text, size_t size)
{
	FILE *out = tmpfile();
	int status;
	pid_t pid;

	assert_non_null(out);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit no_core = {0, 0};
		struct interval_result r;
		struct error e;

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(fileno(out), STDERR_FILENO);
		_exit(run_long_enough(c, &r, &e) != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rewind(out);
	text[fread(text, 1, size - 1, out)] = '\0';
	fclose(out);
	return status;
}

/* The checked build ends the process, with one line; the plain one goes on. */
static void check_watched(const struct iommu_allocator *a, const struct workload *w,
			  const char *says)
{
	struct flush_model flush;
	struct interval_config c;
	char text[500];
	struct error e;
	int status;

	assert_int_equal(flush_model_parse("none", &flush, &e), 0);
	c = config_of(w, a, 1, 1, &flush);
	c.occupancy = 25;
	status = run_in_child(&c, text, sizeof(text));
#ifdef IOMMU_CHECKED
	if (says) {
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s, %s: %d: %s", a->name,
		      w->name, status, text);
		CHECK(strstr(text, says) && strchr(text, '\n') == text + strlen(text) - 1, "%s",
		      text);
		return;
	}
#else
	(void)says;
#endif
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s, %s: %d: %s", a->name, w->name,
	      status, text);
}

static void test_watched(void **state)
{
	const struct workload *const coherent = workload_find("coherent");
	const struct workload *const sg = workload_find("sg");
	struct iommu_allocator exact = *iommu_allocator_find("stale-local"), modest = unaligned;
	struct workload parts = *workload_find("pair");

	(void)state;
	parts.step = free_in_parts;
	exact.frees_any_range = false;
	modest.uses_align = false;
	check_watched(&unaligned, coherent, "which is not aligned");
	check_watched(&unmasked, coherent, "which is beyond the device's mask");
	check_watched(&modest, coherent, NULL);
	check_watched(&unaligned, sg, NULL);
	check_watched(&exact, &parts, "length 1 is not one allocation");
	check_watched(&exact, sg, NULL);
	check_watched(iommu_allocator_find("stale-local"), &parts, NULL);
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
		cmocka_unit_test(test_own_pool_fill),
		cmocka_unit_test(test_no_occupancy),
		cmocka_unit_test(test_full_fails_through_the_executor),
		cmocka_unit_test(test_think_time_counts),
		cmocka_unit_test(test_ticks),
		cmocka_unit_test(test_leaks_and_idling_are_errors),
		cmocka_unit_test(test_watched),
	};

	return cmocka_run_group_tests_name("workloads", tests, open_topology, close_topology);
}
