// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads machine profiles, built in or from files. */
#include "device/profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flush.h"
#include "base/parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Made by the Makefile from harness/profiles/. */
extern const char *const profile_builtin_names[];
extern const char *const profile_builtin_texts[];
extern const size_t profile_builtin_count;

const char *const *profile_names(size_t *count)
{
	*count = profile_builtin_count;
	return profile_builtin_names;
}

/* The keys, in the order of their bits in seen. */
#define FLUSH_FIGURES 3
#define IOTLB_FIGURES 3
#define FIGURES       (FLUSH_FIGURES + IOTLB_FIGURES + MACHINE_FIGURES)
#define CPUS_MAX      1024
#define KIB_MAX       (1024 * 1024)
#define PS_MAX        1000000000

static const struct {
	const char *key;
	uint64_t min, max; /* max 0: a rule of replacement, by name */
} figures[FIGURES] = {
	{"flush_writes", 0, FLUSH_NS_MAX},
	{"flush_write_ns", 0, FLUSH_NS_MAX},
	{"flush_read_ns", 0, FLUSH_NS_MAX},
	{"iotlb_tags", 0, IOTLB_TAGS_MAX},
	{"iotlb_ways", 0, IOTLB_TAGS_MAX},
	{"iotlb_replacement", 0, 0},
	{"cpus", 1, CPUS_MAX},
	{"threads_per_core", 1, CPUS_MAX},
	{"issue_threads", 1, CPUS_MAX},
	{"cores_per_llc", 1, CPUS_MAX},
	{"llcs_per_node", 1, CPUS_MAX},
	{"clock_mhz", 1, 100000},
	{"line_bytes", 16, 1024},
	{"l1_kib", 1, KIB_MAX},
	{"l1_ways", 1, 64},
	{"l2_kib", 0, KIB_MAX},
	{"l2_ways", 0, 64},
	{"llc_kib", 0, KIB_MAX},
	{"llc_ways", 0, 64},
	{"block_ps", 1, PS_MAX},
	{"l2_ps", 0, PS_MAX},
	{"llc_ps", 0, PS_MAX},
	{"memory_ps", 0, PS_MAX},
	{"memory_remote_ps", 0, PS_MAX},
	{"transfer_ps", 0, PS_MAX},
	{"transfer_far_ps", 0, PS_MAX},
	{"transfer_remote_ps", 0, PS_MAX},
	{"line_busy_ps", 0, PS_MAX},
	{"atomic_ps", 1, PS_MAX},
	{"relax_ps", 1, PS_MAX},
	{"store_buffer", 1, 256},
};

const char *profile_machine_key(enum machine_figure f)
{
	return figures[FLUSH_FIGURES + IOTLB_FIGURES + f].key;
}

static struct profile_figure *figure_at(struct profile *p, size_t i)
{
	struct profile_figure *const first[] = {&p->flush_writes,  &p->flush_write_ns,
						&p->flush_read_ns, &p->iotlb_tags,
						&p->iotlb_ways,    &p->iotlb_replacement};

	return i < COUNT(first) ? first[i] : &p->machine[i - COUNT(first)];
}

/* A profile and which of its figures were met, a bit each. */
struct reading {
	struct profile *profile;
	uint64_t seen;
};

static int read_figure(const struct fact_line *fact, size_t i, struct profile *p, struct error *e)
{
	struct profile_figure *figure = figure_at(p, i);

	if (figures[i].max &&
	    !parse_u64(fact->value, figures[i].min, figures[i].max, &figure->value))
		return fact_error(fact, e, "%s must be a number from %llu to %llu", fact->key,
				  (unsigned long long)figures[i].min,
				  (unsigned long long)figures[i].max);
	if (!figures[i].max && !iotlb_replacement_parse(fact->value, &p->iotlb.replacement))
		return fact_error(fact, e, "%s must be lru, fifo or random", fact->key);
	if (!*fact->source)
		return fact_error(fact, e, "%s has no source: add '| SOURCE' or '| assumed: WHY'",
				  fact->key);
	strcpy(figure->source, fact->source);
	return 0;
}

static int take_fact(const struct fact_line *fact, void *arg, struct error *e)
{
	struct reading *r = arg;

	if (strcmp(fact->key, "summary") == 0) {
		strcpy(r->profile->summary, fact->value);
		return 0;
	}
	for (size_t i = 0; i < FIGURES; i++) {
		if (strcmp(fact->key, figures[i].key) != 0)
			continue;
		if (r->seen & UINT64_C(1) << i)
			return fact_error(fact, e, "%s is given twice", fact->key);
		r->seen |= UINT64_C(1) << i;
		return read_figure(fact, i, r->profile, e);
	}
	return fact_error(fact, e, "unknown key '%s'", fact->key);
}

/* Bits of seen: the figures of a flush, of an IOTLB and of a machine. */
#define SEEN_FLUSH   UINT64_C(7)
#define SEEN_IOTLB   (UINT64_C(7) << FLUSH_FIGURES)
#define SEEN_MACHINE (((UINT64_C(1) << MACHINE_FIGURES) - 1) << (FLUSH_FIGURES + IOTLB_FIGURES))

static int check_flush(const char *name, uint64_t seen, struct profile *p, struct error *e)
{
	seen &= SEEN_FLUSH;
	if (seen && seen != SEEN_FLUSH)
		return error_set(e,
				 "profile %s: a flush needs all of flush_writes, "
				 "flush_write_ns and flush_read_ns",
				 name);
	p->has_flush = seen;
	if (seen &&
	    p->flush_writes.value * p->flush_write_ns.value + p->flush_read_ns.value > FLUSH_NS_MAX)
		return error_set(e, "profile %s: the flush takes longer than %llu ns", name,
				 (unsigned long long)FLUSH_NS_MAX);
	return 0;
}

static int check_iotlb(const char *name, uint64_t seen, struct profile *p, struct error *e)
{
	const char *why;

	seen &= SEEN_IOTLB;
	if (seen && seen != SEEN_IOTLB)
		return error_set(e,
				 "profile %s: an IOTLB needs all of iotlb_tags, iotlb_ways and "
				 "iotlb_replacement",
				 name);
	p->has_iotlb = seen;
	p->iotlb.tags = (unsigned int)p->iotlb_tags.value;
	p->iotlb.ways = (unsigned int)p->iotlb_ways.value;
	p->iotlb_replacement.value = p->iotlb.replacement;
	why = seen ? iotlb_check(&p->iotlb) : NULL;
	return why ? error_set(e, "profile %s: %s", name, why) : 0;
}

static int check_machine(const char *name, uint64_t seen, struct profile *p, struct error *e)
{
	seen &= SEEN_MACHINE;
	for (unsigned int f = 0; seen && f < MACHINE_FIGURES; f++) {
		if (!(seen & UINT64_C(1) << (FLUSH_FIGURES + IOTLB_FIGURES + f)))
			return error_set(e, "profile %s: a machine needs %s too", name,
					 profile_machine_key(f));
	}
	p->has_machine = seen;
	return 0;
}

int profile_parse(const char *name, const char *text, struct profile *p, struct error *e)
{
	struct reading r = {.profile = p};
	int err;

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	err = fact_file_parse("profile", name, text, take_fact, &r, e);
	if (!err)
		err = check_flush(name, r.seen, p, e);
	if (!err)
		err = check_iotlb(name, r.seen, p, e);
	return err ? err : check_machine(name, r.seen, p, e);
}

int profile_load(const char *name, struct profile *p, struct error *e)
{
	for (size_t i = 0; i < profile_builtin_count; i++) {
		if (strcmp(profile_builtin_names[i], name) == 0)
			return profile_parse(name, profile_builtin_texts[i], p, e);
	}
	return -ENOENT;
}
