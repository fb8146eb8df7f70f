/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/compiler.h, linux/cleanup.h, linux/export.h, linux/init.h, linux/module.h: attributes, and what only the
 * kernel's linker or loader reads, which here is nothing.
 */
#ifndef IOMMUBENCH_KERNEL_COMPILER_H
#define IOMMUBENCH_KERNEL_COMPILER_H

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier()   __asm__ __volatile__("" ::: "memory")

/* The C library has its own. */
#undef __always_inline
#undef __attribute_const__
#define __always_inline     inline __attribute__((always_inline))
#define noinline            __attribute__((noinline))
#define __maybe_unused      __attribute__((unused))
#define __must_check        __attribute__((warn_unused_result))
#define __pure              __attribute__((pure))
#define __attribute_const__ __attribute__((const))
#define __packed            __attribute__((packed))
#define __aligned(x)        __attribute__((aligned(x)))
#define __init
#define __exit
#define __initdata
#define __init_memblock
#define __ref
#define __user
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __read_mostly
#define __ro_after_init
#define __acquires(x)
#define __releases(x)
#ifdef __has_attribute
#if __has_attribute(fallthrough)
#define fallthrough __attribute__((fallthrough))
#endif
#endif

/* Of linux/cleanup.h. */
#define DEFINE_FREE(name, type, code)

#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define MODULE_LICENSE(text)
#define MODULE_AUTHOR(text)
#define module_param(name, type, mode)
#define __setup(text, function)
#define early_param(text, function)
#define core_initcall(function)
#define subsys_initcall(function)
#define fs_initcall(function)
#define arch_initcall(function)
#define machine_arch_initcall(machine, function)

#define static_assert(condition, ...) _Static_assert(condition, #condition)
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)

#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define ACCESS_ONCE(x)   (*(volatile __typeof__(x) *)&(x))

#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* Which options a kernel was built with: those in types.h, which are 1, and what glue says before it includes this. */
#define kernel_set_1                      0,
#define kernel_second(first, second, ...) second
#define kernel_pick(set)                  kernel_second(set 1, 0)
#define kernel_is_set(value)              kernel_pick(kernel_set_##value)
#define IS_ENABLED(option)                kernel_is_set(option)
#define IS_REACHABLE(option)              kernel_is_set(option)

/* SMP_CACHE_BYTES is the measured architecture's; glue/ of one that has other lines says so first. */
#ifndef SMP_CACHE_BYTES
#define SMP_CACHE_BYTES 64
#endif
#define L1_CACHE_BYTES               SMP_CACHE_BYTES
#define ____cacheline_aligned        __aligned(SMP_CACHE_BYTES)
#define ____cacheline_aligned_in_smp __aligned(SMP_CACHE_BYTES)
#define __cacheline_aligned          __aligned(SMP_CACHE_BYTES)
#define __cacheline_aligned_in_smp   __aligned(SMP_CACHE_BYTES)
#define cache_line_size()            SMP_CACHE_BYTES

#endif
