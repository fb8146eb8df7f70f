// SPDX-License-Identifier: GPL-2.0-or-later
/* Any words as a command line, and the plan that comes of it; words end at newlines. */
#include "fuzz.h"

#include "cmd/options.h"
#include "plan/plan.h"

#define WORDS_MAX 100
#define CELLS_MAX 500
#define HOST_CPUS 6

/* Each cell is compared to all before: legal and slow. Variants are at most 24 here. */
static int too_many(const struct plan_request *o)
{
	double cells = 24.0 * o->workload_count * o->flush_count * o->occupancy.count *
		       o->lock_count * o->think.count * (o->cpus.count ? o->cpus.count : 4);

	return cells > CELLS_MAX;
}

/* The C library's regcomp() takes memory without bounds for nested repetitions: not ours to find. */
static int hard_regex(const char *text, size_t size)
{
	int operators = 0;

	for (size_t i = 0; i < size; i++)
		operators += text[i] && strchr("*+?{", text[i]);
	return operators > 4;
}

static void make_plan(const struct plan_request *o)
{
	struct plan plan;
	struct error e = {""};
	int err = plan_make(o, HOST_CPUS, &plan, &e);

	fuzz_check_error(err, &e);
	if (!err) {
		struct plan_request few = *o;
		struct plan_sample *order;
		size_t count;

		few.repetitions = 2;
		order = plan_order(&plan, &few, &count);
		FUZZ_CHECK(order && count == plan_samples(&plan, &few));
		for (size_t i = 0; i < count; i++)
			FUZZ_CHECK(order[i].cell < plan.cell_count && order[i].repetition < 2);
		free(order);
	}
	plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX], *text = malloc(size + 1), *rest = text;
	enum options_use use;
	struct options o;
	struct error e = {""};
	int argc = 0, err;

	if (!text || hard_regex((const char *)data, size)) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	while (argc < WORDS_MAX && (argv[argc] = strsep(&rest, "\n")))
		argc++;
	use = (enum options_use)(size % OPTIONS_USES);
	err = options_parse(argc, argv, use, &o, &e);
	if (err != 1) {
		/* A word may hold anything but what ends it here. */
		fuzz_check_error(err, &e);
		if (!err && use < OPTIONS_LIST && !too_many(&o.plan))
			make_plan(&o.plan);
	}
	free(text);
	return 0;
}
