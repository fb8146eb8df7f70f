// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a trace may say beside the golden ones: devices that differ, frees of several neighbours or of a
 * part, reserved entries, gzip, requests that ran in another order; and what is refused of it.
 */
#include "unit/allocators/replaying.h"

#include <errno.h>

#include "unit/gzip.h"

#define HEAD(allocator, entries, npools, large, more)                                       \
	"# allocator=" allocator " entries=" entries " npools=" npools " large_pool=" large \
	" lazy_flush=1 base_pages=0 seg_boundary_pages=1024" more "\n"
#define POOLED HEAD("pooled", "64", "1", "0", "")
#define A(cpu, n, more, entry) \
	"a cpu=" cpu " n=" n " align=0 handle=-" more " -> " entry " flushes=0\n"
#define SAID(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct replay_request as_it_is;

static struct outcome replay(const char *text, const struct replay_request *request)
{
	return replay_bytes("t", text, strlen(text), request);
}

static void check_good(const char *text, const struct replay_request *request)
{
	struct outcome o = replay(text, request);

	CHECK(o.err == 0, "%s%s", text, o.e.text);
	CHECK(o.result.mismatches == 0 && o.result.reordered == 0, "%s%s", text, o.report);
	assert_string_equal(o.report, "");
	free(o.report);
}

static void check_refused(const char *text, const struct replay_request *request, const char *where,
			  const char *says)
{
	struct outcome o = replay(text, request);

	CHECK(o.err == -EINVAL, "%s: taken", text);
	CHECK(strncmp(o.e.text, where, strlen(where)) == 0, "%s: not at %s", o.e.text, where);
	CHECK(strstr(o.e.text, says), "%s: nothing of '%s'", o.e.text, says);
	CHECK(!strchr(o.e.text, '\n'), "%s", o.e.text);
	free(o.report);
}

/* A line has its own device, and the next one the header's again. */
static void test_device_of_one_request(void **state)
{
	static const char *const good[] = {
		/* Pool 1 begins at 768, beyond the mask. */
		HEAD("ppc", "4096", "4", "1", "") A("1", "1", "", "768")
			A("1", "1", " mask=0xff", "16") A("1", "1", " mask=255", "32"),
		HEAD("stale-local", "256", "2", "0", "") A("9", "1", "", "128")
			A("9", "1", " mask=0x3f", "0") A("9", "1", "", "129"),
		POOLED A("0", "3", "", "0") A("0", "3", " boundary=4", "4") A("0", "3", "", "7"),
		POOLED A("0", "3", "", "0") A("0", "3", " seg_boundary_pages=4 mask=0x3f", "4"),
		POOLED A("0", "3", "", "0") A("0", "3", " mask=0xffffffffffffffff boundary=4", "4"),
		POOLED A("0", "5", " boundary=4", "fail") A("0", "5", "", "0"),
		/* The header's is overridden, to more as to less. */
		HEAD("pooled", "64", "1", "0", " mask=0x7")
			A("0", "8", "", "fail") "a cpu=0 n=9 align=0 handle=- mask=0xffff "
						"boundary=0x8000000000000000"
						" -> 0 flushes=1\n",
	};
	static const struct {
		const char *text, *says;
	} bad[] = {
		{POOLED A("0", "1", " boundary=0", "0"), "power of two"},
		{POOLED A("0", "1", " boundary=3", "0"), "power of two"},
		{POOLED A("0", "1", " boundary=", "0"), "boundary=NUMBER"},
		{POOLED A("0", "1", " boundary=x", "0"), "boundary=NUMBER"},
		{POOLED A("0", "1", " boundary=-1", "0"), "boundary=NUMBER"},
		{POOLED A("0", "1", " boundary=4 boundary=4", "0"), "boundary= is given twice"},
		{POOLED A("0", "1", " boundary=4 seg_boundary_pages=4", "0"), "given twice"},
		{POOLED A("0", "1", " mask=", "0"), "mask=NUMBER"},
		{POOLED A("0", "1", " mask=-", "0"), "mask=NUMBER"},
		{POOLED A("0", "1", " mask=1 mask=1", "0"), "mask= is given twice"},
		{POOLED A("0", "1", " mask=0x10000000000000000", "0"), "mask=NUMBER"},
		{POOLED A("0", "1", " mask=1x", "0"), "->"},
		{POOLED A("0", "1", "  mask=1", "0"), "->"},
		{POOLED A("0", "1", " colour=1", "0"), "->"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check_good(good[i], &as_it_is);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check_refused(bad[i].text, &as_it_is, "t:2: ", bad[i].says);
}

/* A mask or an alignment that the allocator does not look at is refused, one that asks for nothing is not. */
static void test_what_the_allocator_lacks(void **state)
{
#define SUN4U(more) HEAD("sun4u", "64", "1", "0", more)
#define S390        HEAD("s390", "64", "1", "0", "")
#define GART        HEAD("gart", "64", "1", "0", "")
	static const char *const good[] = {
		SUN4U(" mask=0xffffffffffffffff") A("0", "1", "", "0"),
		/* The last page is 63. */
		SUN4U(" mask=63") A("0", "1", "", "0"),
		SUN4U("") A("0", "1", " mask=0x3f", "0"),
		SUN4U(" mask=0") A("0", "1", " mask=63", "0"),
		GART "a cpu=0 n=1 align=0 handle=- -> 0 flushes=0\n"
		     "a cpu=0 n=2 align=1 handle=7 -> 2 flushes=0\n",
		S390 A("0", "1", " boundary=2 mask=64", "0"),
	};
	static const struct {
		const char *text, *where, *says;
	} bad[] = {
		{SUN4U(" mask=62") A("0", "1", "", "0"), "t:2: sun4u",
		 "takes no mask, and mask=0x3e stops short of its last page, 0x3f"},
		{SUN4U("") A("0", "1", "", "0") A("0", "1", " mask=0", "0"), "t:3: sun4u",
		 "takes no mask, and mask=0 "},
		{GART A("0", "1", " mask=0x3e", "0"), "t:2: gart", "takes no mask"},
		{S390 A("0", "1", " mask=0x3e", "0"), "t:2: s390", "takes no mask"},
		{SUN4U("") "a cpu=0 n=1 align=1 handle=- -> 0 flushes=0\n", "t:2: sun4u",
		 "does not align, and align=1 "},
		{S390 "a cpu=0 n=1 align=63 handle=- -> 0 flushes=0\n", "t:2: s390",
		 "does not align, and align=63 "},
		{HEAD("sun4u", "64", "1", "1", ""), "t:1: sun4u", "no large pool"},
		{HEAD("stale-hop", "256", "2", "1", ""), "t:1: stale-hop", "no large pool"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check_good(good[i], &as_it_is);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check_refused(bad[i].text, &as_it_is, bad[i].where, bad[i].says);
	/* Another allocator is tried without it. */
	check_good(HEAD("pooled", "64", "1", "1", "") A("0", "1", "", "0"),
		   &(struct replay_request){.allocator = "sun4u"});
}

static void test_frees_of_any_range(void **state)
{
#define FOUR_FOUR POOLED A("0", "4", "", "0") A("0", "4", "", "4")
	static const char *const good[] = {
		FOUR_FOUR "f 0 n=8\n",
		FOUR_FOUR "f 2 n=2\nf 0 n=2\nf 4 n=4\n",
		FOUR_FOUR "f 2 n=4\nf 0 n=2\nf 6 n=2\n",
		FOUR_FOUR "f 7 n=1\nf 0 n=7\n",
		/* What was freed is free, and what was not is not. */
		FOUR_FOUR
		"f 2 n=4\n" A("0", "54", "",
			      "8") "a cpu=0 n=4 align=0 handle=- -> 2 flushes=1\n"
				   "a cpu=0 n=1 align=0 handle=- -> fail flushes=1\nf 0 n=62\n",
	};
	static const struct {
		const char *free, *says;
	} bad[] = {
		{"f 0 n=9\n", "n=9 at entry 0: entry 8 is not allocated"},
		{"f 8 n=1\n", "n=1 at entry 8: entry 8 is not allocated"},
		{"f 6 n=268435456\n", "entry 8 is not allocated"},
		{"f 62 n=4\n", "entry 62 is not allocated"},
		{"f 64 n=1\n", "entry 64 is not allocated"},
		{"f 268435456 n=268435456\n", "entry 268435456 is not allocated"},
		{"f 0 n=0\n", "n=0"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check_good(good[i], &as_it_is);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[1000];

		snprintf(text, sizeof(text), FOUR_FOUR "%s", bad[i].free);
		check_refused(text, &as_it_is, "t:4: free of ", bad[i].says);
	}
	/* A free of a part of what is free already, in the middle. */
	check_refused(FOUR_FOUR "f 3 n=1\nf 0 n=8\n", &as_it_is,
		      "t:5: ", "entry 3 is not allocated");
	check_refused(FOUR_FOUR "f 1 n=6\nf 0 n=2\n", &as_it_is,
		      "t:5: ", "entry 1 is not allocated");
}

/* ppc flushes once a free, of however many allocations. */
static void test_a_merged_free_is_one(void **state)
{
	(void)state;
	check_good(HEAD("ppc", "64", "1", "1", "")
			   A("0", "4", "",
			     "0") "a cpu=0 n=4 align=0 handle=4 -> 4 flushes=0\nf 0 n=8\n"
				  "a cpu=0 n=1 align=0 handle=- -> 16 flushes=1\nf 16 n=1\n"
				  "a cpu=0 n=1 align=0 handle=- -> 32 flushes=2\n",
		   &as_it_is);
}

/* A mask lets a search out of its pool: then neighbours lie in two pools, and are freed at once too. */
static void test_a_free_across_pools(void **state)
{
	(void)state;
	check_good(
		HEAD("pooled", "128", "2", "0", "") A("0", "61", "", "0") A(
			"9", "36", " mask=100",
			"64") "a cpu=9 n=1 align=0 handle=- mask=100 -> 61 flushes=1\n"
			      "a cpu=9 n=1 align=0 handle=- mask=100 -> 62 flushes=2\n"
			      "a cpu=9 n=1 align=0 handle=- mask=100 -> 63 flushes=3\nf 63 n=37\n",
		&as_it_is);
	/* CPU 1's pool begins at 24. */
	check_good(HEAD("ppc", "128", "4", "1", "") A("1", "1", "", "24")
			   A("1", "15", " mask=30", "0") A("1", "8", " mask=30", "16") "f 16 n=9\n",
		   &as_it_is);
}

/* Where the allocator answers otherwise the free finds what stands for the trace's entries. */
static void test_merged_frees_on_another(void **state)
{
	static const char text[] =
		HEAD("pooled", "256", "2", "0", "") A("9", "4", "", "128") A("9", "4", "", "132")
			A("0", "4", "", "0") "f 128 n=8\nf 1 n=2\nf 3 n=1\nf 0 n=1\n";
	static const char *const names[] = {"sun4u", "gart", "s390", "stale-1", "ppc/pools:1"};
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		o = replay(text, &(struct replay_request){.allocator = names[i]});
		CHECK(o.err == 0, "%s: %s", names[i], o.e.text);
		assert_int_equal(o.result.operations, 7);
		assert_true(o.result.mismatches > 0);
		free(o.report);
	}
	/* Freed by another name than it was recorded by, which overlaps: the entries themselves. */
	o = replay(POOLED A("0", "1", "", "0") "f 0 n=1\n" A("0", "2", "", "0") "f 1 n=2\n" A(
			   "0", "59", "", "3") "a cpu=0 n=3 align=0 handle=- -> 0 flushes=1\n",
		   &as_it_is);
	CHECK(o.err == 0 && o.result.mismatches == 1, "%s%s", o.e.text, o.report);
	free(o.report);
	/* What failed here has nothing to give back. */
	o = replay(HEAD("pooled", "8", "1", "0", "") A("0", "4", "", "0")
			   A("0", "4", "", "4") "f 0 n=8\n"
						"a cpu=0 n=4 align=0 handle=- -> 0 flushes=1\n",
		   &as_it_is);
	CHECK(o.err == 0, "%s", o.e.text);
	assert_int_equal(o.result.mismatches, 1);
	free(o.report);
}

/* gart, but for what its descriptor says of frees and reserved entries. Registered before it is complete. */
static struct iommu_allocator whole = {.name = "whole", .rank = 999};
IOMMU_ALLOCATOR(whole);

static int make_whole(void **state)
{
	(void)state;
	whole = *iommu_allocator_find("gart");
	whole.name = "whole";
	whole.frees_any_range = false;
	whole.reserve = NULL;
	return 0;
}

static void test_an_allocator_that_frees_whole_ones(void **state)
{
#define WHOLE                             \
	HEAD("whole", "64", "1", "0", "") \
	A("0", "4", "", "0") A("0", "4", "", "4") A("0", "1", "", "8") A("0", "2", "", "9")
	static const char *const bad[] = {"f 0 n=8\n", "f 0 n=3\n", "f 1 n=3\n",
					  "f 2 n=4\n", "f 8 n=3\n", "f 10 n=1\n"};

	(void)state;
	check_good(WHOLE "f 0 n=4\nf 9 n=2\nf 8 n=1\nf 4 n=4\n", &as_it_is);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[600];

		snprintf(text, sizeof(text), WHOLE "%s", bad[i]);
		check_refused(text, &as_it_is, "t:6: free of ",
			      "whole frees whole allocations, one at a time");
	}
	check_refused(WHOLE "f 8 n=4\n", &as_it_is, "t:6: ", "entry 11 is not allocated");
	/* Whole ones by the trace's names, elsewhere here. */
	struct outcome o = replay(HEAD("pooled", "256", "2", "0", "") A("9", "4", "", "128")
					  A("0", "4", "", "0") "f 128 n=4\nf 0 n=4\n",
				  &(struct replay_request){.allocator = "whole"});
	CHECK(o.err == 0, "%s", o.e.text);
	free(o.report);
	check_refused(WHOLE, &(struct replay_request){.reserved = "0"}, "--reserved: whole",
		      "cannot have reserved entries");
	check_refused(HEAD("whole", "64", "1", "0", " reserved=0"), &as_it_is,
		      "t:1: reserved=: whole", "cannot have reserved entries");
}

static void test_reserved(void **state)
{
	static const struct {
		const char *text, *option;
	} good[] = {
		{HEAD("pooled", "64", "1", "0", " reserved=0") A("0", "1", "", "1"), NULL},
		{HEAD("pooled", "64", "1", "0", " reserved=0-3,5") A("0", "1", "", "4")
			 A("0", "1", "", "6"),
		 NULL},
		{HEAD("pooled", "64", "1", "0", " reserved=5,0-3,2-2") A("0", "1", "", "4")
			 A("0", "1", "", "6"),
		 NULL},
		{POOLED A("0", "1", "", "1") "f 1 n=1\n", "0"},
		{POOLED A("0", "1", "", "4"), "0x0-0x3"},
		{HEAD("pooled", "64", "1", "0", " reserved=0") A("0", "1", "", "2"), "0-1,63"},
		{HEAD("sun4u", "64", "1", "0", " reserved=0") A("0", "1", "", "1"), NULL},
		{HEAD("gart", "64", "1", "0", " reserved=0") A("0", "1", "", "1"), NULL},
		{HEAD("s390", "64", "1", "0", " reserved=0") A("0", "1", "", "1"), NULL},
		{HEAD("ppc", "64", "1", "1", " reserved=0") A("0", "1", "", "1"), NULL},
		{HEAD("stale-local", "64", "1", "0", " reserved=0") A("0", "1", "", "1"), NULL},
		/* Not even a flush makes it free. */
		{HEAD("s390", "4", "1", "0", " reserved=1") A("0", "1", "", "0")
			 A("0", "1", "", "2") "f 0 n=1\nf 2 n=1\n"
					      "a cpu=0 n=1 align=0 handle=- -> 0 flushes=1\n"
					      "a cpu=0 n=1 align=0 handle=- -> 2 flushes=1\n",
		 NULL},
	};
	static const char *const bad[] = {
		"",   ",",  "0,",   ",0",   "64",    "3-1", "0-64", "x",
		"0-", "-1", "0 -1", "0,,1", "0-1-2", "1 ",  "0;1",  "99999999999999999999"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check_good(good[i].text, &(struct replay_request){.reserved = good[i].option});
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[300];

		check_refused(POOLED, &(struct replay_request){.reserved = bad[i]},
			      "--reserved: ", "such as");
		if (strchr(bad[i], ' '))
			continue; /* it would end the field */
		snprintf(text, sizeof(text), "%.*s reserved=%s\n", (int)strlen(POOLED) - 1, POOLED,
			 bad[i]);
		check_refused(text, &as_it_is, "t:1: reserved", "such as");
	}
	check_refused(HEAD("pooled", "64", "1", "0", " reserved=0 reserved=1"), &as_it_is,
		      "t:1: ", "twice");
	check_refused(HEAD("pooled", "64", "1", "0", " reserved=1")
			      A("0", "1", "", "0") "f 0 n=2\n",
		      &as_it_is, "t:3: ", "entry 1 is reserved");
}

static void test_cpus(void **state)
{
	(void)state;
	check_good(POOLED A("1023", "1", "", "0"), &as_it_is);
	check_good(HEAD("pooled", "64", "1", "0", " cpus=16382") A("16381", "1", "", "0"),
		   &as_it_is);
	check_refused(POOLED A("1024", "1", "", "0"), &as_it_is, "t:2: ", "need cpus=");
	check_refused(HEAD("pooled", "64", "1", "0", " cpus=16383"), &as_it_is, "t:1: ", "cpus");
}

/* CPU 1 took the lock first, and its request returned last. */
#define SWAPPED A("0", "1", "", "2") A("1", "2", "", "0")
#define F(n)    "f " n " n=1\n"

static void test_concurrent_requests(void **state)
{
	static const struct {
		const char *text;
		unsigned long operations, mismatches, reordered;
	} cases[] = {
		{POOLED SWAPPED, 2, 0, 1},
		{POOLED SWAPPED A("0", "1", "", "3") "f 0 n=4\n", 4, 0, 1},
		{POOLED A("0", "1", "", "2") A("1", "2", "", "0") A("1", "1", "", "4")
			 A("0", "1", "", "3"),
		 4, 0, 2},
		/* A request of that CPU, a free and eight lines may lie between. */
		{POOLED A("0", "1", "", "0") A("0", "1", "", "2") F("0") A("1", "1", "", "1"), 4, 0,
		 1},
		{POOLED A("0", "8", "", "0") A("0", "1", "", "9") F("0") F("1") F("2") F("3") F("4")
			 F("5") F("6") A("1", "1", "", "8"),
		 10, 0, 1},
		{POOLED A("0", "8", "", "0") A("0", "1", "", "9") F("0") F("1") F("2") F("3") F("4")
			 F("5") F("6") F("7") A("1", "1", "", "8"),
		 11, 2, 0},
		{POOLED A("0", "1", "", "1") A("2", "1", "", "2") A("3", "1", "", "3")
			 A("1", "1", "", "0"),
		 4, 0, 1},
		/* One CPU's requests are in order. */
		{POOLED A("0", "1", "", "2") A("0", "2", "", "0"), 2, 2, 0},
		{POOLED A("0", "1", "", "1") A("1", "1", "", "2") A("1", "1", "", "0"), 3, 3, 0},
		/* One of the two is not as recorded in either order. */
		{POOLED A("0", "1", "", "3") A("1", "2", "", "0"), 2, 2, 0},
		{POOLED A("0", "1", "", "2") A("1", "2", "", "3"), 2, 2, 0},
		{POOLED A("0", "1", "", "fail") A("1", "2", "", "0"), 2, 2, 0},
		/* What differs for another reason is not touched. */
		{POOLED A("0", "1", "", "5") A("1", "2", "", "1") A("0", "1", "", "3"), 3, 1, 0},
		{POOLED A("0", "1", "", "0") F("0"), 2, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct outcome o =
			replay(cases[i].text, &(struct replay_request){.concurrent = true});

		CHECK(o.err == 0, "%s%s", cases[i].text, o.e.text);
		CHECK(o.result.operations == cases[i].operations &&
			      o.result.mismatches == cases[i].mismatches &&
			      o.result.reordered == cases[i].reordered,
		      "%s%s", cases[i].text, o.report);
		free(o.report);
		/* Nothing is reordered unless that is asked for. */
		o = replay(cases[i].text, &as_it_is);
		assert_int_equal(o.result.reordered, 0);
		assert_true((o.result.mismatches > 0) ==
			    (cases[i].mismatches || cases[i].reordered));
		free(o.report);
	}
}

/* The one that ran first may have flushed; what had been flushed by the other's return is either. */
static void test_flushes_of_concurrent_requests(void **state)
{
	static const struct {
		const char *flushes[2];
		unsigned long reordered;
	} cases[] = {{{"0", "1"}, 1},
		     {{"1", "1"}, 1},
		     {{"0", "0"}, 0},
		     {{"2", "1"}, 0},
		     {{"1", "2"}, 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[600];
		struct outcome o;

		/* Two entries are left at the end; CPU 1's three have to be searched from the start. */
		snprintf(text, sizeof(text),
			 POOLED A("0", "60", "",
				  "0") "f 0 n=10\n"
				       "a cpu=0 n=1 align=0 handle=- -> 3 flushes=%s\n"
				       "a cpu=1 n=3 align=0 handle=- -> 0 flushes=%s\n",
			 cases[i].flushes[0], cases[i].flushes[1]);
		o = replay(text, &(struct replay_request){.concurrent = true});
		CHECK(o.err == 0 && o.result.reordered == cases[i].reordered, "%zu: %s", i,
		      o.report);
		assert_true((o.result.mismatches == 0) == (cases[i].reordered == 1));
		free(o.report);
	}
	/* What was tried in vain has not been flushed. */
	struct outcome o =
		replay(POOLED A("0", "60", "", "0") "f 0 n=10\n"
						    "a cpu=0 n=3 align=0 handle=- -> 7 flushes=1\n"
						    "a cpu=1 n=3 align=0 handle=- -> 3 flushes=1\n",
		       &(struct replay_request){.concurrent = true});
	CHECK(o.err == 0 && o.result.mismatches == 1, "%s", o.report);
	free(o.report);
}

static void test_reordered_is_told(void **state)
{
	const struct replay_request request = {.concurrent = true};
	struct outcome o = replay(POOLED SWAPPED, &request);

	(void)state;
	assert_string_equal(o.report,
			    "t:2: reordered: after the request of line 3 both are as recorded\n");
	free(o.report);
	/* A line that is looked ahead is at fault when its turn comes. */
	o = replay(POOLED A("0", "1", "", "7") F("9") "b\n", &request);
	assert_int_equal(o.err, -EINVAL);
	assert_non_null(strstr(o.e.text, "t:3: free of n=1 at entry 9"));
	assert_int_equal(o.result.mismatches, 1);
	free(o.report);
	o = replay(POOLED A("0", "1", "", "7") A("0", "1", "", "1") "b\n", &request);
	assert_non_null(strstr(o.e.text, "t:4: "));
	assert_int_equal(o.result.operations, 2);
	free(o.report);
	/* So is one that asks for what cannot be had. */
	check_refused(HEAD("sun4u", "64", "1", "0", "")
			      A("0", "1", "", "1") "a cpu=1 n=1 align=1 handle=- -> 0 flushes=0\n",
		      &request, "t:3: sun4u", "does not align");
}

/* Kernels were running when these were recorded (docs/traces.md). */
static void test_recordings(void **state)
{
	static const struct {
		const char *name;
		struct replay_request request;
		struct replay_result result;
	} recordings[] = {
		{"sparc64-6.1-sun4u", {0}, {8510, 0, 0}},
		{"sparc64-6.1-sun4u", {.allocator = "sun4u"}, {8510, 0, 0}},
		{"ppc64le-6.1", {0}, {7721, 3, 0}},
		{"ppc64le-6.1", {.reserved = "0"}, {7721, 2, 0}},
		{"ppc64le-6.1", {.reserved = "0", .concurrent = true}, {7721, 0, 1}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(recordings); i++) {
		char path[300];
		struct outcome o;

		snprintf(path, sizeof(path), TEST_DATA "/golden/%s.replay.gz", recordings[i].name);
		o = replay_file(fopen(path, "re"), recordings[i].name, &recordings[i].request);
		CHECK(o.err == 0, "%s", o.e.text);
		CHECK(memcmp(&o.result, &recordings[i].result, sizeof(o.result)) == 0,
		      "%s: %lu operations, %s", recordings[i].name, o.result.operations, o.report);
		free(o.report);
	}
}

/* Packed it says the same as unpacked; cut or damaged it is refused where it ends. */
static void test_gzip(void **state)
{
	static const char text[] = POOLED A("0", "1", "", "0") A("0", "1", "", "7") F("0") F("7");
	size_t packed;
	char *data = gzip(text, strlen(text), &packed);
	struct outcome o, plain = replay(text, &as_it_is);

	(void)state;
	assert_non_null(data);
	o = replay_bytes("t", data, packed, &as_it_is);
	assert_int_equal(o.err, 0);
	assert_int_equal(o.result.operations, 4);
	assert_string_equal(o.report, plain.report);
	free(o.report);
	free(plain.report);
	for (size_t cut = 2; cut < packed; cut++) {
		o = replay_bytes("t", data, cut, &as_it_is);
		assert_int_equal(o.err, -EINVAL);
		CHECK(strncmp(o.e.text, "t:", 2) == 0 && strstr(o.e.text, "too early"), "%s",
		      o.e.text);
		free(o.report);
	}
	assert_true(packed > 8);
	/* The checksum; gcc 14 thinks that it might lie in front. */
	data[packed > 8 ? packed - 8 : 0] ^= 1;
	o = replay_bytes("t", data, packed, &as_it_is);
	assert_int_equal(o.err, -EINVAL);
	assert_non_null(strstr(o.e.text, "gzip data is damaged"));
	free(o.report);
	free(data);
}

/* A line without an end is given up, packed or not. */
static void test_endless_line(void **state)
{
	const size_t size = 1000000;
	char *text = malloc(size), *data;
	size_t packed, head = strlen(POOLED);
	struct outcome o;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', size);
	memcpy(text, POOLED, head);
	data = gzip(text, size, &packed);
	assert_non_null(data);
	o = replay_bytes("t", data, packed, &as_it_is);
	assert_non_null(strstr(o.e.text, "t:2: the line is longer than 65536 bytes"));
	free(o.report);
	/* As long as one may be. */
	memset(text + head, ' ', 65536);
	text[head] = '#';
	text[head + 65536] = '\n';
	o = replay_bytes("t", text, head + 65537, &as_it_is);
	CHECK(o.err == 0, "%s", o.e.text);
	free(o.report);
	free(data);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_of_one_request),
		cmocka_unit_test(test_what_the_allocator_lacks),
		cmocka_unit_test(test_frees_of_any_range),
		cmocka_unit_test(test_a_merged_free_is_one),
		cmocka_unit_test(test_a_free_across_pools),
		cmocka_unit_test(test_merged_frees_on_another),
		cmocka_unit_test(test_an_allocator_that_frees_whole_ones),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_concurrent_requests),
		cmocka_unit_test(test_flushes_of_concurrent_requests),
		cmocka_unit_test(test_reordered_is_told),
		cmocka_unit_test(test_recordings),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_endless_line),
	};

	return cmocka_run_group_tests_name("replay", tests, make_whole, NULL);
}
