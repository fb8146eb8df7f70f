// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the values of options that are lists, item by item, into the lists of a plan. */
#include "cmd/options_table.h"

#include <string.h>

#include "base/parse.h"

/* Takes one item of the list @v. */
typedef int (*item_reader)(const struct option_value *v, const char *item, struct error *e);

static int each_item(const struct option_value *v, item_reader read, struct error *e)
{
	const char *rest = v->text;
	char item[CELL_NAME_MAX];
	int got = 0, err = 0;

	while (!err && (got = parse_item(&rest, item, sizeof(item))) > 0)
		err = read(v, item, e);
	if (!err && got)
		err = error_set(e, "%s: an item is empty or too long at '%.40s'", v->name, rest);
	return err;
}

static int list_full(const struct option_value *v, struct error *e)
{
	return error_set(e, "%s: more than %d items", v->name, OPTIONS_LIST_MAX);
}

/* Adds a number to a list that has none twice. */
static int add_number(const struct option_value *v, const char *item, struct error *e)
{
	struct number_list *list = option_field(v);
	const uint64_t min = v->row->whole.min, max = v->row->whole.max;
	uint64_t number;

	if (!parse_u64(item, min, max, &number))
		return error_set(e, "%s: '%.40s' is not a whole number from %llu to %llu", v->name,
				 item, (unsigned long long)min, (unsigned long long)max);
	for (unsigned int i = 0; i < list->count; i++) {
		if (list->value[i] == number)
			return 0;
	}
	if (list->count == OPTIONS_LIST_MAX)
		return list_full(v, e);
	list->value[list->count++] = number;
	return 0;
}

int option_read_numbers(const struct option_value *v, struct error *e)
{
	return each_item(v, add_number, e);
}

/* "all" is the ladder up to the host, which is also what is taken without the option. */
int option_read_cpus(const struct option_value *v, struct error *e)
{
	if (strcmp(v->text, "all") != 0)
		return each_item(v, add_number, e);
	v->to->plan.cpus.count = 0;
	return 0;
}

static int add_pools(const struct option_value *v, const char *item, struct error *e)
{
	struct number_list *list = &v->to->plan.pools;
	uint64_t pools;

	if (!parse_u64(item, 1, IOMMU_MAX_POOLS, &pools) || (pools & (pools - 1)))
		return error_set(e,
				 "%s: '%.40s' is not a number of pools: choose from 1, 2, 4, 8, 16",
				 v->name, item);
	for (unsigned int i = 0; i < list->count; i++) {
		if (list->value[i] == pools)
			return 0;
	}
	list->value[list->count++] = pools;
	return 0;
}

int option_read_pools(const struct option_value *v, struct error *e)
{
	return each_item(v, add_pools, e);
}

static void put_platform(struct plan_request *p, const struct platform *one)
{
	for (unsigned int i = 0; i < p->platform_count; i++) {
		if (p->platforms[i] == one)
			return;
	}
	p->platforms[p->platform_count++] = one;
}

static int add_platform(const struct option_value *v, const char *item, struct error *e)
{
	const struct platform *one = platform_find(item), *all;
	char names[200] = "";
	size_t count;

	if (one) {
		put_platform(&v->to->plan, one);
		return 0;
	}
	all = platforms(&count);
	for (size_t i = 0; i < count; i++) {
		strncat(names, all[i].name, sizeof(names) - strlen(names) - 1);
		strncat(names, i + 1 < count ? ", " : " or all", sizeof(names) - strlen(names) - 1);
	}
	return error_set(e, "%s: no platform '%.40s': choose from %s", v->name, item, names);
}

int option_read_platforms(const struct option_value *v, struct error *e)
{
	size_t count;
	const struct platform *all = platforms(&count);

	if (strcmp(v->text, "all") != 0)
		return each_item(v, add_platform, e);
	for (size_t i = 0; i < count; i++)
		put_platform(&v->to->plan, &all[i]);
	return 0;
}

static int add_allocator(const struct option_value *v, const char *item, struct error *e)
{
	struct plan_request *p = &v->to->plan;

	if (p->variant_count == OPTIONS_LIST_MAX)
		return list_full(v, e);
	return variant_parse(item, &p->variants[p->variant_count++], e);
}

int option_read_allocators(const struct option_value *v, struct error *e)
{
	return each_item(v, add_allocator, e);
}

static int put_workload(const struct option_value *v, const struct workload *w, struct error *e)
{
	struct plan_request *p = &v->to->plan;

	if (p->workload_count == OPTIONS_LIST_MAX)
		return list_full(v, e);
	p->workloads[p->workload_count++] = w;
	return 0;
}

static int add_workload(const struct option_value *v, const char *item, struct error *e)
{
	const struct workload *w = workload_find(item);
	const struct workload *const *all;
	char names[200] = "";
	size_t count;

	if (w)
		return put_workload(v, w, e);
	all = workload_all(&count);
	for (size_t i = 0; i < count; i++) {
		strncat(names, i ? ", " : "", sizeof(names) - strlen(names) - 1);
		strncat(names, all[i]->name, sizeof(names) - strlen(names) - 1);
	}
	return error_set(e, "%s: no workload '%.40s': choose from %s", v->name, item, names);
}

int option_read_workloads(const struct option_value *v, struct error *e)
{
	const struct workload *const *all;
	size_t count;
	int err = 0;

	if (strcmp(v->text, "all") != 0)
		return each_item(v, add_workload, e);
	all = workload_all(&count);
	for (size_t i = 0; i < count && !err; i++)
		err = put_workload(v, all[i], e);
	return err;
}

static int add_order(const struct option_value *v, const char *item, struct error *e)
{
	const struct workload *order = audit_order_find(item);

	if (!order)
		return error_set(
			e, "%s: no free order '%.40s': choose from random, fifo, lifo, coherent",
			v->name, item);
	return put_workload(v, order, e);
}

int option_read_orders(const struct option_value *v, struct error *e)
{
	return each_item(v, add_order, e);
}

static int add_lock(const struct option_value *v, const char *item, struct error *e)
{
	struct plan_request *p = &v->to->plan;
	enum lock_kind kind;

	if (!lock_kind_parse(item, &kind))
		return error_set(e, "%s: no lock '%.40s': choose from tas, ticket, queued", v->name,
				 item);
	if (p->lock_count == OPTIONS_LIST_MAX)
		return list_full(v, e);
	p->locks[p->lock_count++] = kind;
	return 0;
}

int option_read_locks(const struct option_value *v, struct error *e)
{
	return each_item(v, add_lock, e);
}

/* Not a comma list: models contain commas. */
int option_read_flushes(const struct option_value *v, struct error *e)
{
	struct plan_request *p = &v->to->plan;

	if (p->flush_count == OPTIONS_LIST_MAX)
		return list_full(v, e);
	for (unsigned int i = 0; i < p->flush_count; i++) {
		if (strcmp(p->flushes[i].name, v->text) == 0)
			return 0;
	}
	return flush_model_parse(v->text, &p->flushes[p->flush_count++], e);
}
