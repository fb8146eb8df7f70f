// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replay of the golden traces: what the original code returned is what ours returns, and
 * every way in which a trace can differ or be broken is told by file and line.
 */
#include "unit/allocators/replaying.h"

#include <errno.h>
#include <glob.h>

#define TRACES_MAX 64

static struct {
	const char *name;
	char *text;
	size_t size;
} traces[TRACES_MAX];
static size_t trace_count;

static struct outcome replay(const char *name, const char *text, size_t size, const char *override)
{
	const struct replay_request request = {.allocator = override};

	return replay_bytes(name, text, size, &request);
}

static int load_traces(void **state)
{
	static glob_t found;

	(void)state;
	if (glob(TEST_DATA "/golden/*.trace", 0, NULL, &found))
		return -1;
	for (size_t i = 0; i < found.gl_pathc && i < TRACES_MAX; i++) {
		FILE *f = fopen(found.gl_pathv[i], "r");
		size_t size = 0;

		if (!f || getdelim(&traces[i].text, &size, '\0', f) <= 0)
			return -1;
		fclose(f);
		traces[i].size = strlen(traces[i].text);
		traces[i].name = strrchr(found.gl_pathv[i], '/') + 1;
		trace_count++;
	}
	return 0;
}

static unsigned long count_lines(const char *text)
{
	unsigned long n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static void test_no_mismatch(void **state)
{
	(void)state;
	assert_true(trace_count >= 26);
	for (size_t i = 0; i < trace_count; i++) {
		struct outcome o = replay(traces[i].name, traces[i].text, traces[i].size, NULL);

		CHECK(o.err == 0, "%s", o.e.text);
		CHECK(o.result.mismatches == 0, "%s: %s", traces[i].name, o.report);
		/* All but the header is operations. */
		assert_int_equal(o.result.operations, count_lines(traces[i].text) - 1);
		assert_string_equal(o.report, "");
		free(o.report);
	}
}

/* The text with line @line (from 1) replaced by @with; the caller frees it. */
static char *replace_line(const char *text, unsigned long line, const char *with)
{
	const char *start = text, *end;
	char *out;
	int n;

	while (--line)
		start = strchr(start, '\n') + 1;
	end = strchr(start, '\n');
	n = asprintf(&out, "%.*s%s%s", (int)(start - text), text, with, end);
	assert_true(n > 0);
	return out;
}

static void get_line(const char *text, unsigned long line, char *to, size_t size)
{
	while (--line)
		text = strchr(text, '\n') + 1;
	snprintf(to, size, "%.*s", (int)strcspn(text, "\n"), text);
}

/* Another result for an alloc line; false for a free. */
static bool alter(char *line, size_t size, uint64_t *rng)
{
	char *arrow = strstr(line, " -> "), *flushes = strstr(line, " flushes=");
	char result[40];
	unsigned long f;

	if (!arrow)
		return false;
	f = strtoul(flushes + strlen(" flushes="), NULL, 10);
	snprintf(result, sizeof(result), "%.*s", (int)(flushes - arrow - 4), arrow + 4);
	if (one_in(rng, 3))
		f += 1 + random_below(rng, 3);
	else if (strcmp(result, "fail") == 0)
		snprintf(result, sizeof(result), "%lu", random_below(rng, 100000));
	else if (one_in(rng, 3))
		strcpy(result, "fail");
	else
		snprintf(result, sizeof(result), "%lu",
			 strtoul(result, NULL, 10) + 1 + random_below(rng, 1000));
	snprintf(arrow, size - (size_t)(arrow - line), " -> %s flushes=%lu", result, f);
	return true;
}

static void test_altered_line_is_named(void **state)
{
	uint64_t rng = 1;

	(void)state;
	for (size_t i = 0; i < trace_count; i++) {
		unsigned long lines = count_lines(traces[i].text);

		for (int done = 0; done < (SANITIZED ? 3 : 12);) {
			unsigned long at = 2 + random_below(&rng, lines - 1);
			char line[200], prefix[100];
			struct outcome o;
			char *text;

			get_line(traces[i].text, at, line, sizeof(line));
			if (!alter(line, sizeof(line), &rng))
				continue;
			text = replace_line(traces[i].text, at, line);
			o = replay("altered", text, strlen(text), NULL);
			snprintf(prefix, sizeof(prefix), "altered:%lu: mismatch", at);
			CHECK(o.err == 0, "%s: %s: %s", traces[i].name, line, o.e.text);
			CHECK(o.result.mismatches == 1, "%s:%lu: %s: %lu", traces[i].name, at, line,
			      o.result.mismatches);
			CHECK(strncmp(o.report, prefix, strlen(prefix)) == 0, "%s", o.report);
			assert_int_equal(count_lines(o.report), 1);
			free(o.report);
			free(text);
			done++;
		}
	}
}

#define HEADER                                                                          \
	"# allocator=sun4u entries=64 npools=1 large_pool=0 lazy_flush=1 base_pages=0 " \
	"seg_boundary_pages=1024 cpus=2 mask=0xffff seed=1\n"
#define HEAD(allocator, entries, npools, large, lazy, base, boundary)                       \
	"# allocator=" allocator " entries=" entries " npools=" npools " large_pool=" large \
	" lazy_flush=" lazy " base_pages=" base " seg_boundary_pages=" boundary "\n"
#define A0 "a cpu=0 n=4 align=0 handle=- -> 0 flushes=0\n"

static const struct {
	const char *text, *where, *says;
} faults[] = {
	{"", "fault", "empty"},
	{"\n", "fault:1", ""},
	{"allocator=sun4u\n", "fault:1", "first line"},
	{"#allocator=sun4u\n", "fault:1", "first line"},
	{"# \n", "fault:1", "allocator"},
	{A0, "fault:1", "first line"},
	{"# allocator=sun4u\n", "fault:1", "entries"},
	{"# entries=64 npools=1 large_pool=0 lazy_flush=1 base_pages=0 seg_boundary_pages=8\n",
	 "fault:1", "allocator"},
	{"# allocator=sun4u entries=64 npools=1 large_pool=0 lazy_flush=1 base_pages=0\n",
	 "fault:1", "seg_boundary_pages"},
	{"# allocator=sun4u entries=64 npools=1 large_pool=0 base_pages=0 seg_boundary_pages=8\n",
	 "fault:1", "lazy_flush"},
	{HEAD("nonesuch", "64", "1", "0", "1", "0", "1024"), "fault:1", "nonesuch"},
	{HEAD("aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd", "64", "1", "0", "1", "0", "1024"),
	 "fault:1", "too long"},
	{HEAD("sun4u", "0", "1", "0", "1", "0", "1024"), "fault:1", "entries"},
	{HEAD("sun4u", "1", "1", "0", "1", "0", "1024"), "fault:1", "entries"},
	{HEAD("sun4u", "268435457", "1", "0", "1", "0", "1024"), "fault:1", "entries"},
	{HEAD("sun4u", "-1", "1", "0", "1", "0", "1024"), "fault:1", "entries"},
	{HEAD("sun4u", "", "1", "0", "1", "0", "1024"), "fault:1", "entries"},
	{HEAD("sun4u", "64x", "1", "0", "1", "0", "1024"), "fault:1", "entries"},
	{HEAD("sun4u", "64", "2", "0", "1", "0", "1024"), "fault:1", "pools"},
	{HEAD("pooled", "64", "0", "0", "1", "0", "1024"), "fault:1", "pools"},
	{HEAD("pooled", "64", "3", "0", "1", "0", "1024"), "fault:1", "pools"},
	{HEAD("pooled", "64", "17", "0", "1", "0", "1024"), "fault:1", "npools"},
	{HEAD("pooled", "64", "2", "2", "1", "0", "1024"), "fault:1", "large_pool"},
	{HEAD("pooled", "64", "2", "0", "2", "0", "1024"), "fault:1", "lazy_flush"},
	{HEAD("sun4u", "64", "1", "0", "1", "18446744073709551615", "1024"), "fault:1", "page"},
	{HEAD("sun4u", "64", "1", "0", "1", "18446744073709551616", "1024"), "fault:1", "base"},
	{HEAD("sun4u", "64", "1", "0", "1", "0", "0"), "fault:1", "boundary"},
	{HEAD("sun4u", "64", "1", "0", "1", "0", "1000"), "fault:1", "boundary"},
	{"# colour=red\n", "fault:1", "colour"},
	{"# allocator=sun4u allocator=sun4u\n", "fault:1", "twice"},
	{"# entries=64 entries=64\n", "fault:1", "twice"},
	{HEADER "b\n", "fault:2", ""},
	{HEADER "a\n", "fault:2", ""},
	{HEADER "a n=1 align=0 handle=- -> 0 flushes=0\n", "fault:2", "cpu"},
	{HEADER "a cpu=0 align=0 handle=- -> 0 flushes=0\n", "fault:2", "n="},
	{HEADER "a cpu=0 n=1 handle=- -> 0 flushes=0\n", "fault:2", "align"},
	{HEADER "a cpu=0 n=1 align=0 -> 0 flushes=0\n", "fault:2", "handle"},
	{HEADER "a cpu=0 n=1 align=0 handle=x -> 0 flushes=0\n", "fault:2", "handle"},
	{HEADER "a cpu=0 n=1 align=0 handle=- 0 flushes=0\n", "fault:2", "->"},
	{HEADER "a cpu=0 n=1 align=0 handle=- -> x flushes=0\n", "fault:2", "->"},
	{HEADER "a cpu=0 n=1 align=0 handle=- -> 0\n", "fault:2", "flushes"},
	{HEADER "a cpu=0 n=1 align=0 handle=- -> 0 flushes=\n", "fault:2", "flushes"},
	{HEADER "a cpu=0 n=1 align=0 handle=- -> 0 flushes=0x\n", "fault:2", ""},
	{HEADER "a cpu=0 n=1 align=0 handle=- -> 0 flushes=0 more\n", "fault:2", "follows"},
	{HEADER "a cpu=0 n=1 align=0 handle=- -> 0 flushes=0\r\n", "fault:2", "follows"},
	{HEADER "a cpu=2 n=1 align=0 handle=- -> 0 flushes=0\n", "fault:2", "CPU"},
	{HEADER "a cpu=0 n=1 align=64 handle=- -> 0 flushes=0\n", "fault:2", "align"},
	{HEADER "a cpu=0 n=268435457 align=0 handle=- -> fail flushes=0\n", "fault:2", "larger"},
	{HEADER "a cpu=0 n=99999999999999999999 align=0 handle=- -> 0 flushes=0\n", "fault:2",
	 "n="},
	{HEADER A0 "f\n", "fault:3", ""},
	{HEADER A0 "f 0\n", "fault:3", "n="},
	{HEADER A0 "f 0 n=\n", "fault:3", "n="},
	{HEADER A0 "f 0 n=4 x\n", "fault:3", "follows"},
	{HEADER A0 "f x n=4\n", "fault:3", "ENTRY"},
	{HEADER A0 "f 8 n=4\n", "fault:3", "not allocated"},
	{HEADER A0 "f 64 n=1\n", "fault:3", "not allocated"},
	{HEADER A0 "f 268435456 n=1\n", "fault:3", "not allocated"},
	{HEADER A0 "f 268435457 n=1\n", "fault:3", "larger"},
	{HEADER A0 "f 0 n=0\n", "fault:3", "nothing to free"},
	{HEADER A0 "f 0 n=5\n", "fault:3", "entry 4 is not allocated"},
	{HEADER A0 "f 0 n=4\nf 0 n=4\n", "fault:4", "not allocated"},
	{HEADER A0 "\n# a comment\nf 0 n=4 # good\n  \nf 0 n=4\n", "fault:7", "not allocated"},
	/* The allocation fails here, whatever the trace says of it. */
	{HEADER "a cpu=0 n=64 align=0 handle=- -> fail flushes=1\nf 0 n=64\n", "fault:3",
	 "not allocated"},
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct outcome o = replay("fault", faults[i].text, strlen(faults[i].text), NULL);
		size_t n = strlen(faults[i].where);

		CHECK(o.err == -EINVAL, "fault %zu: %s", i, faults[i].text);
		CHECK(strncmp(o.e.text, faults[i].where, n) == 0 && o.e.text[n] == ':',
		      "fault %zu: %s", i, o.e.text);
		CHECK(strstr(o.e.text, faults[i].says), "fault %zu: %s, not of %s", i, o.e.text,
		      faults[i].says);
		CHECK(!strchr(o.e.text, '\n'), "fault %zu: %s", i, o.e.text);
		free(o.report);
	}
}

static void test_good_oddities(void **state)
{
	static const char *const texts[] = {
		HEADER,
		HEADER A0 "f 0 n=4",
		HEADER A0 "# a comment\n\nf 0 n=4   # why\n",
		HEADER "a cpu=1 n=4 align=0 handle=0x0 -> 0 flushes=0 # the cursor in hex\n",
		HEADER "a cpu=0 n=0 align=0 handle=- -> fail flushes=0\n",
		HEADER "a cpu=0 n=268435456 align=0 handle=268435456 -> fail flushes=0\n",
		HEADER "a cpu=0 n=64 align=0 handle=268435456 -> fail flushes=2\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct outcome o = replay("odd", texts[i], strlen(texts[i]), NULL);

		CHECK(o.err == 0 && o.result.mismatches == 0, "%zu: %s%s", i, o.err ? o.e.text : "",
		      o.report);
		free(o.report);
	}
}

static void test_nul_bytes(void **state)
{
	static const char good[] = HEADER A0 "f 0 n=4\n";
	char text[sizeof(good)];
	uint64_t rng = 2;

	(void)state;
	for (int round = 0; round < 200; round++) {
		unsigned long at = random_below(&rng, sizeof(good) - 1), line = 1;
		char where[40];
		struct outcome o;

		memcpy(text, good, sizeof(good));
		for (unsigned long i = 0; i < at; i++)
			line += text[i] == '\n';
		/* Behind the newline it is the next line's. */
		text[at] = '\0';
		o = replay("nul", text, sizeof(good) - 1, NULL);
		snprintf(where, sizeof(where), "nul:%lu: ", line);
		CHECK(o.err == -EINVAL && strncmp(o.e.text, where, strlen(where)) == 0,
		      "NUL at %lu: %s", at, o.e.text);
		free(o.report);
	}
}

static void test_cut(void **state)
{
	static const char good[] = HEADER A0 "f 0 n=4\n";
	const size_t header = strlen(HEADER), alloc = header + strlen(A0);

	(void)state;
	for (size_t cut = header + 1; cut < sizeof(good) - 1; cut++) {
		struct outcome o = replay("cut", good, cut, NULL);
		/* Complete again with the last number's first digit. */
		bool whole = cut == alloc - 1 || cut == alloc || cut == sizeof(good) - 2;
		const char *where = cut < alloc ? "cut:2: " : "cut:3: ";

		CHECK((o.err == 0) == whole, "cut at %zu: %d", cut, o.err);
		if (o.err)
			CHECK(strncmp(o.e.text, where, strlen(where)) == 0, "%s", o.e.text);
		free(o.report);
	}
}

static void test_garbled(void **state)
{
	uint64_t rng = 3;
	int refused = 0;

	(void)state;
	for (int round = 0; round < (SANITIZED ? 1000 : 4000); round++) {
		const char *text = traces[random_below(&rng, trace_count)].text;
		char garbled[3000];
		size_t size = 2000 + random_below(&rng, 1000);
		struct outcome o;

		memcpy(garbled, text, size);
		for (unsigned long n = 1 + random_below(&rng, 3); n; n--) {
			unsigned long at = strcspn(text, "\n") +
					   random_below(&rng, size - strcspn(text, "\n"));

			garbled[at] = (char)random_below(&rng, 256);
		}
		o = replay("garbled", garbled, size, NULL);
		CHECK(o.err == 0 || (o.err == -EINVAL && strncmp(o.e.text, "garbled:", 8) == 0),
		      "%d %s", o.err, o.e.text);
		refused += o.err != 0;
		free(o.report);
	}
	assert_true(refused > 500);
}

/* Does the trace ask for an alignment; does its mask leave out a part of the table? */
static bool aligns(const char *text)
{
	while ((text = strstr(text, " align="))) {
		text += strlen(" align=");
		if (*text != '0')
			return true;
	}
	return false;
}

static bool masks(const char *text)
{
	const char *mask = strstr(text, " mask=");

	return mask && strncmp(mask, " mask=0xffffffffffffffff", 24) != 0;
}

/* What @a does not do of what the trace asks for, in the words of the error; "" if all. */
static const char *lacks(const struct iommu_allocator *a, const char *text)
{
	const char *pools = strstr(text, "npools=") + strlen("npools=");
	const unsigned int npools = (unsigned int)strtoul(pools, NULL, 10);

	if (!variant_takes(a, npools) && a->pools[1])
		return "pools";
	if (masks(text) && !a->uses_mask)
		return "takes no mask";
	return aligns(text) && !a->uses_align ? "does not align" : "";
}

/* Every trace against every allocator: refused by what it lacks, or told apart and never derailed. */
static void test_other_allocators(void **state)
{
	const struct iommu_allocator *const *all;
	unsigned int refused = 0;
	size_t count;

	(void)state;
	all = iommu_allocators(&count);
	for (size_t i = 0; i < trace_count; i++) {
		const char *own = traces[i].text + strlen("# allocator=");

		for (size_t j = 0; j < count; j++) {
			struct outcome o = replay(traces[i].name, traces[i].text, traces[i].size,
						  all[j]->name);
			const char *what = lacks(all[j], traces[i].text);
			const size_t n = strlen(all[j]->name);

			CHECK((o.err == 0) == !*what, "%s against %s: %s", traces[i].name,
			      all[j]->name, o.err ? o.e.text : "taken");
			if (o.err)
				CHECK(strstr(o.e.text, what), "%s, not %s", o.e.text, what);
			else
				assert_int_equal(o.result.operations,
						 count_lines(traces[i].text) - 1);
			if (strncmp(own, all[j]->name, n) == 0 && own[n] == ' ')
				assert_int_equal(o.result.mismatches, 0);
			refused += o.err != 0;
			free(o.report);
		}
	}
	assert_true(refused > 20);
}

static void test_override_by_pools(void **state)
{
	static const struct {
		const char *override;
		bool good;
	} cases[] = {
		{"pooled", true},         {"pooled/pools:16", true},   {"pooled-1", true},
		{"stale-1", true},        {"stale-hop/pools:8", true}, {"pooled/pools:3", false},
		{"sun4u/pools:2", false}, {"nonesuch", false},         {"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct outcome o = replay("t", traces[0].text, traces[0].size, cases[i].override);

		CHECK((o.err == 0) == cases[i].good, "'%s'", cases[i].override);
		free(o.report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_mismatch),
		cmocka_unit_test(test_altered_line_is_named),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_good_oddities),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_garbled),
		cmocka_unit_test(test_other_allocators),
		cmocka_unit_test(test_override_by_pools),
	};

	return cmocka_run_group_tests_name("golden", tests, load_traces, NULL);
}
