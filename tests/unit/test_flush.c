// SPDX-License-Identifier: GPL-2.0-or-later
/* Flush models and the device that spends their time: clocks, delays, queueing. */
#include "unit/helpers.h"

#include <errno.h>
#include <pthread.h>

#include "clock.h"
#include "flush.h"
#include "host/delay.h"

static void test_models(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
		const char *name; /* NULL: the text itself */
	} good[] = {
		{"none", 0, NULL},
		{"spin:0", 0, NULL},
		{"spin:10000000", 10000000, NULL},
		{"spin:0x10", 16, "spin:16"},
		{"spin:007", 7, "spin:7"},
		{"mmio:16,0150,0x10", 2416, "mmio:16,150,16"},
		{"mmio:16,150,600", 3000, NULL},
		{"mmio:0,0,0", 0, NULL},
		{"mmio:1,9999999,1", 10000000, NULL},
		{"mmio:10000000,0,5", 5, NULL},
		{"hcall:0", 0, NULL},
		{"hcall:0400", 400, "hcall:400"},
		{"psycho", 3000, NULL},
		{"schizo", 150, NULL},
		{"vt-d", 800, NULL},
	};
	static const char *const bad[] = {
		"",
		"non",
		"none ",
		"None",
		"spin",
		"spin:",
		"spin:-1",
		"spin:x",
		"spin:5x",
		"spin:1.5",
		"spin:10000001",
		"spin:99999999999999999999",
		"mmio:",
		"mmio:1",
		"mmio:1,2",
		"mmio:1,2,",
		"mmio:1,2,3,",
		"mmio:1,2,3x",
		"mmio:,2,3",
		"mmio:1,10000000,1",
		"mmio:10000000,10000000,0",
		"mmio:10000001,0,0",
		"hcall",
		"hcall:",
		"hcall:x",
		"hcall:10000001",
		"hcall:5,5",
		"psych",
		"psycho,",
		"spin:5,mmio:1,2,3",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"spin:00000000000000000000000000000000000000000000000000000000000000000000000001",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct flush_model m;
		struct error e;

		CHECK(flush_model_parse(good[i].text, &m, &e) == 0, "%s: %s", good[i].text, e.text);
		assert_string_equal(m.name, good[i].name ? good[i].name : good[i].text);
		assert_int_equal(flush_model_ns(&m), good[i].ns);
		assert_int_equal(m.none, i == 0);
		assert_int_equal(m.hcall, strncmp(good[i].text, "hcall:", 6) == 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct flush_model m;
		struct error e = {""};

		CHECK(flush_model_parse(bad[i], &m, &e) == -EINVAL, "'%s'", bad[i]);
		CHECK(e.text[0] && !strchr(e.text, '\n'), "'%s': '%s'", bad[i], e.text);
	}
}

static double ticks_per_ns(void)
{
	static struct clock_calibration c;

	if (c.ticks_per_ns == 0)
		clock_calibrate(&c);
	return c.ticks_per_ns;
}

static void test_clock(void **state)
{
	struct clock_calibration c;
	uint64_t ns, ticks;

	(void)state;
	assert_true(strlen(clock_source()) > 1);
	clock_calibrate(&c);
	assert_true(c.ticks_per_ns > 1e-4 && c.ticks_per_ns < 100);
	assert_true(c.step_ns >= 0 && c.step_ns < 1e6);
	assert_true(c.read_ns > 0 && c.read_ns < 1e5);
	ticks = clock_ticks();
	ns = clock_raw_ns();
	while (clock_raw_ns() - ns < 20000000)
		;
	ns = clock_raw_ns() - ns;
	ticks = clock_ticks() - ticks;
	/* 20 ms by one clock are 20 ms by the other, as far as a busy host lets one see. */
	assert_true((double)ticks / c.ticks_per_ns > 0.8 * (double)ns);
	assert_true((double)ticks / c.ticks_per_ns < 5 * (double)ns);
}

static struct flush_device device_of(const char *text)
{
	struct flush_model m;
	struct flush_device d;
	struct error e;

	assert_int_equal(flush_model_parse(text, &m, &e), 0);
	flush_device_init(&d, &m, 0, ticks_per_ns());
	return d;
}

static void test_takes_its_time(void **state)
{
	struct flush_device d = device_of("mmio:10,15000,50000");
	uint64_t start = clock_raw_ns(), spent;
	double rate;

	(void)state;
	for (int i = 0; i < 20; i++)
		flush_device_flush(&d);
	spent = clock_raw_ns() - start;
	/* Never shorter, but for what the calibration of the ticks is off. */
	assert_true((double)spent > 0.98 * 20 * 200000);
	assert_int_equal(d.count, 20);
	rate = flush_device_rate(&d, ticks_per_ns());
	assert_true((double)d.spent / rate > 0.98 * 20 * 200000);
	assert_true((double)d.spent / rate < 1.02 * (double)spent);
}

static void test_counts_only(void **state)
{
	struct flush_device d = device_of("spin:0");

	(void)state;
	for (int i = 0; i < 1000; i++)
		flush_device_flush(&d);
	assert_int_equal(d.count, 1000);
	assert_int_equal(d.spent, 0);
}

#define THREADS    3
#define EACH       20
#define FLUSH_NS   100000
#define FLUSH_TEXT "spin:100000"

static void *flush_some(void *device)
{
	for (int i = 0; i < EACH; i++)
		flush_device_flush(device);
	return NULL;
}

/* One device: as long as all flushes one after the other, however many ask at once. */
static void test_queues_up(void **state)
{
	struct flush_device d = device_of(FLUSH_TEXT);
	pthread_t threads[THREADS];
	uint64_t start = clock_raw_ns(), spent;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, flush_some, &d), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	spent = clock_raw_ns() - start;
	assert_int_equal(d.count, THREADS * EACH);
	assert_true((double)spent > 0.98 * THREADS * EACH * FLUSH_NS);
	/* Who waited in the queue spent that too: more than without one. */
	assert_true((double)d.spent / flush_device_rate(&d, ticks_per_ns()) >
		    0.98 * THREADS * EACH * FLUSH_NS);
}

/* While the device is at work for another CPU a flush waits for its turn, to the tick. */
static void test_waits_for_its_turn(void **state)
{
	struct flush_device d = device_of(FLUSH_TEXT);
	const double rate = flush_device_rate(&d, ticks_per_ns());
	const uint64_t start = clock_raw_ns();
	uint64_t turn;

	(void)state;
	turn = (d.use_ticks ? clock_ticks() : start) + (uint64_t)(20 * FLUSH_NS * rate);
	atomic_store(&d.busy_until, turn);
	flush_device_flush(&d);
	assert_true(atomic_load(&d.busy_until) == turn + d.cost);
	assert_true((double)(clock_raw_ns() - start) > 0.98 * 21 * FLUSH_NS);
}

/* A hypercall waits for nobody, and nobody for it: it is the time of the CPU that calls. */
static void test_hypercalls_do_not_queue_up(void **state)
{
	struct flush_device d = device_of("hcall:100000");
	const double rate = flush_device_rate(&d, ticks_per_ns());
	uint64_t turn;

	(void)state;
	turn = (d.use_ticks ? clock_ticks() : clock_raw_ns()) + (uint64_t)(1e9 * rate);
	atomic_store(&d.busy_until, turn);
	flush_device_flush(&d);
	assert_true(atomic_load(&d.busy_until) == turn);
	assert_int_equal(d.count, 1);
	assert_true((double)d.spent > 0.98 * FLUSH_NS * rate);
	assert_true((double)d.spent < 0.9e9 * rate);
}

/* Who is given a flush function. */
static void test_given(void **state)
{
	const struct iommu_allocator *path = iommu_allocator_find("dma4v-4.1");
	const struct iommu_allocator *bare = iommu_allocator_find("pooled");
	struct flush_model m;
	struct error e;

	(void)state;
	assert_int_equal(flush_model_parse("none", &m, &e), 0);
	assert_true(!flush_model_given(&m, path) && !flush_model_given(&m, bare));
	assert_int_equal(flush_model_parse("hcall:5", &m, &e), 0);
	assert_true(flush_model_given(&m, path) && !flush_model_given(&m, bare));
	assert_int_equal(flush_model_parse("spin:5", &m, &e), 0);
	assert_true(flush_model_given(&m, path) && flush_model_given(&m, bare));
	assert_true(flush_device_function(&m, bare) == flush_device_flush);
}

/* What has passed since the last flush is not saved up for the next. */
static void test_idle_time_is_lost(void **state)
{
	struct flush_device d = device_of(FLUSH_TEXT);
	uint64_t start;

	(void)state;
	flush_device_flush(&d);
	start = clock_raw_ns();
	while (clock_raw_ns() - start < 5 * FLUSH_NS)
		;
	start = clock_raw_ns();
	flush_device_flush(&d);
	assert_true((double)(clock_raw_ns() - start) > 0.98 * FLUSH_NS);
}

static void test_bias(void **state)
{
	struct flush_device d;
	struct flush_model m;
	struct error e;

	(void)state;
	/* The bias shortens a caller's wait, never the time the device is busy. */
	assert_int_equal(flush_model_parse("spin:1000", &m, &e), 0);
	flush_device_init(&d, &m, 100, 2);
	assert_int_equal(d.cost, d.use_ticks ? 2000 : 1000);
	assert_int_equal(d.early, d.use_ticks ? 200 : 100);
	flush_device_init(&d, &m, -5, 2);
	assert_int_equal(d.early, 0);
	flush_device_spend(&d, false);
	assert_int_equal(d.cost, 0);
	flush_device_spend(&d, true);
	assert_int_equal(d.cost, d.model_cost);
	/* Flushes back to back are as far apart as the device takes for each. */
	flush_device_init(&d, &m, 900, ticks_per_ns());
	flush_device_flush(&d);
	flush_device_flush(&d);
	assert_true(atomic_load(&d.spent) >= d.cost - d.early);
	assert_int_equal(atomic_load(&d.count), 2);
}

/* An interruption spoils a calibration: of a few one is not interrupted. */
#define TRIES 10

static bool is_about(double ns, double expected)
{
	return ns > 0.9 * expected && ns < 1.5 * expected;
}

static void test_calibrate(void **state)
{
	struct flush_model m;
	struct flush_cost cost;
	struct error e;
	bool good = false;

	(void)state;
	assert_int_equal(flush_model_parse("spin:20000", &m, &e), 0);
	for (int i = 0; i < TRIES && !good; i++) {
		flush_calibrate(&m, ticks_per_ns(), &cost);
		assert_true(cost.requested_ns == 20000);
		good = cost.bias_ns > -2000 && cost.bias_ns < 5000 &&
		       is_about(cost.achieved_ns, 20000);
	}
	assert_true(good);
	assert_int_equal(flush_model_parse("spin:0", &m, &e), 0);
	flush_calibrate(&m, ticks_per_ns(), &cost);
	assert_true(cost.requested_ns == 0 && cost.bias_ns == 0 && cost.achieved_ns > 0);
}

static void test_delay(void **state)
{
	struct delay d = delay_make(200000, 0, ticks_per_ns());
	uint64_t start = clock_raw_ns();
	double bias, achieved;
	bool good = false;

	(void)state;
	for (int i = 0; i < 10; i++)
		delay_spend(&d);
	assert_true((double)(clock_raw_ns() - start) > 0.98 * 10 * 200000);
	assert_int_equal(delay_make(100, 30, 2).ticks, 140);
	assert_int_equal(delay_make(100, 200, 2).ticks, 0);
	delay_calibrate(0, ticks_per_ns(), &bias, &achieved);
	assert_true(bias == 0 && achieved == 0);
	for (int i = 0; i < TRIES && !good; i++) {
		delay_calibrate(20000, ticks_per_ns(), &bias, &achieved);
		good = is_about(achieved, 20000);
	}
	assert_true(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_takes_its_time),
		cmocka_unit_test(test_counts_only),
		cmocka_unit_test(test_queues_up),
		cmocka_unit_test(test_waits_for_its_turn),
		cmocka_unit_test(test_hypercalls_do_not_queue_up),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_idle_time_is_lost),
		cmocka_unit_test(test_bias),
		cmocka_unit_test(test_calibrate),
		cmocka_unit_test(test_delay),
	};

	return cmocka_run_group_tests_name("flush", tests, NULL, NULL);
}
