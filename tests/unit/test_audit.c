// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The audit: its IOTLB, what it counts, that it finds what is unsafe and nothing else, with one
 * thread and with several, and the traces it leaves.
 */
#include "unit/helpers.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "audit/apart.h"
#include "audit/audit.h"
#include "audit/replay.h"
#include "audit/shrink.h"
#include "device/profile.h"
#include "measure/workers.h"
#include "unit/allocators/broken_answer.h"
#include "unit/allocators/broken_stale.h"

static const struct iotlb_shape psycho_iotlb = {.tags = 16, .ways = 16, .replacement = IOTLB_LRU};

/* ---- the IOTLB ----------------------------------------------------------------------------- */

static void test_iotlb_outcomes(void **state)
{
	struct iotlb t;

	(void)state;
	assert_true(iotlb_init(&t, &psycho_iotlb));
	assert_int_equal(iotlb_access(&t, 7, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 7, 1), IOTLB_HIT);
	/* Mapped anew without a flush: the device uses the old translation, again and again. */
	assert_int_equal(iotlb_access(&t, 7, 2), IOTLB_STALE);
	assert_int_equal(iotlb_access(&t, 7, 2), IOTLB_STALE);
	assert_int_equal(iotlb_access(&t, 8, 2), IOTLB_MISS);
	iotlb_flush(&t);
	assert_int_equal(iotlb_access(&t, 7, 2), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 7, 2), IOTLB_HIT);
	/* Entry 0 is one like any other. */
	assert_int_equal(iotlb_access(&t, 0, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 0, 1), IOTLB_HIT);
	iotlb_destroy(&t);
}

/* Fills 4 tags with 0 to 3, touches 0, brings in 4: which of the first four is gone? */
static unsigned int replaced(enum iotlb_replacement replacement)
{
	const struct iotlb_shape shape = {.tags = 4, .ways = 4, .replacement = replacement};
	unsigned int gone = 0;
	struct iotlb t;

	assert_true(iotlb_init(&t, &shape));
	for (unsigned long entry = 0; entry < 4; entry++)
		iotlb_access(&t, entry, 1);
	assert_int_equal(iotlb_access(&t, 0, 1), IOTLB_HIT);
	iotlb_access(&t, 4, 1);
	for (unsigned int i = 0; i < 4; i++) {
		bool held = false;

		for (unsigned int tag = 0; tag < 4; tag++)
			held |= t.tag[tag].entry == i;
		if (!held)
			gone |= 1U << i;
	}
	iotlb_destroy(&t);
	return gone;
}

static void test_iotlb_replacement(void **state)
{
	unsigned int gone;

	(void)state;
	assert_int_equal(replaced(IOTLB_LRU), 1 << 1);
	assert_int_equal(replaced(IOTLB_FIFO), 1 << 0);
	gone = replaced(IOTLB_RANDOM);
	assert_true(gone && !(gone & (gone - 1)));
}

static void test_iotlb_sets(void **state)
{
	const struct iotlb_shape shape = {.tags = 8, .ways = 2, .replacement = IOTLB_LRU};
	struct iotlb t;

	(void)state;
	/* Entries 0, 4 and 8 share the two tags of a set of four; 1 does not disturb them. */
	assert_true(iotlb_init(&t, &shape));
	assert_int_equal(iotlb_access(&t, 0, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 4, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 1, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 0, 1), IOTLB_HIT);
	assert_int_equal(iotlb_access(&t, 8, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 4, 1), IOTLB_MISS);
	assert_int_equal(iotlb_access(&t, 1, 1), IOTLB_HIT);
	iotlb_destroy(&t);
}

static void test_iotlb_shapes(void **state)
{
	static const struct iotlb_shape good[] = {{1, 1, IOTLB_LRU}, {4096, 8, IOTLB_FIFO}};
	static const struct iotlb_shape bad[] = {{0, 0, IOTLB_LRU},
						 {16, 0, IOTLB_LRU},
						 {16, 5, IOTLB_LRU},
						 {16, 32, IOTLB_LRU},
						 {8192, 8, IOTLB_LRU}};
	enum iotlb_replacement r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_null(iotlb_check(&good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_non_null(iotlb_check(&bad[i]));
	assert_true(iotlb_replacement_parse("random", &r) && r == IOTLB_RANDOM);
	assert_false(iotlb_replacement_parse("LRU", &r));
	assert_string_equal(iotlb_replacement_name(IOTLB_FIFO), "fifo");
}

static void test_iotlb_profiles(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"iotlb_tags = 16 | a", "needs all of"},
		{"iotlb_tags = 16\n", "has no source"},
		{"iotlb_tags = 5000 | a", "from 0 to 4096"},
		{"iotlb_tags = 16 | a\niotlb_tags = 16 | a", "t:2: iotlb_tags is given twice"},
		{"iotlb_replacement = plru | a", "lru, fifo or random"},
		{"iotlb_tags=16|a\niotlb_ways=5|b\niotlb_replacement=lru|c",
		 "multiple of the ways"},
	};
	struct profile p;
	struct error e;

	(void)state;
	assert_int_equal(profile_load("psycho", &p, &e), 0);
	assert_true(p.has_iotlb && p.has_flush);
	assert_memory_equal(&p.iotlb, &psycho_iotlb, sizeof(psycho_iotlb));
	assert_non_null(strstr(p.iotlb_tags.source, "iommu_flushall"));
	assert_non_null(strstr(p.iotlb_ways.source, "assumed"));
	assert_non_null(strstr(p.iotlb_replacement.source, "assumed"));
	assert_int_equal(profile_parse("t",
				       "iotlb_tags=64|a\niotlb_ways=4|b\n"
				       "iotlb_replacement=fifo|c",
				       &p, &e),
			 0);
	assert_true(p.has_iotlb && !p.has_flush && p.iotlb.ways == 4);
	assert_int_equal(p.iotlb.replacement, IOTLB_FIFO);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(profile_parse("t", bad[i].text, &p, &e), -EINVAL);
		CHECK(strstr(e.text, bad[i].says), "%s", e.text);
	}
}

/* ---- the emulated IOMMU -------------------------------------------------------------------- */

static struct emulated_iommu iommu;
static struct emulated_iommu_counts counts;

static void begin_emulated(void)
{
	struct error e;

	memset(&counts, 0, sizeof(counts));
	emulated_self = &counts;
	assert_int_equal(emulated_iommu_init(&iommu, 64, &psycho_iotlb, 1, &e), 0);
}

static unsigned int frees_in_flush;

static void free_in_flush(void)
{
	for (unsigned int i = 0; i < frees_in_flush; i++) {
		emulated_iommu_map(&iommu, 5, 1);
		emulated_iommu_unmap(&iommu, 5, 1);
	}
}

/* What other threads do in a flush: each one's first free does not show that it mapped; one flush shows no more than 200. */
static void test_emulated_overlap(void **state)
{
	static const struct {
		unsigned int threads, frees, overlapped, overtaken;
	} cases[] = {{2, 0, 0, 0},       {2, 1, 1, 0},        {2, 2, 2, 1},
		     {3, 2, 2, 0},       {3, 3, 3, 1},        {2, 200, 200, 199},
		     {2, 201, 200, 200}, {2, 9000, 200, 200}, {1, 0, 0, 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin_emulated();
		iommu.threads = cases[i].threads;
		iommu.during_flush = free_in_flush;
		frees_in_flush = cases[i].frees;
		emulated_iommu_flush(&iommu);
		assert_int_equal(counts.overlapped, cases[i].overlapped);
		assert_int_equal(counts.overtaken, cases[i].overtaken);
		emulated_iommu_destroy(&iommu);
	}
}

static void test_emulated_history(void **state)
{
	(void)state;
	begin_emulated();
	assert_int_equal(emulated_iommu_map(&iommu, 5, 1), EMULATED_CLEAN);
	assert_int_equal(emulated_iommu_map(&iommu, 5, 1), EMULATED_TAKEN);
	emulated_iommu_unmap(&iommu, 5, 1);
	assert_int_equal(emulated_iommu_map(&iommu, 5, 1), EMULATED_STALE);
	emulated_iommu_unmap(&iommu, 5, 1);
	emulated_iommu_flush(&iommu);
	assert_int_equal(emulated_iommu_map(&iommu, 5, 1), EMULATED_CLEAN);
	assert_int_equal(counts.maps, 3);
	assert_int_equal(counts.stale_reuse, 1);
	assert_int_equal(counts.flushes, 1);
	emulated_iommu_destroy(&iommu);
}

static void test_emulated_windows(void **state)
{
	(void)state;
	begin_emulated();
	for (unsigned long entry = 0; entry < 6; entry++)
		emulated_iommu_map(&iommu, entry, 1);
	for (unsigned long entry = 0; entry < 3; entry++)
		emulated_iommu_unmap(&iommu, entry, 1);
	emulated_iommu_flush(&iommu);
	/* The last free waited for no other, the first for two; a second flush finds nothing. */
	emulated_iommu_flush(&iommu);
	assert_int_equal(counts.windows.count, 3);
	assert_int_equal(counts.windows.min, 0);
	assert_int_equal(counts.windows.max, 2);
	assert_int_equal(counts.windows.sum, 3);
	emulated_iommu_unmap(&iommu, 3, 1);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 1);
	emulated_iommu_destroy(&iommu);
}

static void unmap_9(void)
{
	emulated_iommu_unmap(&iommu, 9, 1);
}

/* What is freed while a flush runs waits for the next. */
static void test_emulated_free_during_flush(void **state)
{
	(void)state;
	begin_emulated();
	emulated_iommu_map(&iommu, 8, 1);
	emulated_iommu_map(&iommu, 9, 1);
	emulated_iommu_unmap(&iommu, 8, 1);
	iommu.during_flush = unmap_9;
	emulated_iommu_flush(&iommu);
	iommu.during_flush = NULL;
	assert_int_equal(emulated_iommu_map(&iommu, 8, 1), EMULATED_CLEAN);
	assert_int_equal(emulated_iommu_map(&iommu, 9, 1), EMULATED_STALE);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 1);
	/* Free 1 is covered, and free 2 had begun when the flush ended. */
	assert_int_equal(counts.windows.count, 1);
	assert_int_equal(counts.windows.max, 1);
	emulated_iommu_destroy(&iommu);
}

static void test_emulated_dma(void **state)
{
	(void)state;
	begin_emulated();
	emulated_iommu_map(&iommu, 3, 1);
	emulated_iommu_dma(&iommu, 3);
	emulated_iommu_unmap(&iommu, 3, 1);
	emulated_iommu_map(&iommu, 3, 1);
	emulated_iommu_dma(&iommu, 3);
	emulated_iommu_dma(&iommu, 3);
	assert_int_equal(counts.stale_hits, 2);
	emulated_iommu_flush(&iommu);
	emulated_iommu_dma(&iommu, 3);
	assert_int_equal(counts.stale_hits, 2);
	emulated_iommu_destroy(&iommu);
}

/* A hypercall covers what its caller frees, and no other's frees; when it maps, nothing. */
static void test_emulated_hypercall(void **state)
{
	const struct iommu_range nothing = {.start = 6, .end = 6}, five = {.start = 5, .end = 6};
	const struct iommu_range several = {.start = 8, .end = 12};

	(void)state;
	begin_emulated();
	for (unsigned long entry = 5; entry < 8; entry++) {
		emulated_iommu_map(&iommu, entry, 1);
		emulated_iommu_dma(&iommu, entry);
		emulated_iommu_unmap(&iommu, entry, 1);
	}
	assert_int_equal(emulated_iommu_uncovered(&iommu), 3);
	emulated_iommu_hypercall(&iommu, nothing);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 3);
	assert_int_equal(counts.windows.count, 0);
	emulated_iommu_hypercall(&iommu, five);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 2);
	assert_int_equal(counts.windows.count, 1);
	assert_int_equal(counts.windows.max, 2);
	assert_int_equal(emulated_iommu_map(&iommu, 5, 1), EMULATED_CLEAN);
	assert_int_equal(emulated_iommu_map(&iommu, 6, 1), EMULATED_STALE);
	/* The IOTLB has lost 5 alone. */
	emulated_iommu_dma(&iommu, 5);
	assert_int_equal(counts.stale_hits, 0);
	emulated_iommu_dma(&iommu, 6);
	assert_int_equal(counts.stale_hits, 1);
	assert_int_equal(counts.flushes, 2);
	/* Twice is once. */
	emulated_iommu_hypercall(&iommu, five);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 2);
	/* A free of several entries has one window. */
	emulated_iommu_map(&iommu, 8, 4);
	emulated_iommu_unmap(&iommu, 8, 4);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 3);
	emulated_iommu_hypercall(&iommu, several);
	assert_int_equal(emulated_iommu_uncovered(&iommu), 2);
	assert_int_equal(counts.windows.count, 2);
	emulated_iommu_destroy(&iommu);
}

/* ---- the protocol -------------------------------------------------------------------------- */

struct audit_case {
	const struct iommu_allocator *allocator;
	unsigned int npools, occupancy, threads;
	enum free_order order;
	unsigned long entries;
	uint64_t operations, seed;
	enum audit_draws draws;
	struct iotlb_shape iotlb;
	void (*during_flush)(void);
};

/* sun4u at 50 % as the command line has it. */
static struct audit_case usual(void)
{
	return (struct audit_case){
		.allocator = iommu_allocator_find("sun4u"),
		.npools = 1,
		.occupancy = 50,
		.threads = 1,
		.entries = 16384,
		.operations = 100000,
		.seed = 15,
		.iotlb = psycho_iotlb,
	};
}

static struct audit_config config_of(const struct audit_case *c, struct cell *cell)
{
	*cell = (struct cell){
		.workload = &audit_orders[c->order],
		.allocator = c->allocator,
		.entries = c->entries,
		.npools = c->npools,
		.cpus = 16,
		.occupancy = c->occupancy,
		.audit_threads = c->threads,
	};
	return (struct audit_config){
		.cell = cell,
		.geometry = cell_geometry(cell),
		.iotlb = c->iotlb,
		.operations = c->operations,
		.seed = c->seed,
		.draws = c->draws,
		.during_flush = c->during_flush,
	};
}

static void audit(const struct audit_case *c, struct audit_result *r)
{
	struct error e = {""};
	struct cell cell;
	struct audit_config config = config_of(c, &cell);

	CHECK(audit_run(&config, r, &e) == 0, "%s/%u: %s", c->allocator->name, c->npools, e.text);
}

/* What the original code did; tolerances are points of reuse, and a share of the pairs a flush. */
static const struct {
	const char *allocator;
	unsigned int npools;
	double points, share;
	struct {
		double ops_per_flush, reuse;
	} known[2][3];
} known_figures[] = {
	{"sun4u",
	 1,
	 0.5,
	 0.05,
	 {{{16667, 9.5}, {13158, 36.3}, {6098, 45.7}},
	  {{16667, 9.5}, {16129, 49.2}, {16129, 79.0}}}},
	{"pooled",
	 1,
	 0.5,
	 0.05,
	 {{{16667, 9.5}, {13158, 36.3}, {6098, 45.7}},
	  {{16667, 9.5}, {16129, 49.2}, {16129, 79.0}}}},
	/* How four pools fill moves these by so much from seed to seed. */
	{"pooled",
	 4,
	 5,
	 0.35,
	 {{{4167, 1.3}, {3125, 14.3}, {71, 16.0}}, {{4132, 0.8}, {4098, 14.0}, {235, 42.8}}}},
	{"pooled",
	 16,
	 0.5,
	 0.05,
	 {{{1040, 1.1}, {16.8, 6.3}, {16.1, 5.4}}, {{1040, 0.7}, {237, 10.8}, {20.6, 7.7}}}},
	{"gart", 1, 0, 0.05, {{{4.3, 0}, {4.1, 0}, {4.0, 0}}, {{10.2, 0}, {2.0, 0}, {1.3, 0}}}},
};

static void check_known(size_t i, enum free_order order, size_t occupancy)
{
	static const unsigned int occupancies[] = {10, 50, 80};
	const double flush = known_figures[i].known[order][occupancy].ops_per_flush;
	const double reuse = known_figures[i].known[order][occupancy].reuse;
	struct audit_case c = usual();
	double per_flush, percent;
	struct audit_result r;

	c.allocator = iommu_allocator_find(known_figures[i].allocator);
	c.npools = known_figures[i].npools;
	c.occupancy = occupancies[occupancy];
	c.order = order;
	c.operations = 500000;
	audit(&c, &r);
	assert_int_equal(r.pairs, c.operations);
	assert_int_equal(r.allocations, c.operations);
	per_flush = (double)r.pairs / (double)r.flushes;
	percent = 100.0 * (double)r.stale_reuse / (double)r.allocations;
	CHECK(per_flush > flush * (1 - known_figures[i].share) &&
		      per_flush < flush * (1 + known_figures[i].share),
	      "%s/%u order %d at %u %%: %.1f pairs a flush, known: %.1f", c.allocator->name,
	      c.npools, order, c.occupancy, per_flush, flush);
	CHECK(percent >= reuse - known_figures[i].points &&
		      percent <= reuse + known_figures[i].points,
	      "%s/%u order %d at %u %%: %.2f %% reuse, known: %.1f", c.allocator->name, c.npools,
	      order, c.occupancy, percent, reuse);
}

static void test_known_figures(void **state)
{
	(void)state;
	for (size_t i = 0; i < (SANITIZED ? 1 : ARRAY_SIZE(known_figures)); i++) {
		for (size_t occupancy = 0; occupancy < 3; occupancy++) {
			check_known(i, FREE_RANDOM, occupancy);
			check_known(i, FREE_FIFO, occupancy);
		}
	}
}

/* With one thread, the safe ones and the strict one hand out nothing stale, whatever is done. */
static void check_safe(const struct iommu_allocator *a, unsigned int npools)
{
	struct audit_case c = usual();
	struct audit_result r;

	if (!a->stale_safe && !a->strict_flush)
		return;
	c.allocator = a;
	c.npools = npools;
	c.entries = 2048;
	c.operations = SANITIZED ? 5000 : 30000;
	for (unsigned int i = 0; i < FREE_ORDERS * DRAWS * 3; i++) {
		c.order = (enum free_order)(i % FREE_ORDERS);
		c.draws = (enum audit_draws)(i / FREE_ORDERS % DRAWS);
		c.occupancy = i / FREE_ORDERS / DRAWS * 45 + 5;
		audit(&c, &r);
		CHECK(r.stale_reuse == 0 && r.stale_hits == 0,
		      "%s/%u order %d at %u %%: %llu reused, %llu hits", a->name, npools, c.order,
		      c.occupancy, (unsigned long long)r.stale_reuse,
		      (unsigned long long)r.stale_hits);
		assert_true(r.censored <= r.pairs);
		assert_int_equal(r.windows.count + r.censored, r.pairs);
		if (a->strict_flush) {
			assert_int_equal(r.flushes, r.pairs + (a->hypercalls ? r.allocations : 0));
			assert_int_equal(r.windows.max, 0);
		}
	}
}

static void test_safe_ones(void **state)
{
	(void)state;
	for_each_variant(check_safe);
}

static bool same_counts(const struct audit_result *a, const struct audit_result *b)
{
	return a->pairs == b->pairs && a->allocations == b->allocations &&
	       a->failures == b->failures && a->stale_reuse == b->stale_reuse &&
	       a->stale_hits == b->stale_hits && a->flushes == b->flushes &&
	       a->censored == b->censored && !memcmp(&a->windows, &b->windows, sizeof(a->windows));
}

static void test_repeats(void **state)
{
	struct audit_result first, again, other;
	struct audit_case c = usual();

	(void)state;
	c.allocator = iommu_allocator_find("pooled");
	c.npools = 16;
	for (int draws = 0; draws < DRAWS; draws++) {
		c.draws = (enum audit_draws)draws;
		c.seed = 15;
		audit(&c, &first);
		audit(&c, &again);
		assert_true(same_counts(&first, &again));
		c.seed = 16;
		audit(&c, &other);
		assert_false(same_counts(&first, &other));
	}
	/* A seed of 0 is one like any other. */
	c.draws = DRAWS_RECORDED;
	c.seed = 0;
	audit(&c, &first);
	assert_int_equal(first.pairs, c.operations);
}

/* Where CPUs own what they map, each pool is as full as its CPUs made it: it is flushed far more often. */
static void test_owned_draws(void **state)
{
	struct audit_result independent, owned;
	struct audit_case c = usual();

	(void)state;
	c.allocator = iommu_allocator_find("pooled");
	c.npools = 16;
	c.draws = DRAWS_INDEPENDENT;
	audit(&c, &independent);
	c.draws = DRAWS_OWNED;
	audit(&c, &owned);
	CHECK(owned.flushes > 2 * independent.flushes, "%llu flushes, independent %llu",
	      (unsigned long long)owned.flushes, (unsigned long long)independent.flushes);
}

/* An entry that was never handed out cannot be stale, and is no evidence. */
static void test_reuses(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	/* sun4u goes on behind its hint: half of the table is fresh. */
	c.operations = 8000;
	audit(&c, &r);
	assert_int_equal(r.allocations, 8000);
	assert_int_equal(r.reuses, 0);
	c.operations = 20000;
	audit(&c, &r);
	assert_true(r.reuses > 20000 - 8192 - 10 && r.reuses < 20000 - 8192 + 10);
	assert_int_equal(r.reused_entries, r.reuses);
	assert_int_equal(r.overlapped, 0);
	c.order = FREE_COHERENT;
	audit(&c, &r);
	assert_true(r.reused_entries > 2 * r.reuses && r.reuses <= r.allocations);
	/* A hypercall that forgets the free does not make the entry a fresh one. */
	c.order = FREE_RANDOM;
	c.allocator = iommu_allocator_find("dma4v-4.0");
	audit(&c, &r);
	assert_true(r.reuses > 10000);
}

/* The device sees what happens and changes nothing of it. */
static void test_device_does_not_interfere(void **state)
{
	struct audit_result psycho, large;
	struct audit_case c = usual();

	(void)state;
	c.occupancy = 80;
	audit(&c, &psycho);
	c.iotlb = (struct iotlb_shape){.tags = 1024, .ways = 4, .replacement = IOTLB_FIFO};
	audit(&c, &large);
	assert_true(large.stale_hits > psycho.stale_hits);
	large.stale_hits = psycho.stale_hits;
	assert_true(same_counts(&psycho, &large));
}

/* A full map: allocs fail, and are counted as no pair. */
static void test_full_map(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	c.occupancy = 100;
	c.entries = 256;
	c.operations = 10000;
	audit(&c, &r);
	assert_true(r.failures > 0);
	assert_int_equal(r.pairs + r.failures, c.operations);
	assert_int_equal(r.allocations, r.pairs);
}

static void test_lifo(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	/* What was mapped last lies just behind the hint: sun4u never meets it before the wrap. */
	c.order = FREE_LIFO;
	audit(&c, &r);
	assert_int_equal(r.stale_reuse, 0);
	assert_true(r.flushes > 0);
}

/* ---- faults it must find ------------------------------------------------------------------- */

BROKEN_ANSWER(unknown, "unknown", ANSWER_RIGHT);
BROKEN_ANSWER(unaligned, "unaligned", ANSWER_UNALIGNED);
BROKEN_ANSWER(rounded, "rounded", ANSWER_ROUNDED);
BROKEN_ANSWER(unmasked, "unmasked", ANSWER_UNMASKED);

/* Coherent requests are answered as they were made, by those that say so; the others are not blamed. */
static void test_wrong_answers(void **state)
{
	static const struct {
		const struct iommu_allocator *allocator;
		const char *says;
	} wrong[] = {
		{&unaligned, "unaligned answered entry "},
		{&rounded, "of which some were taken"},
		{&unmasked, "which is beyond the device's mask"},
	};
	struct audit_case c = usual();
	struct iommu_allocator modest;
	struct audit_result r;
	struct error e;
	struct cell cell;

	(void)state;
	c.entries = 1024;
	c.operations = 10000;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct audit_config config;

		c.allocator = wrong[i].allocator;
		c.order = FREE_RANDOM;
		audit(&c, &r);
		c.order = FREE_COHERENT;
		config = config_of(&c, &cell);
		assert_true(audit_run(&config, &r, &e) < 0);
		CHECK(strstr(e.text, wrong[i].says) && !strchr(e.text, '\n'), "%s", e.text);
	}
	c.allocator = &unknown;
	audit(&c, &r);
	assert_int_equal(r.pairs + r.failures >= c.operations, 1);
	modest = unaligned;
	modest.uses_align = false;
	c.allocator = &modest;
	audit(&c, &r);
	modest = unmasked;
	modest.uses_mask = false;
	audit(&c, &r);
}

/* A request is one allocation however long, and its free one. */
static void test_coherent_counts(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	c.order = FREE_COHERENT;
	c.operations = 20000;
	audit(&c, &r);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.pairs, c.operations);
	assert_int_equal(r.allocations, c.operations);
	assert_int_equal(r.windows.count + r.censored, r.pairs);
	assert_true(r.stale_reuse > 0);
}

/* Where a mask is served under another pool's lock, threads do without. */
static void test_who_may_mask(void **state)
{
	const struct iommu_geometry one = plain_geometry(2048, 1), four = plain_geometry(2048, 4);
	const struct {
		const char *allocator;
		const struct iommu_geometry *g;
		unsigned int cpus;
		bool may;
	} cases[] = {
		{"pooled", &four, 1, true},      {"pooled", &four, 2, false},
		{"pooled", &one, 2, true},       {"ppc", &one, 1, true},
		{"ppc", &one, 2, false},         {"stale-hop", &four, 2, true},
		{"stale-local", &four, 9, true}, {"sun4u", &one, 1, false},
		{"gart", &one, 2, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(workers_may_mask(iommu_allocator_find(cases[i].allocator), cases[i].g,
				       cases[i].cpus) == cases[i].may,
		      "%s, case %zu", cases[i].allocator, i);
	assert_int_equal(workers_narrow_device(&four).mask, 1023);
	assert_int_equal(workers_narrow_device(&four).boundary, iommu_any_device.boundary);
}

static void test_broken_alone(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	c.allocator = &broken_stale;
	c.entries = 256;
	audit(&c, &r);
	/* Without a free during the flush the fault does not show. */
	assert_int_equal(r.stale_reuse, 0);
	c.during_flush = audit_free_one;
	audit(&c, &r);
	CHECK(r.stale_reuse > r.flushes / 4, "%llu reused, %llu flushes",
	      (unsigned long long)r.stale_reuse, (unsigned long long)r.flushes);
	/* The same to one that does it right. It holds no lock that a free needs. */
	c.allocator = iommu_allocator_find("stale-hop");
	c.npools = 16;
	c.entries = 1024;
	audit(&c, &r);
	assert_true(r.flushes > 10);
	assert_int_equal(r.stale_reuse, 0);
}

static void yield(void)
{
	sched_yield();
}

static uint64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/*
 * One flush of @every lasts until the other threads have begun @others, whichever CPUs the threads get. The last may
 * wait in vain, as the others have ended.
 */
static void outlast(uint64_t every, uint64_t others)
{
	static _Atomic uint64_t begun;
	/* Relaxed: nothing but the number is looked at. */
	const uint64_t n = atomic_fetch_add_explicit(&begun, 1, memory_order_relaxed);
	const uint64_t end = milliseconds() + 1000;

	if (n % every)
		return;
	while (atomic_load_explicit(&begun, memory_order_relaxed) <= n + others &&
	       milliseconds() < end)
		sched_yield();
}

/* Where flushes are rare: by then the others have freed something. */
static void outlast_few(void)
{
	outlast(8, 2);
}

/*
 * Where each operation has one: by then they have searched a map of 256 entries twice. An odd number, as a thread that
 * runs alone flushes in its allocations and frees by turns.
 */
static void outlast_many(void)
{
	outlast(999, 500);
}

static void test_broken_threads(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	c.allocator = &broken_stale;
	c.threads = 4;
	c.entries = 256;
	c.during_flush = outlast_few;
	c.operations = SANITIZED ? 50000 : 200000;
	audit(&c, &r);
	CHECK(r.stale_reuse > 0, "%llu flushes and nothing found", (unsigned long long)r.flushes);
}

/* A map's hypercall hides nothing that an unmap's should have flushed. */
static void test_broken_demap(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	c.allocator = &broken_demap_never;
	c.entries = 256;
	audit(&c, &r);
	assert_int_equal(r.flushes, r.allocations);
	CHECK(r.stale_reuse > r.allocations / 2, "%llu of %llu", (unsigned long long)r.stale_reuse,
	      (unsigned long long)r.allocations);
	assert_int_equal(r.windows.count, 0);
	/* Late is early enough where nobody else is there; not among threads. */
	c.allocator = &broken_demap_late;
	audit(&c, &r);
	assert_int_equal(r.stale_reuse, 0);
	c.threads = 4;
	c.during_flush = outlast_many;
	c.operations = SANITIZED ? 50000 : 200000;
	audit(&c, &r);
	CHECK(r.stale_reuse > 0, "%llu flushes and nothing found", (unsigned long long)r.flushes);
	c.allocator = iommu_allocator_find("dma4v-4.0");
	c.during_flush = yield;
	audit(&c, &r);
	assert_int_equal(r.stale_reuse, 0);
}

static void test_handed_out_twice(void **state)
{
	struct error e = {""};
	struct audit_case c = usual();
	struct audit_result r;
	struct cell cell;

	(void)state;
	c.allocator = &broken_twice;
	for (c.threads = 1; c.threads <= 2; c.threads++) {
		struct audit_config config = config_of(&c, &cell);

		assert_int_equal(audit_run(&config, &r, &e), -EINVAL);
		CHECK(strstr(e.text, "broken-twice handed out entry 0, which was taken"), "%s",
		      e.text);
	}
}

/* ---- threads ------------------------------------------------------------------------------- */

static void check_no_false_alarm(const struct iommu_allocator *a, unsigned int npools)
{
	struct audit_case c = usual();
	struct audit_result r;

	if (!a->stale_safe)
		return;
	c.allocator = a;
	c.npools = npools;
	c.threads = 4;
	c.entries = 1024;
	c.operations = SANITIZED ? 4000 : 40000;
	for (unsigned int i = 0; i < 3; i++) {
		c.order = i % 2 ? FREE_FIFO : FREE_RANDOM;
		c.occupancy = 10 + 40 * i;
		c.seed = i;
		audit(&c, &r);
		CHECK(r.stale_reuse == 0 && r.stale_hits == 0,
		      "%s/%u at %u %%: %llu reused, %llu hits", a->name, npools, c.occupancy,
		      (unsigned long long)r.stale_reuse, (unsigned long long)r.stale_hits);
		assert_int_equal(r.windows.count + r.censored, r.pairs);
		assert_true(r.flushes > 0 && r.pairs > c.operations / 2);
	}
}

static void test_threads_no_false_alarm(void **state)
{
	(void)state;
	for_each_variant(check_no_false_alarm);
}

static void test_threads_find(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;

	(void)state;
	c.threads = 3;
	audit(&c, &r);
	assert_int_equal(r.pairs, c.operations);
	assert_true(r.stale_reuse > c.operations / 10);
}

/* ---- traces -------------------------------------------------------------------------------- */

/* The last line of what was written is the offending one, and it alone says so. */
static void check_remark(FILE *file)
{
	char line[200], last[200] = "";
	unsigned int remarks = 0;

	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		remarks += strstr(line, "# stale reuse: ") != NULL;
		strcpy(last, line);
	}
	assert_int_equal(remarks, 1);
	CHECK(strstr(last, "# stale reuse: "), "%s", last);
	rewind(file);
}

static void check_replays(const struct script *s)
{
	const struct replay_request as_it_is = {0};
	struct replay_result result;
	struct error e = {""};
	FILE *file = tmpfile();

	assert_non_null(file);
	CHECK(script_write(s, file, &e) == 0, "%s", e.text);
	check_remark(file);
	CHECK(replay_trace(file, "trace", &as_it_is, stderr, &result, &e) == 0, "%s", e.text);
	assert_int_equal(result.mismatches, 0);
	assert_int_equal(result.operations, s->count);
	fclose(file);
}

/* Nothing of it can be left out. */
static void check_minimal(const struct script *s)
{
	for (size_t without = 0; without < s->count; without++) {
		struct script fewer = *s;
		struct error e;
		size_t end;

		fewer.op = malloc(s->count * sizeof(*s->op));
		assert_non_null(fewer.op);
		memcpy(fewer.op, s->op, s->count * sizeof(*s->op));
		fewer.count--;
		memmove(fewer.op + without, fewer.op + without + 1,
			(fewer.count - without) * sizeof(*s->op));
		CHECK(script_run(&fewer, &end, NULL, &e) == 0, "operation %zu is not needed",
		      without);
		script_clear(&fewer);
	}
}

static void check_trace(const char *allocator, unsigned int npools, enum free_order order)
{
	struct audit_case c = usual();
	struct audit_result r;
	struct script script = {0};
	struct error e = {""};
	struct cell cell;

	c.allocator = iommu_allocator_find(allocator);
	c.npools = npools;
	c.order = order;
	struct audit_config config = config_of(&c, &cell);

	config.script = &script;
	CHECK(audit_run(&config, &r, &e) == 0, "%s", e.text);
	assert_int_equal(r.stale_reuse, 1);
	assert_true(script.count > (order == FREE_COHERENT ? 1024 : 8192));
	check_replays(&script);
	config.script = NULL;
	CHECK(shrink_audit(&config, &script, &e) == 0, "%s", e.text);
	CHECK(script.count <= 12, "%s/%u: %zu operations", allocator, npools, script.count);
	check_minimal(&script);
	check_replays(&script);
	script_clear(&script);
}

static void test_traces(void **state)
{
	(void)state;
	check_trace("sun4u", 1, FREE_RANDOM);
	check_trace("pooled", 1, FREE_RANDOM);
	check_trace("pooled", 4, FREE_RANDOM);
	check_trace("pooled", 16, FREE_RANDOM);
	check_trace("sun4u", 1, FREE_COHERENT);
	check_trace("pooled", 1, FREE_COHERENT);
	check_trace("pooled", 16, FREE_COHERENT);
}

/* Shrinking what was recorded, without auditing smaller maps anew, comes to the same. */
static void test_shrink_recorded(void **state)
{
	struct audit_case c = usual();
	struct audit_result r;
	struct script script = {0};
	struct error e = {""};
	struct cell cell;

	(void)state;
	c.entries = 200;
	struct audit_config config = config_of(&c, &cell);

	config.script = &script;
	CHECK(audit_run(&config, &r, &e) == 0, "%s", e.text);
	CHECK(shrink_script(&script, &e) == 0, "%s", e.text);
	CHECK(script.count <= 12, "%zu operations on %lu entries", script.count,
	      script.geometry.entries);
	check_minimal(&script);
	check_replays(&script);
	script_clear(&script);
}

static void test_no_trace_without_reuse(void **state)
{
	struct script s = {.allocator = iommu_allocator_find("gart")};
	struct error e = {""};
	FILE *file = tmpfile();
	size_t end;

	(void)state;
	assert_non_null(file);
	s.geometry = plain_geometry(8, 1);
	s.cpus = 1;
	script_free(&s, 0, 0, script_alloc(&s, 0, 0));
	script_alloc(&s, 0, 0);
	assert_int_equal(script_run(&s, &end, NULL, &e), 0);
	assert_int_equal(end, 3);
	assert_int_equal(script_write(&s, file, &e), -EINVAL);
	assert_int_equal(ftell(file), 0);
	fclose(file);
	script_clear(&s);
}

static void write_word(const char *path, const char *word)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(word, f) >= 0 && fclose(f) == 0);
}

static void check_word(const char *path, const char *word)
{
	char got[32] = "";
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	assert_non_null(fgets(got, sizeof(got), f));
	fclose(f);
	assert_string_equal(got, word);
	unlink(path);
}

/* Neither the trace that is there nor the one that was kept before it. */
static void test_failed_trace_loses_nothing(void **state)
{
	struct script s = {.allocator = iommu_allocator_find("sun4u"), .cpus = 1};
	char path[] = "/tmp/test_audit.XXXXXX", old[sizeof(path) + 1];
	int fd = mkstemp(path);
	struct error e;

	(void)state;
	assert_return_code(fd, 0);
	close(fd);
	snprintf(old, sizeof(old), "%s~", path);
	write_word(path, "new");
	write_word(old, "old");
	s.geometry = plain_geometry(8, 1);
	assert_int_equal(script_save(&s, path, &e), -EINVAL);
	CHECK(strstr(e.text, "shows no stale reuse"), "%s", e.text);
	check_word(path, "new");
	check_word(old, "old");
}

static void test_cell_names(void **state)
{
	struct audit_case c = usual();
	struct error e;
	struct cell cell;

	(void)state;
	config_of(&c, &cell);
	assert_int_equal(flush_model_parse("spin:0", &cell.flush, &e), 0);
	cell_set_name(&cell);
	assert_string_equal(cell.name,
			    "audit/random/sun4u/pools:1/cpus:16/flush:spin:0/occupancy:50/"
			    "lock:tas/think:0");
	/* One thread may have pools that share a bitmap word; threads may not. */
	cell.allocator = iommu_allocator_find("pooled");
	cell.npools = 16;
	cell.entries = 1000;
	assert_null(cell_obstacle(&cell));
	cell.audit_threads = 2;
	assert_non_null(cell_obstacle(&cell));
	cell.entries = 1024;
	assert_null(cell_obstacle(&cell));
}

static unsigned long crash(struct iommu_map *map, unsigned int cpu, unsigned long n,
			   unsigned int align_order, unsigned long *handle,
			   const struct iommu_device *device)
{
	(void)map, (void)cpu, (void)n, (void)align_order, (void)handle, (void)device;
	/* No sanitizer makes anything else of it. */
	raise(SIGKILL);
	return IOMMU_FAIL;
}

/* An audit in a process of its own finds the same; one that dies there is told of, and nothing else happens. */
static void test_apart(void **state)
{
	struct audit_case c = usual();
	struct iommu_allocator crashes = *c.allocator;
	struct audit_result here, apart;
	struct audit_config config;
	struct cell cell;
	struct error e = {""};

	(void)state;
	c.operations = 10000;
	audit(&c, &here);
	config = config_of(&c, &cell);
	CHECK(audit_run_apart(&config, &apart, &e) == 0, "%s", e.text);
	assert_true(same_counts(&here, &apart));
	crashes.alloc = crash;
	cell.allocator = &crashes;
	assert_int_equal(audit_run_apart(&config, &apart, &e), -EINVAL);
	CHECK(strstr(e.text, "killed by signal 9"), "%s", e.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iotlb_outcomes),
		cmocka_unit_test(test_iotlb_replacement),
		cmocka_unit_test(test_iotlb_sets),
		cmocka_unit_test(test_iotlb_shapes),
		cmocka_unit_test(test_iotlb_profiles),
		cmocka_unit_test(test_emulated_history),
		cmocka_unit_test(test_emulated_windows),
		cmocka_unit_test(test_emulated_free_during_flush),
		cmocka_unit_test(test_emulated_dma),
		cmocka_unit_test(test_emulated_hypercall),
		cmocka_unit_test(test_emulated_overlap),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_known_figures),
		cmocka_unit_test(test_safe_ones),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_owned_draws),
		cmocka_unit_test(test_reuses),
		cmocka_unit_test(test_device_does_not_interfere),
		cmocka_unit_test(test_full_map),
		cmocka_unit_test(test_lifo),
		cmocka_unit_test(test_wrong_answers),
		cmocka_unit_test(test_coherent_counts),
		cmocka_unit_test(test_who_may_mask),
		cmocka_unit_test(test_broken_alone),
		cmocka_unit_test(test_broken_threads),
		cmocka_unit_test(test_broken_demap),
		cmocka_unit_test(test_handed_out_twice),
		cmocka_unit_test(test_threads_no_false_alarm),
		cmocka_unit_test(test_threads_find),
		cmocka_unit_test(test_traces),
		cmocka_unit_test(test_shrink_recorded),
		cmocka_unit_test(test_no_trace_without_reuse),
		cmocka_unit_test(test_failed_trace_loses_nothing),
		cmocka_unit_test(test_cell_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
