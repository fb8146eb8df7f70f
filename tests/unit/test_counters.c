// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters: the arithmetic of scaling and splitting (with a source that is made up, as no PMU can be
 * told how to behave), and the kernel's own events against getrusage.
 */
#include "unit/helpers.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "counters.h"
#include "counters/calibrate.h"
#include "counters/counter_plan.h"
#include "counters/perf.h"
#include "counters/perf_page.h"

/* ---- a source that counts what it is told ---------------------------------------------------- */

static struct {
	struct counter_value value;
	int open_err, end_err;
	unsigned int opens, closes, begun;
} fake;

static int fake_open(const struct counter_spec *const *list, unsigned int count, void **set,
		     unsigned int *failed)
{
	assert_string_equal(list[0]->name, "a");
	*failed = count - 1;
	*set = &fake;
	fake.opens += !fake.open_err;
	return fake.open_err;
}

static int fake_begin(void *set)
{
	assert_ptr_equal(set, &fake);
	fake.begun++;
	return 0;
}

static int fake_end(void *set, struct counter_value *values)
{
	(void)set;
	values[0] = values[1] = fake.value;
	values[1].count *= 2;
	return fake.end_err;
}

static void fake_close(void *set)
{
	(void)set;
	fake.closes++;
}

static const char *fake_how(void *set)
{
	(void)set;
	return "made up";
}

static const struct counter_source fake_source = {
	.name = "fake",
	.open = fake_open,
	.begin = fake_begin,
	.end = fake_end,
	.close = fake_close,
	.how = fake_how,
};

static struct counter_spec software(const char *name, uint64_t config)
{
	struct counter_spec s = {
		.source = &counter_source_software,
		.scope = COUNTER_ALL,
		.type = PERF_TYPE_SOFTWARE,
		.config = config,
	};

	strcpy(s.name, name);
	return s;
}

static void test_scaling(void **state)
{
	struct counter_value v = {.count = 100, .enabled_ns = 1000, .running_ns = 250};

	(void)state;
	assert_float_equal(counter_running(&v), 0.25, 0);
	assert_float_equal(counter_scaled(&v), 400, 0);
	v.running_ns = 1000;
	assert_float_equal(counter_scaled(&v), 100, 0);
	/* The two times are read one after the other: never more than all of the time. */
	v.running_ns = 1001;
	assert_float_equal(counter_running(&v), 1, 0);
	v.running_ns = 0;
	assert_float_equal(counter_scaled(&v), 0, 0);
	v.enabled_ns = 0;
	assert_float_equal(counter_running(&v), 1, 0);
}

/* What several sources count comes back in the order of the list. */
static void test_order_of_the_list(void **state)
{
	struct counter_spec list[3] = {{.name = "a", .source = &fake_source},
				       software("task_clock", PERF_COUNT_SW_TASK_CLOCK),
				       {.name = "b", .source = &fake_source}};
	struct counters *c;
	struct error e;

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.value = (struct counter_value){21, 10, 5};
	if (counters_open(list, 3, &c, NULL, &e)) {
		print_message("skipped: %s\n", e.text);
		skip();
	}
	assert_int_equal(counters_begin(c), 0);
	assert_int_equal(counters_end(c), 0);
	assert_int_equal(counters_value(c, 0)->count, 21);
	assert_true(counters_value(c, 1)->count > 0);
	assert_int_equal(counters_value(c, 2)->count, 42);
	assert_float_equal(counter_scaled(counters_value(c, 2)), 84, 0);
	assert_string_equal(counters_how(c, 2), "made up");
	assert_string_equal(counters_how(c, 1), "read");
	fake.end_err = -ENODATA;
	assert_int_equal(counters_begin(c), 0);
	assert_int_equal(counters_end(c), -ENODATA);
	counters_close(c);
	assert_int_equal(fake.opens, 1);
	assert_int_equal(fake.closes, 1);
	assert_int_equal(fake.begun, 2);
}

static void test_open_says_which_failed(void **state)
{
	struct counter_spec list[2] = {{.name = "a", .source = &fake_source},
				       {.name = "b", .source = &fake_source}};
	unsigned int failed = 9;
	struct counters *c;
	struct error e;

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.open_err = -EINVAL;
	assert_int_equal(counters_open(list, 2, &c, &failed, &e), -EINVAL);
	assert_int_equal(failed, 1);
	assert_non_null(strstr(e.text, "counter b"));
	assert_int_equal(fake.closes, 0);
	/* Not counting costs nothing and fails nowhere. */
	assert_int_equal(counters_begin(NULL), 0);
	assert_int_equal(counters_end(NULL), 0);
	counters_close(NULL);
}

static unsigned int fits_most;

static bool fits(const struct counter_spec *list, unsigned int count)
{
	unsigned int cost = 0;

	/* One called "big" takes two places, as some events on some PMUs do. */
	for (unsigned int i = 0; i < count; i++)
		cost += strcmp(list[i].name, "big") == 0 ? 2 : 1;
	return cost <= fits_most;
}

static void test_split(void **state)
{
	struct counter_spec list[11] = {{.name = "x"}};
	unsigned int group[11];

	(void)state;
	fits_most = 4;
	assert_int_equal(counter_split(list, 11, fits, group), 3);
	for (unsigned int i = 0; i < 11; i++)
		assert_int_equal(group[i], i / 4);
	strcpy(list[1].name, "big");
	assert_int_equal(counter_split(list, 11, fits, group), 3);
	assert_int_equal(group[2], 0);
	assert_int_equal(group[3], 1);
	assert_int_equal(counter_split(list, 1, fits, group), 1);
	assert_int_equal(counter_split(list, 0, fits, group), 0);
	/* One that is alone is taken, whatever is said: it was counted alone before. */
	fits_most = 0;
	assert_int_equal(counter_split(list, 11, fits, group), 11);
}

static void test_words(void **state)
{
	struct counter_spec list[2] = {software("page_faults", PERF_COUNT_SW_PAGE_FAULTS)};
	struct counter_spec back[COUNTERS_MAX] = {0};
	static const char *const wrong[] = {
		"",
		",",
		"perf",
		"perf:0:0:0:0:0:",
		"nosuch:0:0:0:0:0:x",
		"perf:3:0:0:0:0:x",
		"perf:0:4294967296:0:0:0:x",
		"perf:0:0:-1:0:0:x",
		"perf:0:0:0:0:x",
		"perf:0:0:0:0:0:x,",
		"perf:0:0:0:0:0:x,y",
	};
	unsigned int count;
	char word[400];
	struct error e;

	(void)state;
	list[1] = (struct counter_spec){.name = "zen4::X:u",
					.source = &counter_source_perf,
					.scope = COUNTER_KERNEL,
					.type = 4,
					.config = UINT64_MAX,
					.config1 = 7,
					.config2 = 8};
	assert_int_equal(counters_to_word(list, 2, word, sizeof(word), &e), 0);
	assert_int_equal(counters_from_word(word, back, &count, &e), 0);
	assert_int_equal(count, 2);
	assert_memory_equal(back, list, sizeof(list));
	assert_int_equal(counters_to_word(list, 2, word, 30, &e), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		CHECK(counters_from_word(wrong[i], back, &count, &e) == -EINVAL, "'%s'", wrong[i]);
}

static void test_judge(void **state)
{
	char why[100];

	(void)state;
	/* A constant part, such as the calls that begin and end it, does not matter. */
	assert_true(calibration_judge(&(struct calibration_doses){{1500, 2500}, {1000, 2000}}, 0.98,
				      1.02, why, sizeof(why)));
	assert_string_equal(why, "");
	assert_false(calibration_judge(&(struct calibration_doses){{0, 0}, {1000, 2000}}, 0.98,
				       1.02, why, sizeof(why)));
	assert_string_equal(why, "always zero");
	assert_false(calibration_judge(&(struct calibration_doses){{10, 900}, {1000, 2000}}, 0.98,
				       1.02, why, sizeof(why)));
	assert_string_equal(why, "counted 890 where about 1000 were expected");
	assert_false(calibration_judge(&(struct calibration_doses){{10, 1100}, {1000, 2000}}, 0.98,
				       1.02, why, sizeof(why)));
	/* One that runs on at the same pace, or backwards, whatever is done. */
	assert_false(calibration_judge(&(struct calibration_doses){{77, 77}, {1000, 2000}}, 0.3, 3,
				       why, sizeof(why)));
	assert_false(calibration_judge(&(struct calibration_doses){{99, 77}, {1000, 2000}}, 0.3, 3,
				       why, sizeof(why)));
	assert_false(calibration_judge(&(struct calibration_doses){{5, 9}, {0, 0}}, 0.9, 1.1, why,
				       sizeof(why)));
}

/* ---- the page the kernel shares --------------------------------------------------------------- */

static struct perf_event_mmap_page page;
static uint64_t pmc_value;
static unsigned int pmc_reads, pmc_disturb;

static uint64_t read_pmc(uint32_t number)
{
	assert_int_equal(number, 2);
	/* As if the thread lost the CPU just now, and its event got another offset meanwhile. */
	if (pmc_reads++ < pmc_disturb) {
		page.lock += 2;
		page.offset += 1000;
	}
	return pmc_value;
}

static void test_page(void **state)
{
	uint64_t count = 0;

	(void)state;
	memset(&page, 0, sizeof(page));
	page.index = 3;
	page.pmc_width = 48;
	page.offset = 5000;
	assert_false(perf_page_read(&page, read_pmc, &count));
	page.cap_user_rdpmc = 1;
	pmc_value = 77;
	assert_true(perf_page_read(&page, read_pmc, &count));
	assert_int_equal(count, 5077);
	/* Counters of 48 bits that are on their way up to 0, and what lies above them is noise. */
	pmc_value = (UINT64_C(1) << 48) - 100;
	assert_true(perf_page_read(&page, read_pmc, &count));
	assert_int_equal(count, 4900);
	pmc_value |= UINT64_C(0xABCD) << 48;
	assert_true(perf_page_read(&page, read_pmc, &count));
	assert_int_equal(count, 4900);
	page.pmc_width = 64;
	pmc_value = UINT64_MAX;
	assert_true(perf_page_read(&page, read_pmc, &count));
	assert_int_equal(count, 4999);
	/* Changed while it was read: again. */
	pmc_value = 1;
	pmc_reads = 0;
	pmc_disturb = 3;
	assert_true(perf_page_read(&page, read_pmc, &count));
	assert_int_equal(count, 8001);
	assert_int_equal(pmc_reads, 4);
	/* Not on the PMU now. */
	page.index = 0;
	assert_false(perf_page_read(&page, read_pmc, &count));
}

/* ---- the kernel's own, against getrusage ------------------------------------------------------ */

static double counted(const struct counter_spec *spec, void (*work)(void), double *by_rusage,
		      double (*usage)(const struct rusage *u))
{
	struct rusage before, after;
	struct counters *c;
	struct error e;
	double count;

	if (counters_open(spec, 1, &c, NULL, &e)) {
		print_message("skipped: %s\n", e.text);
		skip();
	}
	getrusage(RUSAGE_THREAD, &before);
	assert_int_equal(counters_begin(c), 0);
	work();
	assert_int_equal(counters_end(c), 0);
	getrusage(RUSAGE_THREAD, &after);
	count = counter_scaled(counters_value(c, 0));
	counters_close(c);
	*by_rusage = usage(&after) - usage(&before);
	return count;
}

static void sleep_40_times(void)
{
	const struct timespec moment = {.tv_nsec = 20000};

	for (int i = 0; i < 40; i++)
		nanosleep(&moment, NULL);
}

static void touch_100_pages(void)
{
	size_t size = 100 * (size_t)sysconf(_SC_PAGESIZE);
	volatile char *p =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	madvise((void *)(uintptr_t)p, size, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < size; i += (size_t)sysconf(_SC_PAGESIZE))
		p[i] = 1;
	munmap((void *)(uintptr_t)p, size);
}

static void burn_100_ms(void)
{
	uint64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin < 100000000)
		;
}

static double switches(const struct rusage *u)
{
	return (double)(u->ru_nvcsw + u->ru_nivcsw);
}

static double faults(const struct rusage *u)
{
	return (double)(u->ru_minflt + u->ru_majflt);
}

static double cpu_ns(const struct rusage *u)
{
	return 1e9 * (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       1e3 * (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec);
}

/* @least at least, and what getrusage says but for @apart; a busy host may spoil a few attempts. */
static void must_agree(const char *name, uint64_t config, void (*work)(void),
		       double (*usage)(const struct rusage *u), double least, double apart)
{
	struct counter_spec s = software(name, config);
	double count = 0, by_rusage = 0;

	for (int i = 0; i < 10; i++) {
		count = counted(&s, work, &by_rusage, usage);
		if (count >= least && fabs(count - by_rusage) <= apart)
			return;
	}
	CHECK(false, "%s: %g, getrusage %g", name, count, by_rusage);
}

static void test_software_agrees_with_getrusage(void **state)
{
	(void)state;
	must_agree("context_switches", PERF_COUNT_SW_CONTEXT_SWITCHES, sleep_40_times, switches, 40,
		   1);
	must_agree("page_faults", PERF_COUNT_SW_PAGE_FAULTS, touch_100_pages, faults, 100, 5);
	/* Not to the ns: getrusage is asked a little later, and the clocks' rates differ. */
	must_agree("task_clock", PERF_COUNT_SW_TASK_CLOCK, burn_100_ms, cpu_ns, 95e6, 2e6);
}

/* Counts stop at the end and begin at 0 again. */
static void test_intervals_are_apart(void **state)
{
	struct counter_spec s = software("page_faults", PERF_COUNT_SW_PAGE_FAULTS);
	struct counters *c;
	struct error e;

	(void)state;
	if (counters_open(&s, 1, &c, NULL, &e)) {
		print_message("skipped: %s\n", e.text);
		skip();
	}
	for (int i = 0; i < 3; i++) {
		touch_100_pages();
		assert_int_equal(counters_begin(c), 0);
		touch_100_pages();
		assert_int_equal(counters_end(c), 0);
		touch_100_pages();
		/* Sanitizers have pages of their own for each. */
		CHECK(counters_value(c, 0)->count >= 100 &&
			      counters_value(c, 0)->count < (SANITIZED ? 600 : 150),
		      "%llu", (unsigned long long)counters_value(c, 0)->count);
		assert_true(counters_value(c, 0)->enabled_ns > 0);
		assert_float_equal(counter_running(counters_value(c, 0)), 1, 0.001);
	}
	counters_close(c);
}

/* A counter of the host is either calibrated or absent with a reason; never neither. */
static void test_plan_of_this_host(void **state)
{
	struct counter_request request = {.choice = COUNTERS_AUTO};
	struct counter_plan p;
	struct topology t;
	struct error e;

	(void)state;
	assert_int_equal(topology_open(&t, &e), 0);
	assert_int_equal(topology_pin(&t, 0, &e), 0);
	CHECK(counter_plan_make(&request, &t, &p, &e) == 0, "%s", e.text);
	assert_int_equal(p.count, 14);
	for (unsigned int i = 0; i < p.count; i++) {
		const struct counter_entry *entry = &p.entry[i];

		CHECK(entry->present == !entry->reason[0], "%s", entry->spec.name);
		CHECK(entry->present == entry->calibration.good, "%s", entry->spec.name);
		if (!entry->present)
			continue;
		CHECK(entry->calibration.counted > 0, "%s", entry->spec.name);
		CHECK(entry->calibration.edge_ns > 0, "%s", entry->spec.name);
		CHECK(entry->group < p.groups, "%s", entry->spec.name);
	}
	/* The reason differs: qemu-user has not even the system call. */
	if (!perf_has_pmu())
		assert_false(p.entry[0].present);
	counter_plan_free(&p);
	request.events = "cycles,NOSUCH";
	assert_int_equal(counter_plan_make(&request, &t, &p, &e), -EINVAL);
	assert_non_null(strstr(e.text, "NOSUCH"));
	counter_plan_free(&p);
	topology_close(&t);
}

static void test_reasons(void **state)
{
	struct counter_spec s = software("context_switches", PERF_COUNT_SW_CONTEXT_SWITCHES);
	char text[300];

	(void)state;
	perf_reason(&s, -EACCES, text, sizeof(text));
	assert_non_null(strstr(text, "not permitted"));
	assert_non_null(strstr(text, "kernel.perf_event_paranoid"));
	perf_reason(&s, -ENOSYS, text, sizeof(text));
	assert_string_equal(text, "no perf events in this kernel");
	perf_reason(&s, -EINVAL, text, sizeof(text));
	assert_string_equal(text, "not supported by this PMU");
	perf_reason(&s, -EMFILE, text, sizeof(text));
	assert_string_equal(text, strerror(EMFILE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scaling),
		cmocka_unit_test(test_order_of_the_list),
		cmocka_unit_test(test_open_says_which_failed),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_software_agrees_with_getrusage),
		cmocka_unit_test(test_intervals_are_apart),
		cmocka_unit_test(test_plan_of_this_host),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
