// SPDX-License-Identifier: GPL-2.0-or-later
/* Machines that existed: what they had, what ran on them, and which cells that makes. */
#include "cmd/options.h"
#include "unit/helpers.h"

#include <errno.h>
#include <stdlib.h>

#include "plan/plan.h"
#include "plan/platform.h"

#define WORDS_MAX 20
#define PSYCHO    "mmio:16,150,600"

static int try_plan(const char *line, enum options_use use, struct plan *p, struct error *e)
{
	static struct options o;
	static char words[500];
	char *argv[WORDS_MAX], *rest;
	int argc = 0, err;

	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		argv[argc++] = w;
	memset(p, 0, sizeof(*p));
	err = options_parse(argc, argv, use, &o, e);
	return err ? err : plan_make(&o.plan, 2, p, e);
}

/* Of one CPU and ring, so that a cell is a variant on a platform. */
static void plan_of(const char *options, struct plan *p)
{
	char line[300];
	struct error e;

	snprintf(line, sizeof(line), "--cpus 1 --workloads ring %s", options);
	CHECK(try_plan(line, OPTIONS_RUN, p, &e) == 0, "%s: %s", line, e.text);
}

static const struct cell *cell_of(const struct plan *p, const char *platform, const char *allocator,
				  unsigned int npools)
{
	for (unsigned int i = 0; i < p->cell_count; i++) {
		const struct cell *c = &p->cells[i];

		if (c->platform && strcmp(c->platform->name, platform) == 0 &&
		    strcmp(c->allocator->name, allocator) == 0 && c->npools == npools)
			return c;
	}
	return NULL;
}

static void check_cost(const struct platform *p, const struct platform_cost *c)
{
	struct flush_model model;
	struct error e;

	if (!c->flush) {
		assert_true(!c->source && !c->assumed);
		return;
	}
	CHECK(c->source && *c->source, "%s: %s", p->name, c->flush);
	CHECK(flush_model_parse(c->flush, &model, &e) == 0, "%s", e.text);
	/* One spelling: it is part of cells' names. */
	assert_string_equal(model.name, c->flush);
	/* No latency of any of them is published. */
	CHECK(model.none == !c->assumed, "%s: %s", p->name, c->flush);
	CHECK(strcmp(c->flush, PSYCHO) != 0 || strcmp(p->name, "sun4u") == 0, "%s", p->name);
}

static void test_table(void **state)
{
	size_t count;
	const struct platform *all = platforms(&count);

	(void)state;
	assert_int_equal(count, 5);
	assert_null(platform_find("sun4"));
	assert_null(platform_find(""));
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(platform_find(all[i].name), &all[i]);
		assert_true(all[i].entries >= 1024 && all[i].entries <= IOMMU_MAX_ENTRIES);
		assert_true(*all[i].summary && *all[i].entries_source);
		assert_true(all[i].lazy.flush || all[i].strict.flush);
		check_cost(&all[i], &all[i].lazy);
		check_cost(&all[i], &all[i].strict);
		/* Blocks of a table are told apart by these. */
		for (size_t j = 0; j < i; j++)
			assert_true(all[i].entries != all[j].entries || !all[i].lazy.flush ||
				    !all[j].lazy.flush ||
				    strcmp(all[i].lazy.flush, all[j].lazy.flush) != 0);
	}
	assert_int_equal(platform_find("sun4u")->entries, 8192);
	assert_string_equal(platform_find("sun4u")->lazy.flush, PSYCHO);
	assert_int_equal(platform_find("sun4v")->entries, 262144);
	assert_string_equal(platform_find("sun4v")->lazy.flush, "none");
}

static void test_assumed(void **state)
{
	(void)state;
	assert_non_null(strstr(platform_flush_assumed(PSYCHO), "150 ns a write"));
	assert_null(platform_flush_assumed("none"));
	assert_null(platform_flush_assumed("spin:1"));
	/* A platform's own by its words, and any other hypercall too. */
	assert_non_null(strstr(platform_flush_assumed("hcall:500"), "500 ns a hypercall"));
	assert_non_null(strstr(platform_flush_assumed("hcall:499"), "no latency of a hypercall"));
	assert_null(platform_flush_assumed("mmio:16,150,601"));
}

/* Whatever an allocator says of where it ran is true of that allocator and of some platform. */
static void test_ran_on(void **state)
{
	const struct iommu_allocator *const *all;
	size_t count, known;
	const struct platform *platform = platforms(&known);

	(void)state;
	all = iommu_allocators(&count);
	for (size_t i = 0; i < count; i++) {
		unsigned int said = 0, found = 0;

		for (const char *at = all[i]->ran_on; at && *at; at = strchr(at, ' ')) {
			at += *at == ' ';
			said++;
		}
		for (size_t p = 0; p < known; p++) {
			for (unsigned int pools = 1; pools <= IOMMU_MAX_POOLS; pools++) {
				if (!platform_ran(&platform[p], all[i], pools))
					continue;
				CHECK(variant_takes(all[i], pools), "%s/pools:%u", all[i]->name,
				      pools);
				found++;
			}
		}
		CHECK(said == found, "%s: '%s'", all[i]->name, all[i]->ran_on);
	}
}

static void test_who_ran_where(void **state)
{
	static const struct {
		const char *platform, *allocator;
		unsigned int npools;
		bool ran;
	} facts[] = {
		{"sun4u", "sun4u", 1, true},
		{"sun4u", "pooled", 1, true},
		{"sun4u", "pooled", 16, false},
		{"sun4v", "sun4u", 1, true},
		{"sun4v", "pooled", 16, true},
		{"sun4v", "pooled", 4, false},
		{"sun4v", "gart", 1, false},
		{"ppc", "ppc", 4, true},
		{"ppc", "ppc", 1, true},
		{"ppc", "pooled", 1, false},
		{"gart", "gart", 1, true},
		{"s390", "s390", 1, true},
		{"s390", "stale-local", 1, false},
		{"sun4u", "stale-hop", 16, false},
		{"sun4u", "pooled-padded", 1, false},
		{"sun4u", "dma4u-4.0", 1, true},
		{"sun4u", "dma4u-4.1", 1, true},
		{"sun4v", "dma4v-4.0", 1, true},
		{"sun4v", "dma4v-4.1", 16, true},
		{"sun4v", "dma4u-4.1", 1, false},
		{"sun4u", "dma4v-4.1", 16, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		const struct iommu_allocator *a = iommu_allocator_find(facts[i].allocator);

		assert_non_null(a);
		CHECK(platform_ran(platform_find(facts[i].platform), a, facts[i].npools) ==
			      facts[i].ran,
		      "%s on %s", facts[i].allocator, facts[i].platform);
	}
	assert_string_equal(platform_home(iommu_allocator_find("pooled"))->name, "sun4u");
	assert_string_equal(platform_home(iommu_allocator_find("stale-hop"))->name, "sun4u");
	assert_string_equal(platform_home(iommu_allocator_find("ppc"))->name, "ppc");
	assert_string_equal(platform_home(iommu_allocator_find("s390"))->name, "s390");
}

/* All of a platform share its entries, and what ran there comes first. */
static void test_blocks(void **state)
{
	struct plan p;

	(void)state;
	plan_of("--platform all", &p);
	for (unsigned int i = 0; i < p.cell_count; i++) {
		const struct cell *c = &p.cells[i], *before = i ? c - 1 : c;

		assert_non_null(c->platform);
		assert_int_equal(c->entries, c->platform->entries);
		assert_string_equal(c->flush.name, platform_cost(c->platform, c->allocator)->flush);
		assert_true(c->platform >= before->platform);
		if (c->platform == before->platform &&
		    strcmp(c->flush.name, before->flush.name) == 0)
			assert_true(plan_is_hypothetical(c) || !plan_is_hypothetical(before));
		/* What ran on another machine alone is no idea for this one. */
		assert_true(!c->allocator->ran_on || platform_ran(c->platform, c->allocator, 0));
	}
	assert_int_equal(p.omission_count, 0);
	assert_false(plan_is_hypothetical(cell_of(&p, "sun4u", "pooled", 1)));
	assert_true(plan_is_hypothetical(cell_of(&p, "sun4u", "pooled", 16)));
	assert_false(plan_is_hypothetical(cell_of(&p, "sun4v", "pooled", 16)));
	assert_true(plan_is_hypothetical(cell_of(&p, "sun4v", "stale-hop", 16)));
	assert_true(plan_is_hypothetical(cell_of(&p, "s390", "stale-local", 1)));
	/* Who calls the hypervisor for each map pays for it; the others of sun4v pay nothing. */
	assert_string_equal(cell_of(&p, "sun4v", "dma4v-4.1", 16)->flush.name, "hcall:500");
	assert_string_equal(cell_of(&p, "sun4v", "pooled", 16)->flush.name, "none");
	/* Nobody knows what flushing all at once would cost on powerpc. */
	assert_null(cell_of(&p, "ppc", "stale-local", 1));
	assert_non_null(cell_of(&p, "ppc", "ppc", 4));
	plan_free(&p);
}

/* Each allocator is as at home where no platform is named. */
static void test_homes(void **state)
{
	struct plan p;

	(void)state;
	plan_of("--allocators stale-hop/pools:16,ppc/pools:4,sun4u,pooled/pools:16", &p);
	assert_int_equal(p.cell_count, 4);
	assert_string_equal(p.cells[0].name, "ring/sun4u/pools:1/cpus:1/flush:" PSYCHO
					     "/occupancy:5/lock:tas/think:0");
	assert_false(plan_is_hypothetical(&p.cells[0]));
	assert_string_equal(p.cells[1].allocator->name, "stale-hop");
	assert_string_equal(p.cells[2].allocator->name, "pooled");
	assert_true(plan_is_hypothetical(&p.cells[2]));
	assert_string_equal(p.cells[3].platform->name, "ppc");
	assert_string_equal(p.cells[3].flush.name, "mmio:1,150,0");
	plan_free(&p);
}

/* What is given holds; then a platform's name is only said if it was given too. */
static void test_given(void **state)
{
	struct plan p;

	(void)state;
	plan_of("--allocators sun4u,ppc/pools:4 --entries 1024", &p);
	assert_int_equal(p.cell_count, 2);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(p.cells[i].entries, 1024);
		assert_null(p.cells[i].platform);
		assert_false(plan_is_hypothetical(&p.cells[i]));
	}
	/* Psycho's flush is not for powerpc, unless somebody says so. */
	assert_string_equal(p.cells[0].flush.name, PSYCHO);
	assert_string_equal(p.cells[1].flush.name, "mmio:1,150,0");
	plan_free(&p);

	plan_of("--allocators ppc/pools:4 --flush " PSYCHO, &p);
	assert_int_equal(p.cells[0].entries, 8192);
	assert_string_equal(p.cells[0].flush.name, PSYCHO);
	assert_null(p.cells[0].platform);
	plan_free(&p);

	plan_of("--platform sun4v --allocators gart --entries 4096 --flush spin:7", &p);
	assert_int_equal(p.cell_count, 1);
	assert_string_equal(p.cells[0].name, "ring/gart/entries:4096/pools:1/cpus:1/flush:spin:7/"
					     "occupancy:5/lock:tas/think:0");
	assert_true(plan_is_hypothetical(&p.cells[0]));
	plan_free(&p);
}

static void test_unknown_cost(void **state)
{
	struct plan p;

	(void)state;
	plan_of("--platform sun4u,ppc --allocators sun4u,ppc/pools:4", &p);
	assert_int_equal(p.cell_count, 2);
	assert_non_null(cell_of(&p, "sun4u", "sun4u", 1));
	assert_non_null(cell_of(&p, "ppc", "ppc", 4));
	assert_int_equal(p.omission_count, 2);
	for (unsigned int i = 0; i < 2; i++) {
		assert_true(p.omissions[i].wrong);
		assert_non_null(strstr(p.omissions[i].reason, "give --flush"));
	}
	assert_non_null(strstr(p.omissions[0].reason, "at each free"));
	assert_non_null(strstr(p.omissions[1].reason, "all at once"));
	plan_free(&p);
	plan_of("--platform sun4u,ppc --allocators sun4u,ppc/pools:4 --flush spin:1", &p);
	assert_int_equal(p.cell_count, 4);
	assert_int_equal(p.omission_count, 0);
	plan_free(&p);
}

/* Two platforms may not become one block. */
static void test_alike(void **state)
{
	static const char *const bad[] = {
		"--platform sun4v,s390 --flush none",
		"--platform sun4u,gart --flush spin:1 --entries 64",
	};
	static const char *const good[] = {
		"--platform sun4u,sun4v --flush none",
		"--platform sun4u,gart --entries 8192",
		"--platform sun4v,s390 --allocators sun4u",
	};
	struct error e = {""};
	struct plan p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK(try_plan(bad[i], OPTIONS_RUN, &p, &e) == -EINVAL, "%s", bad[i]);
		CHECK(strstr(e.text, "give one of them"), "%s", e.text);
		plan_free(&p);
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(try_plan(good[i], OPTIONS_RUN, &p, &e) == 0, "%s: %s", good[i], e.text);
		plan_free(&p);
	}
}

/* An audit has no platform by default, and flushes cost it nothing on any. */
static void test_audit(void **state)
{
	struct error e;
	struct plan p;

	(void)state;
	assert_int_equal(try_plan("--allocators sun4u", OPTIONS_AUDIT, &p, &e), 0);
	assert_int_equal(p.cells[0].entries, 16384);
	assert_null(strstr(p.cells[0].name, "entries"));
	plan_free(&p);
	assert_int_equal(try_plan("--platform all", OPTIONS_AUDIT, &p, &e), 0);
	assert_non_null(cell_of(&p, "sun4u", "sun4u", 1));
	assert_non_null(strstr(cell_of(&p, "sun4u", "sun4u", 1)->name, "/entries:8192/"));
	for (unsigned int i = 0; i < p.cell_count; i++)
		assert_string_equal(p.cells[i].flush.name, "spin:0");
	plan_free(&p);
}

/* Two allocators are compared where both pay the same. */
static void test_compare(void **state)
{
	static const char *const bad[] = {
		"--old sun4u --new ppc/pools:1",
		"--platform sun4v --old sun4u --new ppc/pools:1",
	};
	static const char *const good[] = {
		"--old sun4u --new pooled-1",
		"--old ppc/pools:1 --new ppc/pools:4",
		"--old sun4u --new ppc/pools:1 --flush spin:100",
		"--platform gart --old sun4u --new gart",
		"--old sun4u --new gart",
		"--old gart --new stale-1",
	};
	struct error e = {""};
	struct plan p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK(try_plan(bad[i], OPTIONS_COMPARE, &p, &e) == -EINVAL, "%s", bad[i]);
		CHECK(strstr(e.text, "give --flush"), "%s", e.text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(try_plan(good[i], OPTIONS_COMPARE, &p, &e) == 0, "%s: %s", good[i], e.text);
		plan_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),   cmocka_unit_test(test_assumed),
		cmocka_unit_test(test_ran_on),  cmocka_unit_test(test_who_ran_where),
		cmocka_unit_test(test_blocks),  cmocka_unit_test(test_homes),
		cmocka_unit_test(test_given),   cmocka_unit_test(test_unknown_cost),
		cmocka_unit_test(test_alike),   cmocka_unit_test(test_audit),
		cmocka_unit_test(test_compare),
	};

	return cmocka_run_group_tests_name("platform", tests, NULL, NULL);
}
