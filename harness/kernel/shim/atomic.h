/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/atomic.h, asm/barrier.h: as the kernel's memory model has them: what returns a value is fully ordered,
 * what does not is relaxed.
 */
#ifndef IOMMUBENCH_KERNEL_ATOMIC_H
#define IOMMUBENCH_KERNEL_ATOMIC_H

/* The simulator has fences; gcc warns of the sanitizer's, which has none. */
#if defined(IOMMU_SIM) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan"
#endif

#define smp_mb()    __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()   __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()   __atomic_thread_fence(__ATOMIC_RELEASE)
#define mb()        smp_mb()
#define rmb()       smp_rmb()
#define wmb()       smp_wmb()
#define cpu_relax() arch_relax()

#define smp_load_acquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define xchg(p, v)              __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, new)                                                                \
	({                                                                                  \
		__typeof__(*(p)) cmpxchg_seen = (old);                                      \
		__atomic_compare_exchange_n(p, &cmpxchg_seen, new, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_RELAXED);                              \
		cmpxchg_seen;                                                               \
	})

typedef struct {
	int counter;
} atomic_t;
typedef struct {
	s64 counter;
} atomic64_t;
typedef atomic64_t atomic_long_t;

#define ATOMIC_INIT(v) \
	{              \
		(v)    \
	}
#define ATOMIC64_INIT(v) \
	{                \
		(v)      \
	}

#define KERNEL_ATOMIC(prefix, type, number)                                             \
	static __always_inline number prefix##_read(const type *v)                      \
	{                                                                               \
		return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);                  \
	}                                                                               \
	static __always_inline void prefix##_set(type *v, number i)                     \
	{                                                                               \
		__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);                     \
	}                                                                               \
	static __always_inline void prefix##_add(number i, type *v)                     \
	{                                                                               \
		__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);                   \
	}                                                                               \
	static __always_inline void prefix##_inc(type *v)                               \
	{                                                                               \
		prefix##_add(1, v);                                                     \
	}                                                                               \
	static __always_inline void prefix##_dec(type *v)                               \
	{                                                                               \
		prefix##_add(-1, v);                                                    \
	}                                                                               \
	static __always_inline number prefix##_add_return(number i, type *v)            \
	{                                                                               \
		return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST);            \
	}                                                                               \
	static __always_inline number prefix##_inc_return(type *v)                      \
	{                                                                               \
		return prefix##_add_return(1, v);                                       \
	}                                                                               \
	static __always_inline number prefix##_cmpxchg(type *v, number old, number new) \
	{                                                                               \
		return cmpxchg(&v->counter, old, new);                                  \
	}                                                                               \
	static __always_inline number prefix##_xchg(type *v, number new)                \
	{                                                                               \
		return xchg(&v->counter, new);                                          \
	}

KERNEL_ATOMIC(atomic, atomic_t, int)
KERNEL_ATOMIC(atomic64, atomic64_t, s64)

#endif
