// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of cells, and whether a cell can be measured. */
#include "plan/cell.h"

#include <stdio.h>
#include <string.h>

#include "base/note.h"

/* DVMA begins at 2 GiB of 8 KiB pages. */
#define BASE_PAGES 262144

/* Bits of the widest bitmap word there is, so that plans do not depend on the host. */
#define WORD_BITS_MAX 64

static const char *const lock_names[] = {
	[LOCK_TAS] = "tas",
	[LOCK_TICKET] = "ticket",
	[LOCK_QUEUED] = "queued",
};

const char *lock_kind_name(enum lock_kind kind)
{
	return lock_names[kind];
}

bool lock_kind_parse(const char *text, enum lock_kind *kind)
{
	for (size_t i = 0; i < sizeof(lock_names) / sizeof(lock_names[0]); i++) {
		if (strcmp(text, lock_names[i]) == 0) {
			*kind = (enum lock_kind)i;
			return true;
		}
	}
	if (strcmp(text, "mcs") == 0) {
		note_once("the lock 'mcs' is 'queued' now: Linux's, of 4 bytes");
		*kind = LOCK_QUEUED;
		return true;
	}
	return false;
}

unsigned long cell_usual_entries(unsigned int audit_threads)
{
	return audit_threads ? CELL_AUDIT_ENTRIES : CELL_ENTRIES;
}

void cell_set_name(struct cell *c)
{
	char prefix[48] = "", entries[32] = "";

	if (c->entries != cell_usual_entries(c->audit_threads))
		snprintf(entries, sizeof(entries), "/entries:%lu", c->entries);
	if (c->profile)
		snprintf(prefix, sizeof(prefix), "sim/%.32s/", c->profile);
	else if (c->audit_threads)
		strcpy(prefix, "audit/");
	snprintf(c->name, sizeof(c->name),
		 "%s%.24s/%.24s%s/pools:%u/cpus:%u/flush:%s/occupancy:%u/lock:%s/think:%llu",
		 prefix, c->workload->name, c->allocator->name, entries, c->npools, c->cpus,
		 c->flush.name, c->occupancy, lock_kind_name(c->lock),
		 (unsigned long long)c->think_ns);
}

bool cell_same(const struct cell *a, const struct cell *b)
{
	return a->workload == b->workload && a->allocator == b->allocator &&
	       a->entries == b->entries && a->npools == b->npools && a->cpus == b->cpus &&
	       strcmp(a->flush.name, b->flush.name) == 0 && a->occupancy == b->occupancy &&
	       a->lock == b->lock && a->think_ns == b->think_ns &&
	       a->audit_threads == b->audit_threads && !a->profile == !b->profile &&
	       (!a->profile || strcmp(a->profile, b->profile) == 0);
}

struct iommu_geometry cell_geometry(const struct cell *c)
{
	return (struct iommu_geometry){
		.entries = c->entries,
		.npools = c->npools,
		.base = BASE_PAGES,
		.ncpus = c->cpus > c->audit_threads ? c->cpus : c->audit_threads,
		.lock_kind = c->lock,
	};
}

/* A word that two pools share would be written under two locks. */
static bool pools_share_words(const struct cell *c)
{
	struct iommu_geometry g = cell_geometry(c);
	unsigned long size = c->allocator->pool_size ? c->allocator->pool_size(&g) : c->entries;

	return size < c->entries && size % WORD_BITS_MAX != 0;
}

/* NULL, or what no number of CPUs would help. */
static const char *wrong_geometry(const struct cell *c)
{
	const unsigned int threads = c->audit_threads ? c->audit_threads : c->cpus;
	struct iommu_geometry g = cell_geometry(c);
	const char *why = c->allocator->check(&g);

	/* check returns a string literal, nothing of g. */
	if (why)
		return why; // cppcheck-suppress returnDanglingLifetime
	if (threads > 1 && pools_share_words(c))
		return "its pools would share a bitmap word: make a pool a multiple of 64 entries";
	return NULL;
}

bool cell_lacks_cpus(const struct cell *c)
{
	return c->cpus < c->workload->min_cpus && !wrong_geometry(c);
}

const char *cell_obstacle(const struct cell *c)
{
	return cell_lacks_cpus(c) ? "the workload needs more CPUs" : wrong_geometry(c);
}
