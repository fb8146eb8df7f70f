// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes a trace that differs as short as it can, by leaving out operations. */
#include "kernel/check/check_trace.h"

#include <stdlib.h>
#include <string.h>

/* Trying stops after so many operations, a few seconds. */
#define BUDGET UINT64_C(20000000)

struct shrinking {
	struct check_trace *trace;
	struct check_trace trial;
	struct check_difference *d;
	uint64_t spent;
	struct error *e;
	int err;
};

/* If the trial differs too it replaces the trace, without what follows. */
static bool accept(struct shrinking *s)
{
	struct check_difference d;

	if (s->err || s->spent > BUDGET)
		return false;
	s->err = check_repeat(&s->trial, s->trial.count, &d, s->e);
	s->spent += s->trial.count + s->trial.geometry.entries;
	if (s->err || d.kind == CHECK_SAME)
		return false;
	memcpy(s->trace->op, s->trial.op, (d.at + 1) * sizeof(*s->trial.op));
	s->trace->count = d.at + 1;
	*s->d = d;
	return true;
}

static bool try_without(struct shrinking *s, size_t from, size_t count)
{
	const size_t behind = s->trace->count - from - count;

	memcpy(s->trial.op, s->trace->op, from * sizeof(*s->trial.op));
	memcpy(s->trial.op + from, s->trace->op + from + count, behind * sizeof(*s->trial.op));
	s->trial.count = from + behind;
	return accept(s);
}

/* Stretches of half the trace, of a quarter, ... of one operation. */
static bool leave_out(struct shrinking *s)
{
	bool any = false;

	for (size_t length = s->trace->count / 2; length >= 1; length /= 2) {
		size_t from = 0;

		while (from + length <= s->trace->count) {
			if (try_without(s, from, length))
				any = true;
			else
				from += length;
		}
	}
	return any;
}

/* What an operation asks for beside its entries. */
static bool simplify(struct shrinking *s)
{
	bool any = false;

	for (size_t i = 0; i < s->trace->count; i++) {
		const struct check_op *op = &s->trace->op[i];
		struct check_op plain = *op;

		plain.cpu = 0;
		plain.align_order = 0;
		plain.device = iommu_any_device;
		plain.has_handle = false;
		plain.handle = 0;
		if (memcmp(&plain, op, sizeof(plain)) == 0)
			continue;
		memcpy(s->trial.op, s->trace->op, s->trace->count * sizeof(*s->trial.op));
		s->trial.count = s->trace->count;
		s->trial.op[i] = plain;
		any |= accept(s);
	}
	return any;
}

int check_shrink(struct check_trace *trace, struct check_difference *d, struct error *e)
{
	struct shrinking s = {.trace = trace, .trial = *trace, .d = d, .e = e};
	bool better;

	s.trial.op = malloc((trace->count + 1) * sizeof(*trace->op));
	if (!s.trial.op)
		return error_set(e, "no memory to shrink a trace");
	do {
		better = leave_out(&s);
		better |= simplify(&s);
	} while (better && !s.err);
	free(s.trial.op);
	return s.err;
}
