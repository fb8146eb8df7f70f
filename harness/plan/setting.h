/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request makes of platforms: each with its variants, so large a table and such flushes. */
#ifndef IOMMUBENCH_SETTING_H
#define IOMMUBENCH_SETTING_H

#include "plan/platform.h"
#include "plan/request.h"

#define SETTING_VARIANTS_MAX (OPTIONS_LIST_MAX * 8)

/* The cells of a setting stand beside each other in a table. */
struct setting {
	const struct platform *platform; /* NULL: the request says what a flush costs */
	bool named; /* entries and flushes are, or stand for, that platform's */
	unsigned long entries;
	unsigned int count;
	/* First those that ran on the platform. */
	struct variant variant[SETTING_VARIANTS_MAX];
};

/*
 * Chooses what @o has measured. *settings gets an array to free, at most PLATFORMS_MAX of them; *count their
 * number. 0, or -EINVAL with *e set.
 */
int settings_make(const struct plan_request *o, struct setting **settings, unsigned int *count,
		  struct error *e);

/*
 * How many flush models a setting goes through; each has those of its variants that setting_flush() gives one of.
 */
unsigned int setting_flushes(const struct setting *s, const struct plan_request *o);

/*
 * The number @i of them, as @v has it. 1: @v is not measured with it; 0, or -EINVAL with *e set. Where it is not
 * known what the flushes of @v would cost, they are called SETTING_UNKNOWN.
 */
int setting_flush(const struct setting *s, const struct plan_request *o, unsigned int i,
		  const struct variant *v, struct flush_model *flush, struct error *e);

#define SETTING_UNKNOWN "unknown"

#endif
