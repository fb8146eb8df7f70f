// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads traces in the golden format, and says on which line one is wrong. */
#include "audit/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "base/parse.h"

/* Reads a line into r->text without its newline: 1, 0 at the end, -EINVAL. */
static int read_line(struct trace_reader *r, struct error *e)
{
	ssize_t got;

	errno = 0;
	got = getline(&r->text, &r->capacity, r->file);
	if (got < 0) {
		if (ferror(r->file) || errno)
			return error_set(e, "%s: cannot read: %s", r->name, strerror(errno));
		return 0;
	}
	r->line++;
	if (r->text[got - 1] == '\n')
		r->text[--got] = '\0';
	if (strlen(r->text) != (size_t)got)
		return error_set(e, "%s:%lu: the line holds a NUL byte: not a trace", r->name,
				 r->line);
	return 1;
}

static int bad_line(const struct trace_reader *r, struct error *e, const char *what)
{
	return error_set(e, "%s:%lu: %s: '%.60s'", r->name, r->line, what, r->text);
}

/* The header's keys: where each value goes, and how large it may be. */
struct header_key {
	const char *name;
	size_t offset;
	uint64_t max;
	bool required;
};

#define KEY(field, max, required)                                           \
	{                                                                   \
#field, offsetof(struct trace_header, field), max, required \
	}

static const struct header_key header_keys[] = {
	KEY(entries, IOMMU_MAX_ENTRIES, true),
	KEY(npools, IOMMU_MAX_POOLS, true),
	KEY(large_pool, 1, true),
	KEY(lazy_flush, 1, true),
	KEY(base_pages, UINT64_MAX, true),
	KEY(seg_boundary_pages, UINT64_MAX, true),
	KEY(cpus, UINT32_MAX, false),
	KEY(mask, UINT64_MAX, false),
	KEY(seed, UINT64_MAX, false),
};
#define HEADER_KEYS (sizeof(header_keys) / sizeof(header_keys[0]))

/* One "key=value" of the header; *seen has a bit for each key met, the top one for the name. */
static int header_field(struct trace_reader *r, const char *field, unsigned int *seen,
			struct error *e)
{
	const char *equals = strchr(field, '=');
	size_t length = equals ? (size_t)(equals - field) : 0;

	if (length == strlen("allocator") && strncmp(field, "allocator", length) == 0) {
		if (*seen & 1U << HEADER_KEYS)
			return error_set(e, "%s:1: 'allocator' is given twice", r->name);
		if (strlen(equals + 1) >= sizeof(r->header.allocator))
			return error_set(e, "%s:1: allocator name too long", r->name);
		strcpy(r->header.allocator, equals + 1);
		*seen |= 1U << HEADER_KEYS;
		return 0;
	}
	for (size_t i = 0; i < HEADER_KEYS; i++) {
		const struct header_key *k = &header_keys[i];
		uint64_t value;

		if (length != strlen(k->name) || strncmp(field, k->name, length) != 0)
			continue;
		if (*seen & 1U << i)
			return error_set(e, "%s:1: '%s' is given twice", r->name, k->name);
		if (!parse_u64(equals + 1, 0, k->max, &value))
			return error_set(e, "%s:1: %s must be a number up to %llu, not '%.30s'",
					 r->name, k->name, (unsigned long long)k->max, equals + 1);
		memcpy((char *)&r->header + k->offset, &value, sizeof(value));
		*seen |= 1U << i;
		return 0;
	}
	return error_set(e, "%s:1: unknown header field '%.40s'", r->name, field);
}

static int parse_header(struct trace_reader *r, struct error *e)
{
	unsigned int seen = 0;
	char *rest, *field;
	int err;

	if (strncmp(r->text, "# ", 2) != 0)
		return bad_line(r, e, "the first line must be '# allocator=... entries=...'");
	for (field = strtok_r(r->text + 2, " ", &rest); field; field = strtok_r(NULL, " ", &rest)) {
		err = header_field(r, field, &seen, e);
		if (err)
			return err;
	}
	if (!(seen & 1U << HEADER_KEYS))
		return error_set(e, "%s:1: the header lacks 'allocator='", r->name);
	for (size_t i = 0; i < HEADER_KEYS; i++) {
		if (header_keys[i].required && !(seen & 1U << i))
			return error_set(e, "%s:1: the header lacks '%s='", r->name,
					 header_keys[i].name);
	}
	return 0;
}

int trace_begin(struct trace_reader *r, FILE *file, const char *name, struct error *e)
{
	int got;

	memset(r, 0, sizeof(*r));
	r->file = file;
	r->name = name;
	r->header.mask = UINT64_MAX;
	got = read_line(r, e);
	if (got == 0)
		return error_set(e, "%s: the file is empty: a trace begins with '# allocator=...'",
				 name);
	return got < 0 ? got : parse_header(r, e);
}

/* "a cpu=C n=N align=ORDER handle=H -> INDEX flushes=F", behind the "a ". */
static const char *parse_alloc(const char *p, struct trace_op *op)
{
	if (!parse_word(&p, "cpu=") || !parse_u64_prefix(&p, &op->cpu))
		return "expected 'cpu=NUMBER'";
	if (!parse_word(&p, " n=") || !parse_u64_prefix(&p, &op->n))
		return "expected 'n=NUMBER' after the CPU";
	if (!parse_word(&p, " align=") || !parse_u64_prefix(&p, &op->align_order))
		return "expected 'align=ORDER' after n";
	if (!parse_word(&p, " handle="))
		return "expected 'handle=' after align";
	op->has_handle = !parse_word(&p, "-");
	if (op->has_handle && !parse_u64_prefix(&p, &op->handle))
		return "expected 'handle=-' or 'handle=NUMBER'";
	if (!parse_word(&p, " -> "))
		return "expected '-> RESULT' after the handle";
	op->fails = parse_word(&p, "fail");
	if (!op->fails && !parse_u64_prefix(&p, &op->entry))
		return "expected an entry or 'fail' after '->'";
	if (!parse_word(&p, " flushes=") || !parse_u64_prefix(&p, &op->flushes))
		return "expected 'flushes=NUMBER' after the result";
	return *p ? "something follows the operation" : NULL;
}

/* "f ENTRY n=N", behind the "f ". */
static const char *parse_free(const char *p, struct trace_op *op)
{
	op->is_free = true;
	if (!parse_u64_prefix(&p, &op->entry))
		return "expected 'f ENTRY'";
	if (!parse_word(&p, " n=") || !parse_u64_prefix(&p, &op->n))
		return "expected 'n=NUMBER' after the entry";
	return *p ? "something follows the operation" : NULL;
}

/* Numbers beyond what an unsigned long or an allocator takes. */
static const char *out_of_range(const struct trace_reader *r, const struct trace_op *op)
{
	if (op->n > IOMMU_MAX_ENTRIES || (op->is_free && op->entry > IOMMU_MAX_ENTRIES))
		return "a number is larger than any map";
	if (!op->is_free && (op->handle > IOMMU_MAX_ENTRIES || op->align_order > 63))
		return "the handle or alignment is larger than any map";
	if (!op->is_free && (op->cpu > UINT32_MAX || (r->header.cpus && op->cpu >= r->header.cpus)))
		return "the CPU number is not below the header's cpus=";
	return NULL;
}

int trace_next(struct trace_reader *r, struct trace_op *op, struct error *e)
{
	const char *why, *p;
	char *comment;
	size_t length;
	int got;

	do {
		got = read_line(r, e);
		if (got <= 0)
			return got;
		comment = strchr(r->text, '#');
		length = comment ? (size_t)(comment - r->text) : strlen(r->text);
		while (length && r->text[length - 1] == ' ')
			length--;
		r->text[length] = '\0';
	} while (length == 0);

	memset(op, 0, sizeof(*op));
	op->line = r->line;
	p = r->text;
	if (parse_word(&p, "a "))
		why = parse_alloc(p, op);
	else if (parse_word(&p, "f "))
		why = parse_free(p, op);
	else
		why = "expected 'a cpu=...' or 'f ENTRY n=N'";
	if (!why)
		why = out_of_range(r, op);
	return why ? bad_line(r, e, why) : 1;
}

void trace_close(struct trace_reader *r)
{
	free(r->text);
	r->text = NULL;
}
