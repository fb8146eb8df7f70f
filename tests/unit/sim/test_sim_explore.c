// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exploring schedules: planted faults (tests/sim) are found and shown again by their seed, what
 * should be safe is clean, and what is wrong ends the simulation, not the process.
 */
#include "unit/helpers.h"

#include <unistd.h>

#include "cmd/options.h"
#include "plan/plan.h"
#include "sim/exploration.h"
#include "sim/simulate.h"

#define SCHEDULES_PLANTED 200
#define SCHEDULES_CLEAN   25

static struct machine machine;
static struct flush_model flush_model;

static int set_up(void **state)
{
	struct profile p;
	struct error e;

	(void)state;
	return profile_load("sun4v-t5-2", &p, &e) || machine_make(&p, &machine, &e) ||
	       flush_model_parse("spin:500", &flush_model, &e);
}

static struct sim_config config_of(const char *allocator, unsigned int npools,
				   const struct workload *w, uint64_t seed)
{
	const struct iommu_allocator *a = iommu_allocator_find(allocator);

	CHECK(a, "no allocator %s", allocator);
	return (struct sim_config){
		.run =
			{
				.workload = w,
				.allocator = iommu_allocator_checked(a),
				.geometry = plain_geometry(npools == 1 ? 512 : 1024, npools),
				.ncpus = 4,
				.occupancy = 50,
				.flush = &flush_model,
				.seed = seed,
			},
		.machine = &machine,
		.pairs = 2048,
		.audit = true,
		.explore = true,
	};
}

static void give_back(struct sim_result *r)
{
	free(r->run.cpu);
	free(r->run.locks);
}

/* Everything that a run gives. */
static void check_same(const struct sim_result *a, const struct sim_result *b, unsigned int ncpus)
{
	assert_int_equal(a->maps, b->maps);
	assert_int_equal(a->stale_reuse, b->stale_reuse);
	assert_int_equal(a->censored, b->censored);
	assert_int_equal(a->all_accesses, b->all_accesses);
	assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
	assert_memory_equal(&a->windows, &b->windows, sizeof(a->windows));
	assert_memory_equal(a->run.cpu, b->run.cpu, ncpus * sizeof(*a->run.cpu));
	assert_memory_equal(a->run.locks, b->run.locks, LOCKSTAT_CLASSES * sizeof(*a->run.locks));
}

/* The first of the seeds that shows stale reuse. */
static void find_planted(const char *allocator)
{
	const struct workload *churn = workload_find("churn");
	struct sim_result r, again;
	struct sim_config c;
	struct error e;

	for (uint64_t seed = 1; seed <= SCHEDULES_PLANTED; seed++) {
		c = config_of(allocator, 1, churn, seed);
		CHECK(sim_run(&c, &r, &e) == 0, "seed %llu: %s", (unsigned long long)seed, e.text);
		if (r.stale_reuse)
			break;
		give_back(&r);
		CHECK(seed < SCHEDULES_PLANTED, "%s: nothing in %d schedules", allocator,
		      SCHEDULES_PLANTED);
	}
	print_message("%s: seed %llu shows %llu stale reuses in %llu maps\n", allocator,
		      (unsigned long long)c.run.seed, (unsigned long long)r.stale_reuse,
		      (unsigned long long)r.maps);
	assert_int_equal(sim_run(&c, &again, &e), 0);
	check_same(&r, &again, c.run.ncpus);
	give_back(&r);
	give_back(&again);
}

static void test_planted(void **state)
{
	(void)state;
	find_planted("broken-stale");
	find_planted("broken-reclaim");
}

static const struct {
	const char *allocator;
	unsigned int npools;
} safe[] = {
	{"gart", 1},
	{"stale-local", 1},
	{"stale-local", 16},
	{"stale-hop", 16},
};

static void test_clean(void **state)
{
	static const char *const workloads[] = {"churn", "ring", "sg", "coherent"};
	uint64_t flushes = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(workloads) * ARRAY_SIZE(safe); i++) {
		for (uint64_t seed = 1; seed <= SCHEDULES_CLEAN; seed++) {
			struct sim_config c = config_of(safe[i / 4].allocator, safe[i / 4].npools,
							workload_find(workloads[i % 4]), seed);
			struct sim_result r;
			struct error e;

			CHECK(sim_run(&c, &r, &e) == 0, "%s, %s, seed %llu: %s",
			      safe[i / 4].allocator, workloads[i % 4], (unsigned long long)seed,
			      e.text);
			CHECK(r.stale_reuse == 0, "%s/pools:%u, %s, seed %llu: stale reuse",
			      safe[i / 4].allocator, safe[i / 4].npools, workloads[i % 4],
			      (unsigned long long)seed);
			flushes += r.run.flushes;
			give_back(&r);
		}
	}
	/* It would be no test without. */
	assert_true(flushes > SCHEDULES_CLEAN * ARRAY_SIZE(safe));
}

/* What is known to be unsafe shows it, too. */
static void test_known(void **state)
{
	struct sim_config c = config_of("sun4u", 1, workload_find("churn"), 1);
	struct sim_result r;
	struct error e;

	(void)state;
	assert_int_equal(sim_run(&c, &r, &e), 0);
	assert_true(r.stale_reuse > 0);
	give_back(&r);
}

/* Seeds are schedules: another seed is another one, also of a workload without chance. */
static void test_seeds_differ(void **state)
{
	struct sim_config c = config_of("stale-local", 1, workload_find("ring"), 1);
	struct sim_result a, b;
	struct error e;

	(void)state;
	assert_int_equal(sim_run(&c, &a, &e), 0);
	c.run.seed = 2;
	assert_int_equal(sim_run(&c, &b, &e), 0);
	assert_true(memcmp(a.run.cpu, b.run.cpu, 4 * sizeof(*a.run.cpu)) != 0);
	give_back(&a);
	give_back(&b);
}

/* ---- what must end the simulation ---- */

static void free_twice(struct worker *w)
{
	struct tally t = worker_begin(w);

	for (int i = 0; i < 8; i++) {
		unsigned long entry = worker_map(w, &t, 1, NULL);

		if (entry == IOMMU_FAIL)
			break;
		worker_unmap(w, &t, entry, 1);
		/* One in a while, as a driver's error path would. */
		if (w->cpu == 2 && t.pairs > 300)
			worker_unmap(w, &t, entry, 1);
	}
	worker_end(w, &t);
}

static void keep_one(struct worker *w)
{
	struct tally t = worker_begin(w);

	for (int i = 0; i < 8; i++) {
		unsigned long entry = worker_map(w, &t, 1, NULL);

		/* The first of each CPU's stay. */
		if (entry != IOMMU_FAIL && t.pairs++)
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

/* Gives back a part of what it got, and then the rest. */
static void free_in_parts(struct worker *w)
{
	struct tally t = worker_begin(w);

	for (int i = 0; i < 8; i++) {
		unsigned long entry = worker_map(w, &t, 4, NULL);

		if (entry == IOMMU_FAIL)
			break;
		worker_unmap(w, &t, entry, 1);
		worker_unmap(w, &t, entry + 1, 3);
	}
	worker_end(w, &t);
}

static const struct workload double_free = {
	.name = "double-free",
	.state_size = no_state,
	.step = free_twice,
	.drain = no_drain,
};

static const struct workload parts = {
	.name = "parts",
	.state_size = no_state,
	.step = free_in_parts,
	.drain = no_drain,
};

static const struct workload leak = {
	.name = "leak",
	.state_size = no_state,
	.step = keep_one,
	.drain = no_drain,
};

/* It says so each time alike, and the next run is none the worse. */
static void check_ends(const struct sim_config *c, const char *says)
{
	struct error e = {""}, again = {""};
	struct sim_result r;

	assert_true(sim_run(c, &r, &e) < 0);
	give_back(&r);
	CHECK(strstr(e.text, says) && !strchr(e.text, '\n'), "%s", e.text);
	assert_true(sim_run(c, &r, &again) < 0);
	give_back(&r);
	assert_string_equal(e.text, again.text);
}

static void test_violations_end_it(void **state)
{
	struct sim_config c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(safe); i++) {
		c = config_of(safe[i].allocator, safe[i].npools, &double_free, 7);
		check_ends(&c, "bad free: entry ");
		c.audit = false;
		c.explore = false;
		check_ends(&c, "bad free: entry ");
	}
	c = config_of("broken-twice", 1, workload_find("pair"), 7);
	check_ends(&c, "broken-twice handed out entry 0, which was taken");
	c = config_of("stale-local", 1, &leak, 7);
	check_ends(&c, "leaked");
	test_known(state);
}

/* Only some take back anything but what they handed out. */
static void test_frees_of_other_ranges(void **state)
{
	const char *const loads[] = {"sg", "parts"};
	struct iommu_allocator exact;
	struct sim_result r;
	struct sim_config c;
	struct error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++) {
		c = config_of("stale-local", 1, i ? &parts : workload_find("sg"), 7);
		CHECK(sim_run(&c, &r, &e) == 0, "%s: %s", loads[i], e.text);
		assert_int_equal(r.stale_reuse, 0);
		give_back(&r);
	}
	exact = *c.run.allocator;
	exact.frees_any_range = false;
	c.run.allocator = &exact;
	check_ends(&c, "stale-local: bad free: entry 0, length 1 is not one allocation");
	/* sg knows, and frees each segment by itself. */
	c.run.workload = workload_find("sg");
	CHECK(sim_run(&c, &r, &e) == 0, "%s", e.text);
	give_back(&r);
}

/* What an allocator says it takes into account is held against what it answers. */
static void test_wrong_answers(void **state)
{
	const struct workload *coherent = workload_find("coherent");
	struct iommu_allocator modest;
	struct sim_config c;
	struct sim_result r;
	struct error e;

	(void)state;
	c = config_of("broken-unaligned", 1, coherent, 7);
	check_ends(&c, "which is not aligned");
	/* It is no fault of one that does not say so. */
	modest = *c.run.allocator;
	modest.uses_align = false;
	c.run.allocator = &modest;
	CHECK(sim_run(&c, &r, &e) == 0, "%s", e.text);
	give_back(&r);
	c = config_of("broken-unmasked", 1, coherent, 7);
	check_ends(&c, "which is beyond the device's mask");
	modest = *c.run.allocator;
	modest.uses_mask = false;
	c.run.allocator = &modest;
	CHECK(sim_run(&c, &r, &e) == 0, "%s", e.text);
	give_back(&r);
	c = config_of("broken-rounded", 1, coherent, 7);
	check_ends(&c, "taken");
	/* Nobody asks for either elsewhere. */
	c = config_of("broken-unaligned", 1, workload_find("churn"), 7);
	CHECK(sim_run(&c, &r, &e) == 0, "%s", e.text);
	give_back(&r);
}

/* ---- the command ---- */

/* exploration_run() of these options; what it printed, and its exit code. */
static int explore(char *printed, size_t size, int argc, char *const *argv)
{
	FILE *out = tmpfile();
	int keep = dup(STDOUT_FILENO), exit_code;
	struct options o;
	struct plan plan;
	struct error e;
	size_t length;

	CHECK(options_parse(argc, argv, OPTIONS_SIM, &o, &e) == 0, "%s", e.text);
	CHECK(plan_make(&o.plan, machine.cpus, &plan, &e) == 0, "%s", e.text);
	o.sim.jobs = 2;
	if (!o.sim.profile)
		o.sim.profile = "sun4v-t5-2";
	assert_non_null(out);
	fflush(stdout);
	dup2(fileno(out), STDOUT_FILENO);
	exit_code = exploration_run(&o.plan, &o.sim, &plan, &machine);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	rewind(out);
	length = fread(printed, 1, size - 1, out);
	printed[length] = '\0';
	fclose(out);
	plan_free(&plan);
	return exit_code;
}

#define EXPLORE(printed, ...)                                                                     \
	explore(printed, sizeof(printed), sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), \
		(char *const *)(const char *const[]){__VA_ARGS__})

#define AGAIN "again: iommubench sim --explore 1 --seed "

static void test_command(void **state)
{
	char printed[8000], seed[30], flag[80];
	const char *again;

	(void)state;
	assert_int_equal(
		EXPLORE(printed, "--explore=20", "--allocators=gart,stale-hop", "--rounds=1"),
		EXIT_DONE);
	CHECK(strstr(printed, "clean\n") && strstr(printed, "no schedule shows"), "%s", printed);
	CHECK(strstr(printed, " churn ") && strstr(printed, " sg ") &&
		      strstr(printed, " coherent "),
	      "%s", printed);
	assert_null(strstr(printed, "again:"));
	assert_int_equal(EXPLORE(printed, "--explore=100", "--allocators=broken-stale,gart",
				 "--entries=512"),
			 EXIT_CHECK);
	CHECK(strstr(printed, "STALE REUSE, though it promises none"), "%s", printed);
	again = strstr(printed, AGAIN);
	CHECK(again, "%s", printed);
	/* Its seed alone shows it. */
	snprintf(seed, sizeof(seed), "%.20s", again + strlen(AGAIN));
	seed[strspn(seed, "0123456789")] = '\0';
	snprintf(flag, sizeof(flag), "--seed=%s", seed);
	assert_int_equal(
		EXPLORE(printed, "--explore=1", flag, "--allocators=broken-stale", "--entries=512"),
		EXIT_CHECK);
	CHECK(strstr(printed, AGAIN) && strstr(printed, "STALE REUSE"), "%s", printed);
	/* What is known to be unsafe is no failure. */
	assert_int_equal(EXPLORE(printed, "--explore=2", "--allocators=sun4u"), EXIT_DONE);
	CHECK(strstr(printed, "stale reuse, as is known of it"), "%s", printed);
	CHECK(strstr(printed, "no schedule shows a violation"), "%s", printed);
	/* What nobody knows is one: as much as sun4u, and not excused for it. */
	assert_int_equal(EXPLORE(printed, "--explore=2", "--allocators=unknown,sun4u"), EXIT_CHECK);
	CHECK(strstr(printed, "STALE REUSE: not declared stale_safe") &&
		      strstr(printed, "stale reuse, as is known of it"),
	      "%s", printed);
	/* By default schedules ask for alignment and masks, too. */
	assert_int_equal(EXPLORE(printed, "--explore=2",
				 "--allocators=broken-unaligned,broken-unmasked,broken-rounded"),
			 EXIT_CHECK);
	CHECK(strstr(printed, "which is not aligned") &&
		      strstr(printed, "which is beyond the device's mask") &&
		      strstr(printed, "of which some were taken"),
	      "%s", printed);
	/* A violation, with its seed. */
	assert_int_equal(EXPLORE(printed, "--explore=3", "--seed=41", "--allocators=broken-twice",
				 "--workloads=pair"),
			 EXIT_CHECK);
	CHECK(strstr(printed, "broken-twice handed out entry 0, which was taken") &&
		      strstr(printed, "--seed 41 "),
	      "%s", printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_seeds_differ),
		cmocka_unit_test(test_violations_end_it),
		cmocka_unit_test(test_frees_of_other_ranges),
		cmocka_unit_test(test_wrong_answers),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests_name("sim_explore", tests, set_up, NULL);
}
