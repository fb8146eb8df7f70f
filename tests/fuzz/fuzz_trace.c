// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a trace, gzipped or not, replayed against its own allocator or another; and what is in
 * it packed, which must come out alike. Built with the checked allocators: a free that replay lets
 * through although it is wrong ends the process.
 */
#include "fuzz.h"

#include "allocator.h"
#include "audit/replay.h"
#include "base/gunzip.h"
#include "unit/gzip.h"

/* Larger maps, and more of a text, are legal and slow. */
#define ENTRIES_MAX 65536
#define TEXT_MAX    65536

struct outcome {
	int err;
	struct replay_result result;
	struct error e;
	char *report;
};

static int too_large(const char *text)
{
	const char *p = text;

	for (; (p = strstr(p, "entries=")); p++) {
		if (strtoull(p + strlen("entries="), NULL, 0) > ENTRIES_MAX)
			return 1;
	}
	return 0;
}

static FILE *open_bytes(const void *data, size_t size)
{
	FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");

	FUZZ_CHECK(in);
	return in;
}

static struct outcome replay(const void *data, size_t size, const struct replay_request *request)
{
	struct outcome o = {.e = {""}};
	FILE *in = open_bytes(data, size), *out;
	size_t report_size;

	out = open_memstream(&o.report, &report_size);
	FUZZ_CHECK(out);
	o.err = replay_trace(in, "t", request, out, &o.result, &o.e);
	fclose(in);
	fclose(out);
	return o;
}

static void check(const struct outcome *o)
{
	fuzz_check_error(o->err, &o->e);
	FUZZ_CHECK(!o->err || strncmp(o->e.text, "t:", 2) == 0 ||
		   strncmp(o->e.text, "--reserved: ", 12) == 0);
	FUZZ_CHECK(o->result.mismatches + 2 * o->result.reordered <= o->result.operations);
}

/* As it is and packed: the same of both. */
static void compare(const char *text, size_t size, const struct outcome *o,
		    const struct replay_request *request)
{
	struct outcome other;
	size_t packed;
	char *data = gzip(text, size, &packed);

	FUZZ_CHECK(data);
	other = replay(data, packed, request);
	FUZZ_CHECK(other.err == o->err);
	FUZZ_CHECK(!o->err || strcmp(other.e.text, o->e.text) == 0);
	FUZZ_CHECK(memcmp(&other.result, &o->result, sizeof(o->result)) == 0);
	FUZZ_CHECK(strcmp(other.report, o->report) == 0);
	free(other.report);
	free(data);
}

static void try(const uint8_t *data, size_t size, const char *text, size_t text_size, int whole)
{
	const struct iommu_allocator *const *all;
	struct replay_request request = {0};
	size_t count, choice = size;
	struct outcome o;

	all = iommu_allocators(&count);
	if (choice % (count + 1))
		request.allocator = all[choice % (count + 1) - 1]->name;
	choice /= count + 1;
	request.concurrent = choice % 2;
	request.reserved = choice / 2 % 4 ? NULL : "0-3,100";
	o = replay(data, size, &request);
	check(&o);
	if (whole)
		compare(text, text_size, &o, &request);
	free(o.report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(TEXT_MAX + 1);
	FILE *in, *stream;
	size_t text_size;
	int whole;

	if (!text || !size) {
		free(text);
		return 0;
	}
	in = open_bytes(data, size);
	stream = gunzip_stream(in);
	FUZZ_CHECK(stream);
	text_size = fread(text, 1, TEXT_MAX, stream);
	text[text_size] = '\0';
	whole = !ferror(stream) && text_size < TEXT_MAX;
	fclose(stream);
	fclose(in);
	if (text_size < TEXT_MAX && !too_large(text))
		try(data, size, text, text_size, whole);
	free(text);
	return 0;
}
