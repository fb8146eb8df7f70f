// SPDX-License-Identifier: GPL-2.0-or-later
/* Two threads at once, most of the time near a flush. */
#include "audit/together.h"

#include <stdlib.h>
#include <string.h>

#include "audit/apart.h"

#define ENTRIES     1024
#define UTILIZATION 80
#define OPERATIONS  30000
#define PATIENCE    1000
/* With how many seeds at most, until enough has happened or one stale reuse has. */
#define SEEDS 20
/* Where each allocation has a flush, and where one takes in all that was freed for long. */
#define ENOUGH_OF_EACH 10000
#define ENOUGH_OF_MANY 100

uint64_t audit_together_enough(uint64_t flushes, uint64_t allocations)
{
	if (flushes >= allocations)
		return ENOUGH_OF_EACH;
	return ENOUGH_OF_EACH * flushes / allocations > ENOUGH_OF_MANY ?
		       ENOUGH_OF_EACH * flushes / allocations :
		       ENOUGH_OF_MANY;
}

uint64_t audit_together_seen(const struct audit_result *r)
{
	return r->flushes >= r->allocations ? r->overtaken : r->overlapped;
}

static void add(struct audit_result *sum, const struct audit_result *r)
{
	sum->pairs += r->pairs;
	sum->allocations += r->allocations;
	sum->failures += r->failures;
	sum->reuses += r->reuses;
	sum->reused_entries += r->reused_entries;
	sum->overlapped += r->overlapped;
	sum->overtaken += r->overtaken;
	sum->stale_reuse += r->stale_reuse;
	sum->stale_hits += r->stale_hits;
	sum->flushes += r->flushes;
}

static int run_seeds(struct audit_config *config, struct audit_result *sum, struct error *e)
{
	struct audit_result *r = malloc(sizeof(*r));
	int err = r ? 0 : error_set(e, "no memory to audit two threads");

	memset(sum, 0, sizeof(*sum));
	sum->seed = config->seed;
	for (int i = 0; i < SEEDS && !err && !sum->stale_reuse; i++) {
		if (i && audit_together_seen(sum) >=
				 audit_together_enough(sum->flushes, sum->allocations))
			break;
		err = audit_run_apart(config, r, e);
		if (!err)
			add(sum, r);
		config->seed++;
	}
	free(r);
	return err;
}

int audit_together(const struct audit_config *like, struct audit_result *r, struct error *e)
{
	struct cell cell = *like->cell;
	struct audit_config config = *like;
	const char *obstacle;

	cell.workload = &audit_orders[FREE_RANDOM];
	cell.entries = ENTRIES;
	cell.occupancy = UTILIZATION;
	cell.audit_threads = 2;
	/* Two threads need two CPU numbers. */
	if (cell.cpus < cell.audit_threads)
		cell.cpus = cell.audit_threads;
	cell_set_name(&cell);
	obstacle = cell_obstacle(&cell);
	if (obstacle)
		return error_set(e, "%s", obstacle);
	config.cell = &cell;
	config.geometry = cell_geometry(&cell);
	config.operations = OPERATIONS;
	config.patience = PATIENCE;
	config.draws = DRAWS_INDEPENDENT;
	config.script = NULL;
	return run_seeds(&config, r, e);
}
