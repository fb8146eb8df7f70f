// SPDX-License-Identifier: GPL-2.0-or-later
/* See profile.h. */
#include "profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flush.h"
#include "parse.h"

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

/* Cuts blanks off both ends of [text, text + length) and copies the rest; false if too long. */
static bool copy_trimmed(char *to, size_t size, const char *text, size_t length)
{
	while (length && *text == ' ') {
		text++;
		length--;
	}
	while (length && text[length - 1] == ' ')
		length--;
	if (length >= size)
		return false;
	memcpy(to, text, length);
	to[length] = '\0';
	return true;
}

struct place {
	const char *name;
	unsigned int line;
	struct error *e;
};

/* The keys, in the order of their bits in *seen. */
#define FLUSH_FIGURES 3
#define IOTLB_FIGURES 3
#define FIGURES	      (FLUSH_FIGURES + IOTLB_FIGURES + MACHINE_FIGURES)
#define CPUS_MAX      1024
#define KIB_MAX	      (1024 * 1024)
#define PS_MAX	      1000000000

static const struct {
	const char *key;
	uint64_t min, max; /* max 0: a rule of replacement, by name */
} figures[FIGURES] = {
	{ "flush_writes", 0, FLUSH_NS_MAX },
	{ "flush_write_ns", 0, FLUSH_NS_MAX },
	{ "flush_read_ns", 0, FLUSH_NS_MAX },
	{ "iotlb_tags", 0, IOTLB_TAGS_MAX },
	{ "iotlb_ways", 0, IOTLB_TAGS_MAX },
	{ "iotlb_replacement", 0, 0 },
	{ "cpus", 1, CPUS_MAX },
	{ "threads_per_core", 1, CPUS_MAX },
	{ "issue_threads", 1, CPUS_MAX },
	{ "cores_per_llc", 1, CPUS_MAX },
	{ "llcs_per_node", 1, CPUS_MAX },
	{ "clock_mhz", 1, 100000 },
	{ "line_bytes", 16, 1024 },
	{ "l1_kib", 1, KIB_MAX },
	{ "l1_ways", 1, 64 },
	{ "l2_kib", 0, KIB_MAX },
	{ "l2_ways", 0, 64 },
	{ "llc_kib", 0, KIB_MAX },
	{ "llc_ways", 0, 64 },
	{ "block_ps", 1, PS_MAX },
	{ "l2_ps", 0, PS_MAX },
	{ "llc_ps", 0, PS_MAX },
	{ "memory_ps", 0, PS_MAX },
	{ "memory_remote_ps", 0, PS_MAX },
	{ "transfer_ps", 0, PS_MAX },
	{ "transfer_far_ps", 0, PS_MAX },
	{ "transfer_remote_ps", 0, PS_MAX },
	{ "line_busy_ps", 0, PS_MAX },
	{ "atomic_ps", 1, PS_MAX },
	{ "relax_ps", 1, PS_MAX },
	{ "store_buffer", 1, 256 },
};

const char *profile_machine_key(enum machine_figure f)
{
	return figures[FLUSH_FIGURES + IOTLB_FIGURES + f].key;
}

static struct profile_figure *figure_at(struct profile *p, size_t i)
{
	struct profile_figure *const first[] = { &p->flush_writes, &p->flush_write_ns,
						 &p->flush_read_ns, &p->iotlb_tags,
						 &p->iotlb_ways, &p->iotlb_replacement };

	return i < COUNT(first) ? first[i] : &p->machine[i - COUNT(first)];
}

static int set_figure(const struct place *at, const char *key, const char *value,
		      const char *source, struct profile *p, uint64_t *seen)
{
	for (size_t i = 0; i < FIGURES; i++) {
		struct profile_figure *figure = figure_at(p, i);

		if (strcmp(key, figures[i].key) != 0)
			continue;
		if (*seen & UINT64_C(1) << i)
			return error_set(at->e, "profile %s:%u: %s is given twice", at->name,
					 at->line, key);
		if (figures[i].max &&
		    !parse_u64(value, figures[i].min, figures[i].max, &figure->value))
			return error_set(at->e, "profile %s:%u: %s must be a number from %llu to %llu",
					 at->name, at->line, key, (unsigned long long)figures[i].min,
					 (unsigned long long)figures[i].max);
		if (!figures[i].max && !iotlb_replacement_parse(value, &p->iotlb.replacement))
			return error_set(at->e, "profile %s:%u: %s must be lru, fifo or random",
					 at->name, at->line, key);
		if (!*source)
			return error_set(at->e,
					 "profile %s:%u: %s has no source: add '| SOURCE' or "
					 "'| assumed: WHY'", at->name, at->line, key);
		strcpy(figure->source, source);
		*seen |= UINT64_C(1) << i;
		return 0;
	}
	return error_set(at->e, "profile %s:%u: unknown key '%s'", at->name, at->line, key);
}

static int parse_line(const struct place *at, const char *line, size_t length, struct profile *p,
		      uint64_t *seen)
{
	const char *equals = memchr(line, '=', length);
	const char *bar = memchr(line, '|', length);
	const char *end = line + length;
	char key[32], value[120], source[200] = "";

	if (!equals || (bar && bar < equals) ||
	    !copy_trimmed(key, sizeof(key), line, (size_t)(equals - line)) ||
	    !copy_trimmed(value, sizeof(value), equals + 1,
			  (size_t)((bar ? bar : end) - equals - 1)) ||
	    (bar && !copy_trimmed(source, sizeof(source), bar + 1, (size_t)(end - bar - 1))))
		return error_set(at->e, "profile %s:%u: expected 'key = value | source'", at->name,
				 at->line);
	if (strcmp(key, "summary") == 0) {
		strcpy(p->summary, value);
		return 0;
	}
	return set_figure(at, key, value, source, p, seen);
}

/* Bits of *seen: the figures of a flush, of an IOTLB and of a machine. */
#define SEEN_FLUSH   UINT64_C(7)
#define SEEN_IOTLB   (UINT64_C(7) << FLUSH_FIGURES)
#define SEEN_MACHINE (((UINT64_C(1) << MACHINE_FIGURES) - 1) << (FLUSH_FIGURES + IOTLB_FIGURES))

static int check_flush(const char *name, uint64_t seen, struct profile *p, struct error *e)
{
	seen &= SEEN_FLUSH;
	if (seen && seen != SEEN_FLUSH)
		return error_set(e, "profile %s: a flush needs all of flush_writes, "
				    "flush_write_ns and flush_read_ns", name);
	p->has_flush = seen;
	if (seen && p->flush_writes.value * p->flush_write_ns.value + p->flush_read_ns.value >
			    FLUSH_NS_MAX)
		return error_set(e, "profile %s: the flush takes longer than %llu ns", name,
				 (unsigned long long)FLUSH_NS_MAX);
	return 0;
}

static int check_iotlb(const char *name, uint64_t seen, struct profile *p, struct error *e)
{
	const char *why;

	seen &= SEEN_IOTLB;
	if (seen && seen != SEEN_IOTLB)
		return error_set(e, "profile %s: an IOTLB needs all of iotlb_tags, iotlb_ways and "
				    "iotlb_replacement", name);
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
	struct place at = { .name = name, .e = e };
	uint64_t seen = 0;

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	while (*text) {
		size_t length = strcspn(text, "\n");
		int err;

		at.line++;
		if (length && *text != '#') {
			err = parse_line(&at, text, length, p, &seen);
			if (err)
				return err;
		}
		text += length + (text[length] == '\n');
	}
	if (check_flush(name, seen, p, e) || check_iotlb(name, seen, p, e))
		return -EINVAL;
	return check_machine(name, seen, p, e);
}

int profile_load(const char *name, struct profile *p, struct error *e)
{
	for (size_t i = 0; i < profile_builtin_count; i++) {
		if (strcmp(profile_builtin_names[i], name) == 0)
			return profile_parse(name, profile_builtin_texts[i], p, e);
	}
	return -ENOENT;
}
