// SPDX-License-Identifier: GPL-2.0-or-later
/* What each workload does, stepped by hand on an allocator that writes down what it is asked for. */
#include "unit/helpers.h"

#include <malloc.h>

#include "workload.h"

/* ---- an allocator that keeps a log ---- */

#define ENTRIES  4096
#define LOG_MAX  20000
#define CPUS_MAX 4

struct event {
	bool is_free;
	unsigned int cpu; /* of an alloc */
	unsigned long entry, n;
	unsigned int align_order;
	bool has_handle;
	unsigned long handle;
};

static struct {
	struct event event[LOG_MAX];
	size_t count;
	unsigned int owner[ENTRIES]; /* 1 + the CPU that mapped it; 0: free */
	unsigned long size[ENTRIES]; /* of the range that begins here */
	unsigned long live, limit;   /* fails beyond the limit */
	unsigned long cursor;
	const struct iommu_device *device; /* of all requests */
} log_;

/* Page number of entry 0: not a multiple of any segment boundary. */
#define BASE 1000003

static void log_event(struct event e)
{
	assert_true(log_.count < LOG_MAX);
	log_.event[log_.count++] = e;
}

/* As area_alloc() has it, but for alignment, which it does without. */
static bool fits(unsigned long at, unsigned long n)
{
	unsigned long clear = 0;

	while (clear < n && at + clear < ENTRIES && !log_.owner[at + clear])
		clear++;
	return clear == n &&
	       ((BASE + at) & (log_.device->boundary - 1)) + n <= log_.device->boundary;
}

static unsigned long log_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
			       unsigned int align_order, unsigned long *handle,
			       const struct iommu_device *device)
{
	struct event e = {.cpu = cpu,
			  .entry = IOMMU_FAIL,
			  .n = n,
			  .align_order = align_order,
			  .has_handle = handle,
			  .handle = handle ? *handle : 0};

	(void)map;
	assert_ptr_equal(device, log_.device);
	assert_in_range(n, 1, 16);
	for (unsigned long tried = 0; tried < ENTRIES && log_.live + n <= log_.limit; tried++) {
		unsigned long at = (log_.cursor + tried) % ENTRIES;

		if (!fits(at, n))
			continue;
		for (unsigned long i = at; i < at + n; i++)
			log_.owner[i] = cpu + 1;
		log_.size[at] = n;
		log_.live += n;
		log_.cursor = at + n;
		e.entry = at;
		if (handle)
			*handle = at + n;
		break;
	}
	log_event(e);
	return e.entry;
}

static void log_free(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n)
{
	(void)map, (void)cpu;
	CHECK(entry < ENTRIES && n && log_.owner[entry] && log_.size[entry] == n,
	      "free of entry %lu, n=%lu", entry, n);
	log_event((struct event){
		.is_free = true, .entry = entry, .n = n, .cpu = log_.owner[entry] - 1});
	for (unsigned long i = entry; i < entry + n; i++)
		log_.owner[i] = 0;
	log_.size[entry] = 0;
	log_.live -= n;
}

/* A free of several neighbours, as one event: whole allocations of one CPU. */
static void log_free_any(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			 unsigned long n)
{
	unsigned long end = entry;

	(void)map, (void)cpu;
	while (end < entry + n) {
		CHECK(end < ENTRIES && log_.size[end] && log_.owner[end] == log_.owner[entry],
		      "free of entry %lu, n=%lu: not at %lu", entry, n, end);
		end += log_.size[end];
	}
	assert_int_equal(end, entry + n);
	log_.size[entry] = n;
	log_free(map, cpu, entry, n);
	memset(log_.size + entry, 0, n * sizeof(*log_.size));
}

static const struct iommu_allocator log_allocator = {
	.name = "log",
	.alloc = log_alloc,
	.free = log_free,
};

static const struct iommu_allocator merging_allocator = {
	.name = "merging log",
	.frees_any_range = true,
	.alloc = log_alloc,
	.free = log_free_any,
};

/* ---- workers stepped by hand ---- */

static struct {
	struct iommu_map map;
	struct worker worker[CPUS_MAX];
	struct worker *peers[CPUS_MAX];
	unsigned int ncpus;
	const struct workload *workload;
	unsigned long thoughts;
} hand;

static void count_thought(const void *arg)
{
	assert_ptr_equal(arg, &hand);
	hand.thoughts++;
}

static void hand_begin_on(const struct iommu_allocator *allocator,
			  const struct iommu_device *device, const char *workload,
			  unsigned int ncpus, unsigned long share)
{
	memset(&log_, 0, sizeof(log_));
	memset(&hand, 0, sizeof(hand));
	log_.limit = ENTRIES;
	log_.device = device;
	hand.map.entries = ENTRIES;
	hand.ncpus = ncpus;
	hand.workload = workload_find(workload);
	assert_non_null(hand.workload);
	for (unsigned int i = 0; i < ncpus; i++) {
		struct worker *w = &hand.worker[i];

		w->allocator = allocator;
		w->map = &hand.map;
		w->device = device;
		w->base = BASE;
		w->think = count_thought;
		w->think_arg = &hand;
		w->cpu = i;
		w->ncpus = ncpus;
		w->share = share;
		w->peers = hand.peers;
		w->own.size = w->own_large.size = ENTRIES;
		w->total.rng = i + 1;
		hand.peers[i] = w;
		/* To the byte, so that what is beyond is seen where addresses are checked. */
		w->state = memalign(IOMMU_CACHE_LINE, hand.workload->state_size(w) + 1);
		memset(w->state, 0, hand.workload->state_size(w) + 1);
	}
	for (unsigned int i = 0; i < ncpus; i++) {
		if (hand.workload->init)
			hand.workload->init(&hand.worker[i]);
	}
}

static void hand_begin(const char *workload, unsigned int ncpus, unsigned long share)
{
	hand_begin_on(&log_allocator, &iommu_any_device, workload, ncpus, share);
}

static void hand_fill(void)
{
	for (unsigned int i = 0; i < hand.ncpus; i++) {
		if (hand.workload->fill)
			hand.workload->fill(&hand.worker[i]);
	}
}

static void hand_step(void)
{
	for (unsigned int i = 0; i < hand.ncpus; i++)
		hand.workload->step(&hand.worker[i]);
}

/* Drains, and what was counted is what was logged. */
static void hand_end(void)
{
	uint64_t pairs = 0, failures = 0, freed = 0, failed = 0;

	for (unsigned int i = 0; i < hand.ncpus; i++)
		hand.workload->drain(&hand.worker[i]);
	assert_int_equal(log_.live, 0);
	for (unsigned int i = 0; i < hand.ncpus; i++) {
		pairs += hand.worker[i].total.pairs;
		failures += hand.worker[i].total.failures;
		free(hand.worker[i].state);
	}
	for (size_t i = 0; i < log_.count; i++) {
		freed += log_.event[i].is_free;
		failed += !log_.event[i].is_free && log_.event[i].entry == IOMMU_FAIL;
	}
	/* The log may have been cut short; it is only ever cut at the front. */
	assert_true(pairs >= freed && failures >= failed);
}

/* Forgets the events so far: they are looked at. */
static void log_restart(void)
{
	log_.count = 0;
}

static void test_ring_is_fifo(void **state)
{
	static const unsigned long shares[] = {0, 1, 2, 7, 64, 500};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shares); s++) {
		const unsigned long depth = shares[s] ? shares[s] : 1;
		unsigned long fifo[LOG_MAX], head = 0, tail = 0;

		hand_begin("ring", 1, shares[s]);
		hand_fill();
		assert_int_equal(log_.live, depth);
		for (int i = 0; i < 10; i++)
			hand_step();
		assert_int_equal(log_.live, depth);
		for (size_t i = 0; i < log_.count; i++) {
			const struct event *e = &log_.event[i];

			assert_int_equal(e->n, 1);
			assert_false(e->has_handle);
			if (e->is_free)
				assert_int_equal(e->entry, fifo[tail++]);
			else
				fifo[head++] = e->entry;
			assert_in_range(head - tail, i < depth ? 0 : depth - 1, depth);
		}
		assert_true(tail >= 10 * WORKLOAD_STEP);
		hand_end();
	}
}

static void test_pair_frees_at_once(void **state)
{
	(void)state;
	hand_begin("pair", 1, 100);
	hand_fill();
	assert_int_equal(log_.live, 100);
	log_restart();
	hand_step();
	for (size_t i = 0; i < log_.count; i += 2) {
		assert_false(log_.event[i].is_free);
		assert_true(log_.event[i + 1].is_free);
		assert_int_equal(log_.event[i].entry, log_.event[i + 1].entry);
	}
	assert_int_equal(log_.count, 2 * WORKLOAD_STEP);
	assert_int_equal(log_.live, 100);
	assert_int_equal(hand.worker[0].total.pairs, WORKLOAD_STEP);
	hand_end();
}

static void test_churn_keeps_its_share(void **state)
{
	static const unsigned long shares[] = {0, 1, 2, 50, 1000};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shares); s++) {
		const unsigned long depth = shares[s] ? shares[s] : 1;

		hand_begin("churn", 1, shares[s]);
		hand_fill();
		for (int i = 0; i < 5; i++) {
			assert_int_equal(log_.live, depth);
			hand_step();
		}
		assert_int_equal(log_.live, depth);
		hand_end();
	}
}

/* How long an entry lived, in maps: exponential with the share as its mean. */
static void test_churn_lifetimes(void **state)
{
	static size_t mapped_at[ENTRIES];
	size_t maps = 0, frees = 0, young = 0, old = 0;

	(void)state;
	hand_begin("churn", 1, 50);
	hand_fill();
	for (int i = 0; i < 20; i++)
		hand_step();
	for (size_t i = 0; i < log_.count; i++) {
		const struct event *e = &log_.event[i];

		if (!e->is_free) {
			mapped_at[e->entry] = maps++;
			continue;
		}
		frees++;
		young += maps - mapped_at[e->entry] < 50 / 2;
		old += maps - mapped_at[e->entry] > 50 * 2;
	}
	/* 39 % and 13 %. */
	assert_in_range(100 * young / frees, 30, 48);
	assert_in_range(100 * old / frees, 8, 19);
	hand_end();
}

/* Where others leave no room the share is made up for later, never exceeded. */
static void test_makes_up_for_failures(void **state)
{
	static const char *const names[] = {"ring", "churn"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		hand_begin(names[i], 1, 200);
		log_.limit = 60;
		hand_fill();
		assert_int_equal(log_.live, 60);
		hand_step();
		assert_int_equal(log_.live, 60);
		log_.limit = 20; /* somebody else took them: each alloc fails now */
		hand_step();
		assert_true(hand.worker[0].total.failures > 0);
		log_.limit = 0;
		for (int j = 0; j < 5; j++)
			hand_step();
		assert_int_equal(log_.live, 0);
		log_.limit = ENTRIES;
		for (int j = 0; j < 10; j++)
			hand_step();
		assert_int_equal(log_.live, 200);
		log_restart();
		hand_end();
	}
}

/* Chains: the handle goes in as 0 first and then as the end of the segment before. */
static void check_chains(unsigned long *chains, unsigned long *pages, unsigned long *segments)
{
	unsigned long handle = 0, length = 0, fifo[LOG_MAX], head = 0, tail = 0;
	unsigned int sizes = 0;

	for (size_t i = 0; i < log_.count; i++) {
		const struct event *e = &log_.event[i];

		if (e->is_free) {
			/* In the order of mapping. */
			assert_int_equal(e->entry, fifo[tail++]);
			handle = 0;
			continue;
		}
		fifo[head++] = e->entry;
		assert_true(e->has_handle);
		if (!e->handle) {
			++*chains;
			length = 0;
		} else {
			assert_int_equal(e->handle, handle);
		}
		handle = e->entry + e->n;
		assert_in_range(++length, 1, 8);
		*pages += e->n;
		++*segments;
		sizes |= 1U << e->n;
	}
	/* 1, 2, 4, 8 and 16 were all there, and nothing else. */
	assert_int_equal(sizes, 1U << 1 | 1U << 2 | 1U << 4 | 1U << 8 | 1U << 16);
}

static void test_sg_chains(void **state)
{
	unsigned long chains = 0, pages = 0, segments = 0;

	(void)state;
	hand_begin("sg", 1, 500);
	hand_fill();
	assert_true(log_.live >= 500);
	for (int i = 0; i < 40; i++)
		hand_step();
	check_chains(&chains, &pages, &segments);
	/* Means of 4.5 segments a chain and 3 pages a segment. */
	assert_in_range(segments * 10 / chains, 40, 50);
	assert_in_range(pages * 10 / segments, 27, 33);
	log_restart();
	hand_end();
}

/* In the long run too: as much as the share, and one chain more at most. */
static void test_sg_keeps_its_share(void **state)
{
	static const unsigned long shares[] = {0, 1, 2, 8, 20, 100, 400, 1000};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shares); s++) {
		unsigned long most = 0, sum = 0;
		const int steps = SANITIZED ? 300 : 3000;

		hand_begin("sg", 1, shares[s]);
		hand_fill();
		for (int i = 0; i < steps; i++) {
			hand_step();
			sum += log_.live;
			most = log_.live > most ? log_.live : most;
			log_restart();
		}
		CHECK(most < (shares[s] ? shares[s] : 1) + 8 * 16, "share %lu: %lu", shares[s],
		      most);
		/* A chain is 13.5 pages in the mean, and the last one is begun below the share. */
		CHECK(sum / (unsigned long)steps <= shares[s] + 30, "share %lu: mean %lu",
		      shares[s], sum / (unsigned long)steps);
		CHECK(sum / (unsigned long)steps + 30 >= shares[s], "share %lu: mean %lu",
		      shares[s], sum / (unsigned long)steps);
		hand_end();
	}
}

/* What lies side by side in a chain and in a segment of the device is freed at once, and nothing else. */
static void test_sg_merges(void **state)
{
	const struct iommu_device device = any_device_with(32);
	unsigned long allocs = 0, frees = 0, merged = 0, at_boundary = 0;
	static size_t chain[ENTRIES]; /* by entry: which chain it is of */
	static bool first[ENTRIES];   /* does a chain begin here? */
	size_t chains = 0;

	(void)state;
	hand_begin_on(&merging_allocator, &device, "sg", 1, 500);
	hand_fill();
	for (int i = 0; i < 30; i++)
		hand_step();
	for (size_t i = 0; i < log_.count; i++) {
		const struct event *e = &log_.event[i], *next = e + 1;
		const uint64_t end = BASE + e->entry + e->n;

		if (!e->is_free) {
			chains += e->handle == 0;
			first[e->entry] = e->handle == 0;
			for (unsigned long j = e->entry; j < e->entry + e->n; j++)
				chain[j] = chains;
			allocs++;
			continue;
		}
		frees++;
		CHECK(((BASE + e->entry) & 31) + e->n <= 32, "entry %lu, n=%lu", e->entry, e->n);
		for (unsigned long j = e->entry; j < e->entry + e->n; j++)
			assert_int_equal(chain[j], chain[e->entry]);
		merged += e->n > 16 || (e->n & (e->n - 1));
		/* The next of its chain would have been merged, unless the boundary is between. */
		if (i + 1 < log_.count && next->is_free && next->entry == e->entry + e->n &&
		    !first[next->entry] && chain[next->entry] == chain[e->entry]) {
			CHECK((end & ~31ULL) != ((end - e->n) & ~31ULL) ||
				      (end & 31) + next->n > 32,
			      "entries %lu and %lu could be one", e->entry, next->entry);
			at_boundary++;
		}
	}
	assert_true(merged > 100 && at_boundary > 20);
	assert_true(frees < allocs / 2);
	/* A pair for each segment that was asked for. */
	assert_true(hand.worker[0].total.pairs > 30 * WORKLOAD_STEP);
	log_restart();
	hand_end();
	assert_int_equal(hand.worker[0].total.pairs, allocs);
}

static void test_sg_with_failures(void **state)
{
	(void)state;
	for (unsigned long limit = 0; limit < 60; limit++) {
		hand_begin("sg", 1, 100);
		log_.limit = limit;
		hand_fill();
		for (int i = 0; i < 20; i++) {
			hand_step();
			assert_true(log_.live <= limit);
			log_restart();
		}
		assert_true(hand.worker[0].total.failures > 0);
		hand_end();
	}
}

/* CPU i frees what CPU i - 1 mapped. */
static void test_remote_frees_the_neighbours(void **state)
{
	static const unsigned long shares[] = {0, 1, 3, 64, 200};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shares); s++) {
		const unsigned long depth = shares[s] ? shares[s] : 1;

		for (unsigned int ncpus = 2; ncpus <= CPUS_MAX; ncpus++) {
			hand_begin("remote", ncpus, shares[s]);
			hand_fill();
			assert_int_equal(log_.live, ncpus * depth);
			for (int round = 0; round < 5; round++) {
				for (unsigned int i = 0; i < ncpus; i++) {
					log_restart();
					hand.workload->step(&hand.worker[i]);
					for (size_t j = 0; j < log_.count; j++)
						assert_int_equal(log_.event[j].cpu,
								 log_.event[j].is_free ?
									 (i + ncpus - 1) % ncpus :
									 i);
					assert_true(log_.count > 0 || s < 2);
				}
				assert_in_range(log_.live, 1, ncpus * depth);
			}
			log_restart();
			hand_end();
		}
	}
}

static void test_full_reaches_failure(void **state)
{
	unsigned long longest_free = 0, frees = 0;
	bool failed = false;

	(void)state;
	hand_begin("full", 1, 0);
	log_.limit = 1600;
	hand_fill();
	assert_int_equal(log_.live, 1600);
	assert_int_equal(hand.worker[0].total.failures, 1);
	log_restart();
	for (int i = 0; i < 40; i++)
		hand_step();
	/* Only after a failure is anything freed, and then a sixteenth. */
	for (size_t i = 0; i < log_.count; i++) {
		const struct event *e = &log_.event[i];

		if (e->is_free) {
			assert_true(failed || frees > 0);
			failed = false;
			longest_free = ++frees > longest_free ? frees : longest_free;
		} else {
			frees = 0;
			failed = e->entry == IOMMU_FAIL;
		}
	}
	assert_in_range(longest_free, 1600 / 16, 1600 / 16 + 1);
	assert_true(hand.worker[0].total.failures > 5);
	assert_in_range(log_.live, 1600 - 101, 1600);
	log_restart();
	hand_end();
}

/* Alone on the map it stops at its equal part. */
/* Aligned buffers, as many as the share holds. */
static void test_coherent(void **state)
{
	static const unsigned long shares[] = {0, 1, 20, 500};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shares); s++) {
		const unsigned long share = shares[s] ? shares[s] : 1;
		unsigned int sizes = 0;

		hand_begin("coherent", 1, shares[s]);
		hand_fill();
		for (int i = 0; i < 10; i++) {
			hand_step();
			assert_in_range(log_.live, share, share + 15);
		}
		for (size_t i = 0; i < log_.count; i++) {
			if (log_.event[i].is_free)
				continue;
			assert_int_equal(log_.event[i].n, 1U << log_.event[i].align_order);
			assert_false(log_.event[i].has_handle);
			sizes |= 1U << log_.event[i].align_order;
		}
		assert_int_equal(sizes, 31);
		/* The very first may find nothing to free. */
		assert_true(hand.worker[0].total.pairs >= 10 * WORKLOAD_STEP - 1);
		hand_end();
	}
}

/* The steps of a workload, and how often it thinks meanwhile. */
static void check_thoughts(const struct workload *workload, const struct iommu_allocator *allocator,
			   unsigned long limit)
{
	const unsigned int ncpus = workload->min_cpus;
	uint64_t before = 0, after = 0;

	hand_begin_on(allocator, &iommu_any_device, workload->name, ncpus, 200);
	log_.limit = limit;
	hand_fill();
	CHECK(hand.thoughts == 0, "%s thinks while it fills", workload->name);
	for (unsigned int i = 0; i < ncpus; i++)
		before += hand.worker[i].total.pairs;
	for (int i = 0; i < 20; i++) {
		hand_step();
		log_restart();
	}
	for (unsigned int i = 0; i < ncpus; i++)
		after += hand.worker[i].total.pairs;
	CHECK(after - before >= 5 * WORKLOAD_STEP, "%s: %llu pairs", workload->name,
	      (unsigned long long)(after - before));
	CHECK(hand.thoughts == after - before, "%s: %lu thoughts, %llu pairs", workload->name,
	      hand.thoughts, (unsigned long long)(after - before));
	hand_end();
	CHECK(hand.thoughts == after - before, "%s thinks while it drains", workload->name);
}

/* Once a pair, however many fail. */
static void test_think_once_a_pair(void **state)
{
	const struct workload *const *all;
	size_t count;

	(void)state;
	all = workload_all(&count);
	for (size_t i = 0; i < count; i++) {
		check_thoughts(all[i], &log_allocator, ENTRIES);
		check_thoughts(all[i], &merging_allocator, ENTRIES);
		/* pair alone has a background that takes all there is. */
		check_thoughts(all[i], &log_allocator,
			       strcmp(all[i]->name, "pair") == 0 ? 201 : 150);
	}
}

static void test_full_keeps_to_its_part(void **state)
{
	(void)state;
	hand_begin("full", 4, 0);
	hand_fill();
	assert_int_equal(log_.live, ENTRIES);
	for (int i = 0; i < 20; i++) {
		hand_step();
		log_restart();
		assert_in_range(log_.live, ENTRIES * 15 / 16 - 8, ENTRIES);
	}
	hand_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring_is_fifo),
		cmocka_unit_test(test_pair_frees_at_once),
		cmocka_unit_test(test_churn_keeps_its_share),
		cmocka_unit_test(test_churn_lifetimes),
		cmocka_unit_test(test_makes_up_for_failures),
		cmocka_unit_test(test_sg_chains),
		cmocka_unit_test(test_sg_keeps_its_share),
		cmocka_unit_test(test_sg_merges),
		cmocka_unit_test(test_sg_with_failures),
		cmocka_unit_test(test_coherent),
		cmocka_unit_test(test_think_once_a_pair),
		cmocka_unit_test(test_remote_frees_the_neighbours),
		cmocka_unit_test(test_full_reaches_failure),
		cmocka_unit_test(test_full_keeps_to_its_part),
	};

	return cmocka_run_group_tests_name("workload_steps", tests, NULL, NULL);
}
