/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/timer.h, linux/jiffies.h, linux/workqueue.h: what is due runs on the CPU that is first to tick then, between
 * two of its operations. A tick is a ms. Delayed work runs as a timer does; work that is not delayed is not there.
 */
#ifndef IOMMUBENCH_KERNEL_TIMER_H
#define IOMMUBENCH_KERNEL_TIMER_H

#define HZ                    1000
#define KERNEL_NS_PER_JIFFY   1000000
#define msecs_to_jiffies(ms)  ((unsigned long)(ms))
#define jiffies               kernel_jiffies()
#define TIMER_DEFERRABLE      0
#define time_after_eq(a, b)   ((long)((a) - (b)) >= 0)
#define from_timer(var, t, m) container_of(t, __typeof__(*(var)), m)
#define timer_container_of    from_timer

struct timer_list {
	void (*function)(struct timer_list *timer);
	unsigned long expires;
	unsigned int pending;
	struct timer_list *next; /* of the map's */
};

struct work_struct {
	void (*func)(struct work_struct *work);
	unsigned int pending;
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
};

/* A map's. */
struct kernel_timers {
	struct timer_list *first; /* all that were ever set up */
	__aligned(IOMMU_CACHE_LINE) unsigned long now;
};

static inline struct kernel_timers *kernel_timers(void);

static inline unsigned long kernel_jiffies(void)
{
	return READ_ONCE(kernel_timers()->now);
}

static inline void timer_setup(struct timer_list *timer, void (*function)(struct timer_list *),
			       unsigned int flags)
{
	struct kernel_timers *all = kernel_timers();

	(void)flags;
	timer->function = function;
	timer->pending = 0;
	timer->next = all->first;
	all->first = timer;
}

static inline int mod_timer(struct timer_list *timer, unsigned long expires)
{
	WRITE_ONCE(timer->expires, expires);
	return (int)__atomic_exchange_n(&timer->pending, 1, __ATOMIC_SEQ_CST);
}

static inline int timer_delete_sync(struct timer_list *timer)
{
	return (int)__atomic_exchange_n(&timer->pending, 0, __ATOMIC_SEQ_CST);
}

#define del_timer(timer)           timer_delete_sync(timer)
#define timer_delete(timer)        timer_delete_sync(timer)
#define del_timer_sync(timer)      timer_delete_sync(timer)
#define timer_shutdown_sync(timer) timer_delete_sync(timer)
#define timer_pending(timer)       READ_ONCE((timer)->pending)

static inline void kernel_delayed_work(struct timer_list *timer)
{
	struct work_struct *work = &container_of(timer, struct delayed_work, timer)->work;

	/* As in the kernel it can be scheduled anew while it runs. */
	smp_store_release(&work->pending, 0);
	work->func(work);
}

static inline void kernel_init_delayed_work(struct delayed_work *work,
					    void (*func)(struct work_struct *))
{
	work->work = (struct work_struct){.func = func};
	timer_setup(&work->timer, kernel_delayed_work, 0);
}

#define INIT_DELAYED_WORK(work, func) kernel_init_delayed_work(work, func)

static inline bool schedule_delayed_work(struct delayed_work *work, unsigned long delay)
{
	if (__atomic_exchange_n(&work->work.pending, 1, __ATOMIC_SEQ_CST))
		return false;
	mod_timer(&work->timer, jiffies + delay);
	return true;
}

static inline bool cancel_delayed_work_sync(struct delayed_work *work)
{
	timer_delete_sync(&work->timer);
	return __atomic_exchange_n(&work->work.pending, 0, __ATOMIC_SEQ_CST);
}

/* Runs what is due at a time in ns; when to call it next. */
static __maybe_unused uint64_t kernel_tick(uint64_t now_ns)
{
	struct kernel_timers *all = kernel_timers();
	const unsigned long now = now_ns / KERNEL_NS_PER_JIFFY;

	if (time_after_eq(now, READ_ONCE(all->now) + 1))
		WRITE_ONCE(all->now, now);
	for (struct timer_list *t = all->first; t; t = t->next) {
		if (timer_pending(t) && time_after_eq(now, READ_ONCE(t->expires)) &&
		    timer_delete_sync(t))
			t->function(t);
	}
	return (now + 1) * KERNEL_NS_PER_JIFFY;
}

#endif
