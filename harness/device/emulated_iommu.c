// SPDX-License-Identifier: GPL-2.0-or-later
/* An IOMMU in software, which notices DMA through stale translations. */
#include "device/emulated_iommu.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "arch_relax.h"
#include "base/random.h"
#include "clock.h"

#define RELAXED memory_order_relaxed
/* How long a flush waits for others among threads: some microseconds, or with patience a millisecond. */
#define LINGER_POLLS 100
#define LINGER_NS    1000000
/* Frees that count of one flush: by then a small table was gone round. */
#define OVERLAP_MOST 200

_Thread_local struct emulated_iommu_counts *emulated_self;

int emulated_iommu_init(struct emulated_iommu *m, unsigned long entries,
			const struct iotlb_shape *iotlb, unsigned int threads, struct error *e)
{
	memset(m, 0, sizeof(*m));
	m->threads = threads;
	pthread_mutex_init(&m->device, NULL);
	m->entry = calloc(entries, sizeof(*m->entry));
	if (!m->entry || !iotlb_init(&m->iotlb, iotlb))
		return error_set(e, "no memory to audit a map of %lu entries", entries);
	return 0;
}

void emulated_iommu_destroy(struct emulated_iommu *m)
{
	iotlb_destroy(&m->iotlb);
	free(m->entry);
	pthread_mutex_destroy(&m->device);
}

static void device_lock(struct emulated_iommu *m)
{
	if (m->threads > 1)
		pthread_mutex_lock(&m->device);
}

static void device_unlock(struct emulated_iommu *m)
{
	if (m->threads > 1)
		pthread_mutex_unlock(&m->device);
}

/*
 * A flush that began after @begin frees has ended after @end. The first to end of those that
 * cover a free is the one that moves m->covered past it, and closes its window.
 */
static void cover(struct emulated_iommu *m, uint64_t begin, uint64_t end)
{
	uint64_t covered = atomic_load_explicit(&m->covered, RELAXED);

	while (covered < begin) {
		if (!atomic_compare_exchange_weak_explicit(&m->covered, &covered, begin, RELAXED,
							   RELAXED))
			continue;
		for (uint64_t number = covered + 1; number <= begin; number++)
			hist_record(&emulated_self->windows, end - number);
		return;
	}
}

/* Until @frees have begun; not for long, but for a while where there is patience left. */
static void wait_for_frees(struct emulated_iommu *m, uint64_t frees, bool patient)
{
	uint64_t end = 0;

	for (int polls = 0; atomic_load_explicit(&m->frees, RELAXED) < frees; polls++) {
		if (polls < LINGER_POLLS) {
			arch_relax();
			continue;
		}
		if (!patient)
			return;
		if (!end)
			end = clock_raw_ns() + LINGER_NS;
		else if (clock_raw_ns() > end)
			return;
		sched_yield();
	}
}

/*
 * Every other flush, by chance: threads that take turns would always wait in their allocations' flushes, say, and
 * never in those of their frees.
 */
static bool lingers(uint64_t flush)
{
	return random_next(&flush) & 1;
}

/*
 * So many frees began during a flush. Of each other thread the first does not show that it mapped meanwhile; and one
 * that does all its work during one flush of another shows no more than OVERLAP_MOST.
 */
static void count_overlap(const struct emulated_iommu *m, uint64_t begun)
{
	const uint64_t others = m->threads - 1, after = begun > others ? begun - others : 0;

	emulated_self->overlapped += begun < OVERLAP_MOST ? begun : OVERLAP_MOST;
	emulated_self->overtaken += after < OVERLAP_MOST ? after : OVERLAP_MOST;
}

/*
 * Among threads a flush takes time, as it does on a device, or others would hardly ever do something meanwhile: until
 * another thread has begun a free and then, if the allocator lets it, mapped and freed again. One waits at a time: two
 * would wait for each other, and neither map.
 */
static void linger(struct emulated_iommu *m, uint64_t begin)
{
	if (m->during_flush)
		m->during_flush();
	if (m->threads > 1 && lingers(emulated_self->flushes) &&
	    !atomic_exchange_explicit(&m->lingering, true, RELAXED)) {
		const bool patient = atomic_load_explicit(&m->patience, RELAXED) > 0;

		if (patient)
			atomic_fetch_sub_explicit(&m->patience, 1, RELAXED);
		wait_for_frees(m, begin + 1, patient);
		wait_for_frees(m, begin + 2, false);
		atomic_store_explicit(&m->lingering, false, RELAXED);
	}
	count_overlap(m, atomic_load_explicit(&m->frees, RELAXED) - begin);
}

void emulated_iommu_flush(void *emulated)
{
	struct emulated_iommu *m = emulated;
	const uint64_t begin = atomic_load_explicit(&m->frees, RELAXED);

	linger(m, begin);
	device_lock(m);
	iotlb_flush(&m->iotlb);
	device_unlock(m);
	emulated_self->flushes++;
	cover(m, begin, atomic_load_explicit(&m->frees, RELAXED));
}

void emulated_iommu_hypercall(struct emulated_iommu *m, struct iommu_range freeing)
{
	const uint64_t frees = atomic_load_explicit(&m->frees, RELAXED);
	uint64_t freed, last = 0;

	linger(m, frees);
	emulated_self->flushes++;
	for (unsigned long i = freeing.start; i < freeing.end; i++) {
		device_lock(m);
		iotlb_flush_entry(&m->iotlb, i);
		device_unlock(m);
		/* As if it had never been freed. */
		freed = atomic_exchange_explicit(&m->entry[i].freed, 0, RELAXED);
		/* The entries of one free lie side by side and have one window. */
		if (!freed || freed == last)
			continue;
		last = freed;
		hist_record(&emulated_self->windows, frees - freed);
		atomic_fetch_add_explicit(&m->demapped, 1, RELAXED);
	}
}

/* False if it was taken. */
static bool map_one(struct emulated_iommu *m, unsigned long entry, bool *stale)
{
	struct emulated_iommu_entry *e = &m->entry[entry];
	const uint32_t generation = atomic_load_explicit(&e->generation, RELAXED);
	uint64_t freed;

	if (atomic_exchange_explicit(&e->mapped, 1, RELAXED))
		return false;
	emulated_self->reused_entries += generation > 0;
	atomic_store_explicit(&e->generation, generation + 1, RELAXED);
	freed = atomic_load_explicit(&e->freed, RELAXED);
	*stale |= freed > atomic_load_explicit(&m->covered, RELAXED);
	return true;
}

enum emulated_iommu_map emulated_iommu_map(struct emulated_iommu *m, unsigned long entry,
					   unsigned long n)
{
	const uint64_t reused = emulated_self->reused_entries;
	bool stale = false;

	for (unsigned long i = entry; i < entry + n; i++) {
		if (!map_one(m, i, &stale))
			return EMULATED_TAKEN;
	}
	emulated_self->maps++;
	emulated_self->reuses += emulated_self->reused_entries > reused;
	emulated_self->stale_reuse += stale;
	return stale ? EMULATED_STALE : EMULATED_CLEAN;
}

int emulated_iommu_taken(struct error *e, const char *allocator, unsigned long entry,
			 unsigned long n)
{
	if (n == 1)
		return error_set(e, "%s handed out entry %lu, which was taken", allocator, entry);
	return error_set(e, "%s handed out entries %lu to %lu, of which some were taken", allocator,
			 entry, entry + n - 1);
}

void emulated_iommu_unmap(struct emulated_iommu *m, unsigned long entry, unsigned long n)
{
	const uint64_t number = atomic_fetch_add_explicit(&m->frees, 1, RELAXED) + 1;

	for (unsigned long i = entry; i < entry + n; i++) {
		atomic_store_explicit(&m->entry[i].freed, number, RELAXED);
		atomic_store_explicit(&m->entry[i].mapped, 0, RELAXED);
	}
}

void emulated_iommu_dma(struct emulated_iommu *m, unsigned long entry)
{
	uint32_t generation = atomic_load_explicit(&m->entry[entry].generation, RELAXED);

	device_lock(m);
	if (iotlb_access(&m->iotlb, entry, generation) == IOTLB_STALE)
		emulated_self->stale_hits++;
	device_unlock(m);
}

uint64_t emulated_iommu_uncovered(const struct emulated_iommu *m)
{
	return atomic_load_explicit(&m->frees, RELAXED) -
	       atomic_load_explicit(&m->covered, RELAXED) -
	       atomic_load_explicit(&m->demapped, RELAXED);
}
