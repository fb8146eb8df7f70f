// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What code built for the simulator calls. The compiler has it do so for each load, store and atomic
 * (-fsanitize=thread, but without its library) and at each basic block (-fsanitize-coverage=trace-pc).
 * A load or store is announced here and then done by the code itself, before any other CPU runs; an
 * atomic is done here. One operating-system thread runs all CPUs, so plain operations will do.
 *
 * lock.h itself calls the events of lockstat.h for each acquisition, which are recorded at the CPU's virtual time.
 */
#include "sim/hooks.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simhooks.h"
#include "simlock.h"
#include "measure/recording.h"
#include "sim/coherence.h"

void __tsan_init(void);
void __tsan_init(void)
{
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	struct vcpu *c = sim_cpu;

	if (__builtin_expect(!c, 0))
		return;
	c->counts.basic_blocks++;
	c->clock += c->block_ps;
}

void sim_relax(void)
{
	struct vcpu *c = sim_cpu;

	if (!c)
		return;
	c->clock += sim_memory.machine->relax_ps;
	parking_relax(c);
}

#define ACCESS(suffix)                           \
	void __tsan_read##suffix(void *);        \
	void __tsan_write##suffix(void *);       \
	void __tsan_read##suffix(void *address)  \
	{                                        \
		coherence_read(address);         \
	}                                        \
	void __tsan_write##suffix(void *address) \
	{                                        \
		coherence_write(address, false); \
	}

ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)
ACCESS(_vptr)

/* Not aligned: may lie in two lines. */
#define UNALIGNED(size)                                  \
	void __tsan_unaligned_read##size(void *);        \
	void __tsan_unaligned_write##size(void *);       \
	void __tsan_unaligned_read##size(void *address)  \
	{                                                \
		sim_touch(address, size, false);         \
	}                                                \
	void __tsan_unaligned_write##size(void *address) \
	{                                                \
		sim_touch(address, size, true);          \
	}

/* One access to each line of a range. */
static void sim_touch(const void *address, size_t size, bool write)
{
	const uintptr_t step = (uintptr_t)1 << (sim_memory.shift ? sim_memory.shift : 6);
	const uintptr_t end = (uintptr_t)address + size;

	for (uintptr_t at = (uintptr_t)address; at < end; at = (at / step + 1) * step) {
		if (write)
			coherence_write((void *)at, false);
		else
			coherence_read((void *)at);
	}
}

UNALIGNED(2)
UNALIGNED(4)
UNALIGNED(8)
UNALIGNED(16)

void __tsan_read_range(void *, unsigned long);
void __tsan_write_range(void *, unsigned long);
void __tsan_read_range(void *address, unsigned long size)
{
	sim_touch(address, size, false);
}

void __tsan_write_range(void *address, unsigned long size)
{
	sim_touch(address, size, true);
}

void __tsan_func_entry(void *);
void __tsan_func_exit(void);
void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void)
{
}

void *sim_memcpy(void *to, const void *from, size_t size)
{
	sim_touch(from, size, false);
	sim_touch(to, size, true);
	return memcpy(to, from, size);
}

void *sim_memmove(void *to, const void *from, size_t size)
{
	sim_touch(from, size, false);
	sim_touch(to, size, true);
	return memmove(to, from, size);
}

void *sim_memset(void *to, int byte, size_t size)
{
	sim_touch(to, size, true);
	return memset(to, byte, size);
}

/* The orders asked for do not matter: the simulation is sequentially consistent. */
#define ATOMIC_RMW(bits, name, result)                                                         \
	uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *, uint##bits##_t, \
						    int);                                      \
	uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *at,               \
						    uint##bits##_t value, int order)           \
	{                                                                                      \
		uint##bits##_t old;                                                            \
                                                                                               \
		(void)order;                                                                   \
		coherence_write(at, true);                                                     \
		old = *at;                                                                     \
		*at = (uint##bits##_t)(result);                                                \
		return old;                                                                    \
	}

#define ATOMIC(bits)                                                                             \
	uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *, int);         \
	uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *at, int order)  \
	{                                                                                        \
		(void)order;                                                                     \
		coherence_read(at);                                                              \
		return *at;                                                                      \
	}                                                                                        \
	void __tsan_atomic##bits##_store(volatile uint##bits##_t *, uint##bits##_t, int);        \
	void __tsan_atomic##bits##_store(volatile uint##bits##_t *at, uint##bits##_t value,      \
					 int order)                                              \
	{                                                                                        \
		/* Sequentially consistent stores are done at once, as an exchange would be. */  \
		coherence_write(at, order == memory_order_seq_cst);                              \
		*at = value;                                                                     \
	}                                                                                        \
	ATOMIC_RMW(bits, exchange, value)                                                        \
	ATOMIC_RMW(bits, fetch_add, old + value)                                                 \
	ATOMIC_RMW(bits, fetch_sub, old - value)                                                 \
	ATOMIC_RMW(bits, fetch_and, old &value)                                                  \
	ATOMIC_RMW(bits, fetch_or, old | value)                                                  \
	ATOMIC_RMW(bits, fetch_xor, old ^ value)                                                 \
	ATOMIC_RMW(bits, fetch_nand, ~(old & value))                                             \
	/* gcc calls the first two, clang the third. */                                          \
	int __tsan_atomic##bits##_compare_exchange_strong(                                       \
		volatile uint##bits##_t *, uint##bits##_t *, uint##bits##_t, int, int);          \
	int __tsan_atomic##bits##_compare_exchange_strong(                                       \
		volatile uint##bits##_t *at, uint##bits##_t *expected, uint##bits##_t value,     \
		int order, int failure)                                                          \
	{                                                                                        \
		uint##bits##_t old;                                                              \
                                                                                                 \
		(void)order, (void)failure;                                                      \
		coherence_write(at, true);                                                       \
		old = *at;                                                                       \
		if (old == *expected) {                                                          \
			*at = value;                                                             \
			return 1;                                                                \
		}                                                                                \
		*expected = old;                                                                 \
		return 0;                                                                        \
	}                                                                                        \
	int __tsan_atomic##bits##_compare_exchange_weak(                                         \
		volatile uint##bits##_t *, uint##bits##_t *, uint##bits##_t, int, int);          \
	int __tsan_atomic##bits##_compare_exchange_weak(                                         \
		volatile uint##bits##_t *at, uint##bits##_t *expected, uint##bits##_t value,     \
		int order, int failure)                                                          \
	{                                                                                        \
		return __tsan_atomic##bits##_compare_exchange_strong(at, expected, value, order, \
								     failure);                   \
	}                                                                                        \
	uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                               \
		volatile uint##bits##_t *, uint##bits##_t, uint##bits##_t, int, int);            \
	uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                               \
		volatile uint##bits##_t *at, uint##bits##_t expected, uint##bits##_t value,      \
		int order, int failure)                                                          \
	{                                                                                        \
		__tsan_atomic##bits##_compare_exchange_strong(at, &expected, value, order,       \
							      failure);                          \
		return expected;                                                                 \
	}

ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

void __tsan_atomic_thread_fence(int);
void __tsan_atomic_thread_fence(int order)
{
	struct vcpu *c = sim_cpu;

	/* Waits for the store buffer; weaker fences cost nothing where stores keep their order. */
	if (c && order == memory_order_seq_cst && c->stores_done > c->clock)
		c->clock = c->stores_done;
}

static struct lockstat_thread *threads; /* by CPU */
static uint64_t read_ps;

void sim_locks_use(struct lockstat_thread *cpus, uint64_t clock_read_ps)
{
	threads = cpus;
	read_ps = clock_read_ps;
}

static const struct lockstat_gaps each = {1, 1}, never = {LOCKSTAT_NEVER, 1};

/* What sim_locks_open() opened. */
static struct {
	unsigned int ncpus;
	struct lockstat *to;
	uint64_t acquisitions; /* in the intervals, of all CPUs */
	double clock_read_ns;
	struct lockstat_gaps gaps;
} locks;

int sim_locks_open(unsigned int ncpus, double clock_read_ns, struct lockstat *to)
{
	struct lockstat_thread *cpus = calloc(ncpus, sizeof(*cpus));

	locks.ncpus = ncpus;
	locks.to = to;
	locks.acquisitions = 0;
	locks.clock_read_ns = clock_read_ns;
	sim_locks_use(cpus, (uint64_t)(clock_read_ns * 1000));
	for (unsigned int i = 0; cpus && i < ncpus; i++)
		lockstat_start(&cpus[i], clock_read_ns > 0 ? never : each, 0);
	return cpus ? 0 : -ENOMEM;
}

void sim_locks_choose(uint64_t now)
{
	uint64_t acquisitions = 0, contended = 0;

	for (unsigned int i = 0; i < locks.ncpus; i++) {
		acquisitions += lockstat_acquisitions(&threads[i]);
		contended += threads[i].failed;
	}
	locks.gaps = each;
	if (locks.clock_read_ns > 0)
		locks.gaps = recording_gaps(acquisitions, contended, (double)now / 1000,
					    locks.clock_read_ns);
}

void sim_locks_begin(unsigned int cpu, uint64_t seed)
{
	lockstat_start(&threads[cpu], locks.gaps, seed);
	threads[cpu].stats = locks.to;
}

void sim_locks_end(unsigned int cpu)
{
	if (threads[cpu].stats)
		locks.acquisitions += lockstat_merge(locks.to, &threads[cpu]);
	threads[cpu].stats = NULL;
}

uint64_t sim_locks_close(void)
{
	free(threads);
	threads = NULL;
	return locks.acquisitions;
}

static struct lockstat_thread *self(void)
{
	return &threads[sim_cpu->id];
}

static void note_time(uint64_t *at)
{
	if (!at)
		return;
	sim_cpu->clock += read_ps;
	*at = sim_cpu->clock;
}

void sim_lock_begin(const struct lock *l)
{
	if (sim_cpu)
		note_time(lockstat_begin(self(), l));
}

void sim_lock_contended(const struct lock *l)
{
	if (sim_cpu)
		note_time(lockstat_contended(self(), l));
}

void sim_lock_acquired(const struct lock *l)
{
	if (sim_cpu)
		note_time(lockstat_acquired(self(), l, sim_cpu->id + 1));
}

void sim_lock_release(const struct lock *l)
{
	if (sim_cpu)
		note_time(lockstat_release(self(), l));
}

void sim_lock_released(const struct lock *l)
{
	if (sim_cpu)
		lockstat_released(self(), l);
}

void sim_lock_flush(void)
{
	note_time(lockstat_flushes(self()));
}
