// SPDX-License-Identifier: GPL-2.0-or-later
/* Chooses the allocators of a plan with their pools, and what each is measured with. */
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

struct variant_list {
	unsigned int count;
	struct variant v[SETTING_VARIANTS_MAX];
};

/* An allocator with one of its numbers of pools. */
static bool has_variant(const struct variant_list *list, const struct variant *v)
{
	for (unsigned int i = 0; i < list->count; i++) {
		if (list->v[i].allocator == v->allocator && list->v[i].npools == v->npools)
			return true;
	}
	return false;
}

static void add_variant(struct variant_list *list, const struct iommu_allocator *a,
			unsigned int npools)
{
	struct variant v = {.allocator = a, .npools = npools};

	if (list->count < SETTING_VARIANTS_MAX && !has_variant(list, &v))
		list->v[list->count++] = v;
}

/*
 * All numbers of pools that @a is to be run with: those asked for which it takes, or its own
 * defaults. One without a choice (sun4u) appears once, whatever was asked. Returns how many.
 */
static unsigned int expand(const struct iommu_allocator *a, const struct number_list *pools,
			   struct variant_list *list)
{
	unsigned int before = list->count, taken = 0;

	if (!pools->count || !a->pools[1]) {
		for (const unsigned int *p = a->default_pools; *p; p++)
			add_variant(list, a, *p);
		return 1;
	}
	for (unsigned int i = 0; i < pools->count; i++) {
		if (variant_takes(a, (unsigned int)pools->value[i])) {
			add_variant(list, a, (unsigned int)pools->value[i]);
			taken++;
		}
	}
	return taken + (list->count - before);
}

static int choose_variants(const struct plan_request *o, struct variant_list *list, struct error *e)
{
	const struct iommu_allocator *const *all;
	size_t count;

	list->count = 0;
	if (!o->variant_count) {
		all = iommu_allocators(&count);
		for (size_t i = 0; i < count; i++)
			expand(all[i], &o->pools, list);
		return 0;
	}
	for (unsigned int i = 0; i < o->variant_count; i++) {
		const struct variant *v = &o->variants[i];

		if (v->npools)
			add_variant(list, v->allocator, v->npools);
		else if (!expand(v->allocator, &o->pools, list))
			return error_set(e,
					 "%s takes none of the --pools asked for: see iommubench "
					 "list",
					 v->allocator->name);
	}
	return 0;
}

static bool ran(const struct setting *s, const struct variant *v)
{
	return s->platform && platform_ran(s->platform, v->allocator, v->npools);
}

/* Is @v of the setting, if the request does not name it? What ran elsewhere alone is not. */
static bool suits_platform(const struct setting *s, const struct variant *v)
{
	const struct iommu_allocator *a = v->allocator;

	return ran(s, v) || ((!a->ran_on || platform_ran(s->platform, a, 0)) &&
			     platform_cost(s->platform, a)->flush);
}

static bool suits(const struct setting *s, const struct plan_request *o, const struct variant *v)
{
	if (o->platform_count)
		return o->variant_count || suits_platform(s, v);
	return !s->platform || platform_home(v->allocator) == s->platform;
}

/* First those that ran there, then those that did not. */
static void take_variants(struct setting *s, const struct plan_request *o,
			  const struct variant_list *list)
{
	for (int hypothetical = 0; hypothetical < 2; hypothetical++) {
		for (unsigned int i = 0; i < list->count; i++) {
			const struct variant *v = &list->v[i];

			if (suits(s, o, v) && ran(s, v) == !hypothetical)
				s->variant[s->count++] = *v;
		}
	}
}

/* The platforms asked for, or all from which allocators may be; or none, where nothing is left to them. */
static unsigned int begin_settings(const struct plan_request *o, struct setting *s)
{
	size_t count = 1;
	const struct platform *all = platforms(&count);

	if (o->platform_count)
		count = o->platform_count;
	else if (o->flush_count)
		count = 1;
	for (size_t i = 0; i < count; i++) {
		s[i].platform = o->platform_count ? o->platforms[i] :
				o->flush_count    ? NULL :
						    &all[i];
		s[i].named = o->platform_count || (s[i].platform && !o->entries);
		s[i].entries = o->entries    ? o->entries :
			       s[i].platform ? s[i].platform->entries :
					       cell_usual_entries(o->audit_threads);
	}
	return (unsigned int)count;
}

/* Tables have a block a platform, which its entries and flushes tell from the others. */
static int check_distinct(const struct plan_request *o, const struct setting *s, unsigned int count,
			  struct error *e)
{
	for (unsigned int i = 0; i < count && o->flush_count && !o->audit_threads; i++) {
		for (unsigned int j = 0; j < i; j++) {
			if (s[i].entries == s[j].entries)
				return error_set(
					e,
					"--platform: with that --flush nothing tells %s "
					"from %s, which have %lu entries: give one of them",
					s[j].platform->name, s[i].platform->name, s[i].entries);
		}
	}
	return 0;
}

int settings_make(const struct plan_request *o, struct setting **settings, unsigned int *count,
		  struct error *e)
{
	struct setting *s = calloc(PLATFORMS_MAX, sizeof(*s));
	struct variant_list list;
	int err = s ? choose_variants(o, &list, e) : error_set(e, "no memory for the plan");

	*settings = s;
	*count = 0;
	if (err)
		return err;
	*count = begin_settings(o, s);
	for (unsigned int i = 0; i < *count; i++)
		take_variants(&s[i], o, &list);
	return check_distinct(o, s, *count, e);
}

/* Of a platform: what lazy ones pay, and what strict ones do. */
unsigned int setting_flushes(const struct setting *s, const struct plan_request *o)
{
	(void)s;
	return o->flush_count ? o->flush_count : 2;
}

int setting_flush(const struct setting *s, const struct plan_request *o, unsigned int i,
		  const struct variant *v, struct flush_model *flush, struct error *e)
{
	const struct platform_cost *cost;

	if (o->flush_count) {
		*flush = o->flushes[i];
		return 0;
	}
	if (v->allocator->strict_flush != (i == 1))
		return 1;
	cost = platform_cost(s->platform, v->allocator);
	if (cost->flush)
		return flush_model_parse(cost->flush, flush, e);
	*flush = (struct flush_model){.name = SETTING_UNKNOWN, .none = true};
	return 0;
}
