// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints a line for each audited cell, and what that says of its allocator. */
#include "output/audit_table.h"

#include <string.h>

#include "output/wrapped.h"

#define VARIANT_WIDTH 20

static void print_heads(FILE *out)
{
	fprintf(out, "  %-*s %8s %8s %10s %8s %8s %8s %8s\n", VARIANT_WIDTH, "allocator", "ops",
		"stale", "stale hits", "window", "window", "window", "failed");
	fprintf(out, "  %-*s %8s %8s %10s %8s %8s %8s %8s\n", VARIANT_WIDTH, "", "/flush",
		"reuse %", "/1000 ops", "p50 ops", "p99 ops", "max ops", "allocs");
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* Three digits, but all of a whole number; nothing only for what is exactly 0. */
static void format_rate(double value, char *text, size_t size)
{
	int decimals = value == 0 ? 0 : value < 1 ? 4 : value < 10 ? 2 : value < 1000 ? 1 : 0;

	snprintf(text, size, "%.*f", decimals, value);
}

static void variant_name(const struct cell *c, char *text, size_t size)
{
	snprintf(text, size, "%s/pools:%u", c->allocator->name, c->npools);
}

static void print_row(const struct audited_cell *a, FILE *out)
{
	const struct audit_result *r = &a->result;
	char variant[64], rate[32] = "never", hits[32];

	variant_name(a->cell, variant, sizeof(variant));
	fprintf(out, "  %-*s ", VARIANT_WIDTH, variant);
	if (a->failed) {
		fprintf(out, "failed\n");
		return;
	}
	if (r->flushes)
		format_rate((double)r->pairs / (double)r->flushes, rate, sizeof(rate));
	format_rate(1000.0 * (double)r->stale_hits / (double)r->pairs, hits, sizeof(hits));
	fprintf(out, "%8s %8.2f %10s", rate, percent(r->stale_reuse, r->allocations), hits);
	if (r->windows.count)
		fprintf(out, " %8llu %8llu %8llu",
			(unsigned long long)hist_quantile(&r->windows, 0.5),
			(unsigned long long)hist_quantile(&r->windows, 0.99),
			(unsigned long long)r->windows.max);
	else
		fprintf(out, " %8s %8s %8s", "-", "-", "-");
	fprintf(out, " %8llu\n", (unsigned long long)r->failures);
}

/* Rows of one group differ in allocator, pools and nothing else. */
static bool same_group(const struct cell *a, const struct cell *b)
{
	return a->workload == b->workload && a->occupancy == b->occupancy && a->cpus == b->cpus &&
	       a->lock == b->lock;
}

static bool same_variant(const struct cell *a, const struct cell *b)
{
	return a->allocator == b->allocator && a->npools == b->npools;
}

static const char *said_of_stale_reuse(const struct iommu_allocator *a)
{
	return a->stale_safe        ? ", AND SHOULD BE" :
	       a->known_stale_reuse ? "" :
				      ", not declared stale_safe, nor known for it";
}

/* The worst of a variant's cells decides; safe is only what no cell of it has failed to show. */
static void print_verdict(const struct audited_cell *audited, size_t count, const struct cell *of,
			  FILE *out)
{
	uint64_t allocations = 0, stale = 0, hits = 0;
	unsigned int cells = 0, failed = 0;
	double worst = 0;
	char variant[64];

	for (size_t i = 0; i < count; i++) {
		const struct audit_result *r = &audited[i].result;

		if (!same_variant(audited[i].cell, of))
			continue;
		cells++;
		failed += audited[i].failed;
		if (audited[i].failed)
			continue;
		allocations += r->allocations;
		stale += r->stale_reuse;
		hits += r->stale_hits;
		if (percent(r->stale_reuse, r->allocations) > worst)
			worst = percent(r->stale_reuse, r->allocations);
	}
	variant_name(of, variant, sizeof(variant));
	if (stale)
		print_wrapped(out,
			      "  %-*s NOT SAFE%s: up to %.1f %% of its allocations may still be "
			      "cached (%llu of %llu in all; %llu DMAs hit a stale tag)",
			      VARIANT_WIDTH, variant, said_of_stale_reuse(of->allocator), worst,
			      (unsigned long long)stale, (unsigned long long)allocations,
			      (unsigned long long)hits);
	else if (failed == cells || !allocations)
		print_wrapped(out, "  %-*s no answer: %s", VARIANT_WIDTH, variant,
			      failed == cells ? "every cell failed" : "nothing could be allocated");
	else if (failed)
		print_wrapped(out,
			      "  %-*s no answer: %u of %u cells failed; no stale reuse in %llu "
			      "allocations of the others",
			      VARIANT_WIDTH, variant, failed, cells,
			      (unsigned long long)allocations);
	else
		print_wrapped(out, "  %-*s safe: no stale reuse in %llu allocations", VARIANT_WIDTH,
			      variant, (unsigned long long)allocations);
}

void audit_table_print(const struct audited_cell *audited, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct cell *c = audited[i].cell;

		if (i == 0 || !same_group(audited[i - 1].cell, c)) {
			fprintf(out, "%s%s   utilization %u %%   CPU numbers %u   lock %s\n",
				i ? "\n" : "", c->workload->name, c->occupancy, c->cpus,
				lock_kind_name(c->lock));
			print_heads(out);
		}
		print_row(&audited[i], out);
	}
	fprintf(out, "\nop: a map and an unmap; stale reuse: %% of allocations that a flush should "
		     "have come "
		     "before;\nstale hits: DMAs through an old translation; windows: ops from a "
		     "free to the "
		     "end of the first\nflush (IOTLB invalidation) that covers it\n\n");
	for (size_t i = 0; i < count; i++) {
		bool told = false;

		for (size_t j = 0; j < i; j++)
			told |= same_variant(audited[j].cell, audited[i].cell);
		if (!told)
			print_verdict(audited, count, audited[i].cell, out);
	}
}
