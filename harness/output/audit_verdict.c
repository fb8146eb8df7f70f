// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls safe only what has been tried enough, and says what was not. */
#include "output/audit_verdict.h"

#include "audit/together.h"
#include "base/plural.h"
#include "base/wrapped.h"

/* Room for the names of variants. */
#define VARIANT_WIDTH 22
/* Nothing in N tries: with 95 % confidence it happens in less than 3 of N. */
#define RULE_OF_THREE 3

/* All that was seen of a variant. */
struct seen {
	uint64_t allocations, reuses, stale, hits;
	uint64_t overlapped; /* frees that began during another thread's flush */
	uint64_t enough;     /* how many of these are needed */
	uint64_t fewest;     /* reuses of the cell that has fewest */
	double rounds;       /* of the sample in which entries were reused least */
	double worst;        /* percent of stale reuse */
	unsigned int samples, failed;
	bool several; /* threads inside at once */
};

/* Adds what threads did at once. */
static void see_several(struct seen *s, const struct audit_result *r)
{
	const uint64_t enough = audit_together_enough(r->flushes, r->allocations);

	s->several = true;
	s->overlapped += audit_together_seen(r);
	s->enough = enough > s->enough ? enough : s->enough;
}

static void see_cell(struct seen *s, const struct audited_cell *a)
{
	uint64_t reuses = 0;

	s->samples += a->seeds;
	s->failed += a->failed;
	for (unsigned int i = 0; i < a->seeds - a->failed; i++) {
		const struct audit_result *r = &a->result[i];
		const double rounds = (double)r->reused_entries / (double)a->cell->entries;
		const double percent =
			r->allocations ? 100.0 * (double)r->stale_reuse / (double)r->allocations :
					 0;

		s->allocations += r->allocations;
		s->stale += r->stale_reuse;
		s->hits += r->stale_hits;
		if (a->cell->audit_threads > 1)
			see_several(s, r);
		s->rounds = rounds < s->rounds ? rounds : s->rounds;
		s->worst = percent > s->worst ? percent : s->worst;
		reuses += r->reuses;
	}
	s->reuses += reuses;
	s->fewest = reuses < s->fewest ? reuses : s->fewest;
}

static struct seen see(const struct audited_cell *audited, size_t count, const struct cell *of)
{
	struct seen s = {.fewest = UINT64_MAX, .rounds = 1e9};

	for (size_t i = 0; i < count; i++) {
		if (!audited_same_variant(audited[i].cell, of))
			continue;
		see_cell(&s, &audited[i]);
		if (audited[i].together)
			see_several(&s, audited[i].together);
	}
	return s;
}

/* What two threads found, or NULL. */
static const struct audit_result *together_of(const struct audited_cell *audited, size_t count,
					      const struct cell *of)
{
	for (size_t i = 0; i < count; i++) {
		if (audited_same_variant(audited[i].cell, of) && audited[i].together)
			return audited[i].together;
	}
	return NULL;
}

static const char *said_of_stale_reuse(const struct iommu_allocator *a)
{
	return a->stale_safe        ? ", AND SHOULD BE" :
	       a->known_stale_reuse ? "" :
				      ", not declared stale_safe, nor known for it";
}

static unsigned long long number(uint64_t n)
{
	return n;
}

/* @why it is not called safe, though nothing was seen; empty: it is. */
static void say_why_not(const struct seen *s, const struct iommu_allocator *a, char *why,
			size_t size)
{
	*why = '\0';
	if (s->rounds < AUDIT_ROUNDS)
		snprintf(why, size,
			 "; too few to tell: the table was gone round %.1f times where least, and "
			 "%d are needed: raise --operations",
			 s->rounds, AUDIT_ROUNDS);
	else if (!s->several)
		snprintf(why, size,
			 "; by one thread, which cannot show what two CPUs do to each "
			 "other: --threads 2");
	else if (s->overlapped < s->enough)
		snprintf(why, size,
			 "; too little of two CPUs at once: %llu free%s began during another "
			 "thread's flush, and %llu are needed",
			 number(s->overlapped), plural(s->overlapped), number(s->enough));
	else if (a->known_stale_reuse)
		snprintf(why, size, "; but the code is known to do it: see docs/safety.md");
}

static void print_unseen(const struct seen *s, const struct cell *of, const char *variant,
			 FILE *out)
{
	char why[200];

	say_why_not(s, of->allocator, why, sizeof(why));
	if (!s->fewest)
		print_wrapped(out,
			      "  %-*s no answer: in one cell no entry was handed out a second "
			      "time: raise --operations",
			      VARIANT_WIDTH, variant);
	else if (*why)
		print_wrapped(out, "  %-*s not seen in %llu reuse%s%s", VARIANT_WIDTH, variant,
			      number(s->reuses), plural(s->reuses), why);
	else
		print_wrapped(out,
			      "  %-*s safe: none of %llu reuses was stale (95 %% confidence: under "
			      "1 in %llu, in each cell), and %llu frees began during another "
			      "thread's flush",
			      VARIANT_WIDTH, variant, number(s->reuses),
			      number(s->fewest / RULE_OF_THREE), number(s->overlapped));
}

static void print_stale(const struct seen *s, const struct cell *of, const char *variant, FILE *out)
{
	print_wrapped(out,
		      "  %-*s NOT SAFE%s: up to %.1f %% of its allocations may still be "
		      "cached (%llu of %llu in all; %llu DMA%s hit a stale tag)",
		      VARIANT_WIDTH, variant, said_of_stale_reuse(of->allocator), s->worst,
		      number(s->stale), number(s->allocations), number(s->hits), plural(s->hits));
}

/* What one thread alone does not show. */
static void print_stale_together(const struct audit_result *r, const struct cell *of,
				 const char *variant, FILE *out)
{
	print_wrapped(out,
		      "  %-*s NOT SAFE%s: with two threads inside at once %llu of %llu "
		      "allocations may still be cached; with one none was seen",
		      VARIANT_WIDTH, variant, said_of_stale_reuse(of->allocator),
		      number(r->stale_reuse), number(r->allocations));
}

/* The worst of a variant's cells decides; safe is only what no cell of it has failed to show. */
void audit_verdict_print(const struct audited_cell *audited, size_t count, const struct cell *of,
			 FILE *out)
{
	const struct seen s = see(audited, count, of);
	const struct audit_result *together = together_of(audited, count, of);
	char variant[64];

	snprintf(variant, sizeof(variant), "%s/pools:%u", of->allocator->name, of->npools);
	if (s.stale)
		print_stale(&s, of, variant, out);
	else if (together && together->stale_reuse)
		print_stale_together(together, of, variant, out);
	else if (s.failed == s.samples)
		print_wrapped(out, "  %-*s no answer: every sample failed", VARIANT_WIDTH, variant);
	else if (s.failed)
		print_wrapped(out,
			      "  %-*s no answer: %u of %u samples failed; not seen in %llu "
			      "reuse%s of the others",
			      VARIANT_WIDTH, variant, s.failed, s.samples, number(s.reuses),
			      plural(s.reuses));
	else if (!s.allocations)
		print_wrapped(out, "  %-*s no answer: nothing could be allocated", VARIANT_WIDTH,
			      variant);
	else
		print_unseen(&s, of, variant, out);
}
