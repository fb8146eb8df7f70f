/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/spinlock.h: the suite's locks, of the same 4 bytes (include/lock.h): --lock chooses their kind, and lock
 * statistics name them by their class, which is what stands in spin_lock_init(), as with lockdep.
 * Interrupts do not exist here: the _irqsave forms only take the lock.
 */
#ifndef IOMMUBENCH_KERNEL_LOCKING_H
#define IOMMUBENCH_KERNEL_LOCKING_H

typedef struct lock spinlock_t;
typedef struct lock raw_spinlock_t;

/* Only so that structs have their size: nobody sleeps here. */
struct mutex {
	u64 owner;
	spinlock_t wait_lock;
	struct list_head wait_list;
};

#define __SPIN_LOCK_UNLOCKED(name) \
	{                          \
		{                  \
			0          \
		}                  \
	}
#define DEFINE_SPINLOCK(name) spinlock_t name

#define spin_lock_init(l)                  \
	do {                               \
		*(l) = (struct lock){{0}}; \
		lock_name((l), #l);        \
	} while (0)
#define raw_spin_lock_init(l) spin_lock_init(l)

/* What a static lock is at first, and is to be again for each map. */
#define kernel_spinlock_anew(name)         \
	do {                               \
		name = (struct lock){{0}}; \
		lock_name(&(name), #name); \
	} while (0)

static __always_inline void spin_lock(spinlock_t *l)
{
	lock_acquire(l, kernel_self.locks, kernel_self.cpu);
}

static __always_inline void spin_unlock(spinlock_t *l)
{
	lock_release(l, kernel_self.locks);
}

#define spin_lock_irqsave(l, flags)          ((flags) = 0, spin_lock(l))
#define spin_unlock_irqrestore(l, flags)     ((void)(flags), spin_unlock(l))
#define spin_lock_irq(l)                     spin_lock(l)
#define spin_unlock_irq(l)                   spin_unlock(l)
#define spin_lock_bh(l)                      spin_lock(l)
#define spin_unlock_bh(l)                    spin_unlock(l)
#define raw_spin_lock(l)                     spin_lock(l)
#define raw_spin_unlock(l)                   spin_unlock(l)
#define raw_spin_lock_irqsave(l, flags)      spin_lock_irqsave(l, flags)
#define raw_spin_unlock_irqrestore(l, flags) spin_unlock_irqrestore(l, flags)

#define local_irq_save(flags)    ((flags) = 0)
#define local_irq_restore(flags) ((void)(flags))
#define preempt_disable()        ((void)0)
#define preempt_enable()         ((void)0)
#define lockdep_assert_held(l)   ((void)(l))
#define assert_spin_locked(l)    ((void)(l))
#define might_sleep()            ((void)0)

#endif
