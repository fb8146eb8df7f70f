// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads traces in the golden format, and says on which line one is wrong. */
#include "audit/trace.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/gunzip.h"
#include "base/parse.h"

/* Reads a line into r->text without its newline: 1, 0 at the end, -EINVAL. */
static int read_line(struct trace_reader *r, struct error *e)
{
	size_t length = 0;
	int c;

	errno = 0;
	while ((c = getc_unlocked(r->stream)) != EOF && c != '\n' && length < TRACE_LINE_MAX)
		r->text[length++] = (char)c;
	if (c == EOF && ferror(r->stream))
		return error_set(e, "%s:%lu: cannot read it: %s", r->name, r->line + 1,
				 gunzip_strerror(errno));
	if (c == EOF && !length)
		return 0;
	r->line++;
	if (c != EOF && c != '\n')
		return error_set(e, "%s:%lu: the line is longer than %d bytes: not a trace",
				 r->name, r->line, TRACE_LINE_MAX);
	r->text[length] = '\0';
	if (strlen(r->text) != length)
		return error_set(e, "%s:%lu: the line holds a NUL byte: not a trace", r->name,
				 r->line);
	return 1;
}

int trace_begin(struct trace_reader *r, FILE *file, const char *name, struct error *e)
{
	int got;

	memset(r, 0, sizeof(*r));
	r->name = name;
	r->text = malloc(TRACE_LINE_MAX + 1);
	r->stream = gunzip_stream(file);
	if (!r->text || !r->stream)
		return error_set(e, "%s: no memory to read it", name);
	got = read_line(r, e);
	if (got == 0)
		return error_set(e, "%s: the file is empty: a trace begins with '# allocator=...'",
				 name);
	return got < 0 ? got : trace_header_parse(r, e);
}

/*
 * What may stand between the handle and the result: " mask=M", " boundary=B" (or by the header's
 * name), each at most once.
 */
static const char *parse_device(const char **p, struct trace_op *op)
{
	bool has_mask = false, has_boundary = false;

	for (;;) {
		if (parse_word(p, " mask=")) {
			if (has_mask)
				return "mask= is given twice";
			if (!parse_u64_prefix(p, &op->device.mask))
				return "expected 'mask=NUMBER'";
			has_mask = true;
		} else if (parse_word(p, " boundary=") || parse_word(p, " seg_boundary_pages=")) {
			if (has_boundary)
				return "boundary= is given twice";
			if (!parse_u64_prefix(p, &op->device.boundary))
				return "expected 'boundary=NUMBER'";
			has_boundary = true;
		} else {
			return iommu_device_check(&op->device);
		}
	}
}

/* "a cpu=C n=N align=ORDER handle=H ... -> INDEX flushes=F", behind the "a ". */
static const char *parse_alloc(const char *p, struct trace_op *op)
{
	const char *why;

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
	why = parse_device(&p, op);
	if (why)
		return why;
	if (!parse_word(&p, " -> "))
		return "expected '-> RESULT', mask= or boundary= after the handle";
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
	static_assert(TRACE_CPUS == 1024, "as below");

	if (op->n > IOMMU_MAX_ENTRIES || (op->is_free && op->entry > IOMMU_MAX_ENTRIES))
		return "a number is larger than any map";
	if (!op->is_free && (op->handle > IOMMU_MAX_ENTRIES || op->align_order > 63))
		return "the handle or alignment is larger than any map";
	if (op->is_free)
		return NULL;
	if (r->header.cpus && op->cpu >= r->header.cpus)
		return "the CPU number is not below the header's cpus=";
	if (!r->header.cpus && op->cpu >= TRACE_CPUS)
		return "CPU numbers from 1024 on need cpus= in the header";
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

	*op = (struct trace_op){
		.line = r->line,
		.device = r->header.device,
	};
	p = r->text;
	if (parse_word(&p, "a "))
		why = parse_alloc(p, op);
	else if (parse_word(&p, "f "))
		why = parse_free(p, op);
	else
		why = "expected 'a cpu=...' or 'f ENTRY n=N'";
	if (!why)
		why = out_of_range(r, op);
	if (!why)
		return 1;
	return error_set(e, "%s:%lu: %s: '%.60s'", r->name, r->line, why, r->text);
}

void trace_close(struct trace_reader *r)
{
	if (r->stream)
		fclose(r->stream);
	free(r->header.reserved);
	free(r->text);
	memset(r, 0, sizeof(*r));
}
