/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/bug.h, linux/printk.h: BUG ends the process with a line on stderr, WARN prints one, once for each
 * place. What the kernel logs goes nowhere.
 */
#ifndef IOMMUBENCH_KERNEL_BUG_H
#define IOMMUBENCH_KERNEL_BUG_H

/* Both in lib/runtime.c. */
_Noreturn void kernel_bug(const char *condition, const char *file, int line);
void kernel_warn(const char *condition, const char *file, int line);

#define BUG() kernel_bug("BUG()", __FILE__, __LINE__)
#define BUG_ON(condition)                                           \
	do {                                                        \
		if (unlikely(condition))                            \
			kernel_bug(#condition, __FILE__, __LINE__); \
	} while (0)

#define WARN_ON_ONCE(condition)                                      \
	({                                                           \
		static bool kernel_warned;                           \
		const bool kernel_is_true = !!(condition);           \
		if (unlikely(kernel_is_true) && !kernel_warned) {    \
			kernel_warned = true;                        \
			kernel_warn(#condition, __FILE__, __LINE__); \
		}                                                    \
		unlikely(kernel_is_true);                            \
	})
#define WARN_ON(condition)        WARN_ON_ONCE(condition)
#define WARN(condition, ...)      WARN_ON_ONCE(condition)
#define WARN_ONCE(condition, ...) WARN_ON_ONCE(condition)

static inline __attribute__((format(printf, 1, 2))) void kernel_log(const char *format, ...)
{
	(void)format;
}

#define KERN_EMERG              ""
#define KERN_ERR                ""
#define KERN_WARNING            ""
#define KERN_INFO               ""
#define KERN_DEBUG              ""
#define printk(...)             kernel_log(__VA_ARGS__)
#define pr_err(...)             kernel_log(__VA_ARGS__)
#define pr_err_once(...)        kernel_log(__VA_ARGS__)
#define pr_err_ratelimited(...) kernel_log(__VA_ARGS__)
#define pr_warn(...)            kernel_log(__VA_ARGS__)
#define pr_warn_once(...)       kernel_log(__VA_ARGS__)
#define pr_info(...)            kernel_log(__VA_ARGS__)
#define pr_debug(...)           kernel_log(__VA_ARGS__)
#define dev_err(dev, ...)       ((void)(dev), kernel_log(__VA_ARGS__))
#define dev_warn(dev, ...)      ((void)(dev), kernel_log(__VA_ARGS__))
#define dev_notice(dev, ...)    ((void)(dev), kernel_log(__VA_ARGS__))
#define dev_info(dev, ...)      ((void)(dev), kernel_log(__VA_ARGS__))
#define printk_ratelimit()      0

#define str_disabled_enabled(disabled) ((disabled) ? "disabled" : "enabled")
#define dump_stack()                   ((void)0)
#define panic(...)                     kernel_bug("panic", __FILE__, __LINE__)

#endif
