/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux/math.h, linux/minmax.h, linux/align.h, linux/log2.h, linux/const.h, linux/kernel.h: arithmetic. */
#ifndef IOMMUBENCH_KERNEL_NUMBERS_H
#define IOMMUBENCH_KERNEL_NUMBERS_H

#define U32_MAX        ((u32)~0U)
#define U64_MAX        ((u64)~0ULL)
#define S32_MAX        INT32_MAX
#define UL(x)          x##UL
#define ULL(x)         x##ULL
#define _AC(x, suffix) x##suffix
#define ASM_CONST(x)   x##UL
#define BIT(n)         (1UL << (n))
#define BIT_ULL(n)     (1ULL << (n))
#define GENMASK(h, l)  ((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))

#define ERR_PTR(number)       ((void *)(long)(number))
#define ARRAY_SIZE(a)         (sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d)    (((n) + (d)-1) / (d))
#define ALIGN(x, a)           (((x) + ((__typeof__(x))(a)-1)) & ~((__typeof__(x))(a)-1))
#define __ALIGN_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN_DOWN(x, a)      ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)      (((x) & ((__typeof__(x))(a)-1)) == 0)
#define PTR_ALIGN(p, a)       ((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define __round_mask(x, y)    ((__typeof__(x))((y)-1))
#define round_up(x, y)        ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y)      ((x) & ~__round_mask(x, y))
#define roundup(x, y)         (((x) + (y)-1) / (y) * (y))

#define min_t(type, a, b)                      \
	({                                     \
		type min_a = (a), min_b = (b); \
		min_a < min_b ? min_a : min_b; \
	})
#define max_t(type, a, b)                      \
	({                                     \
		type max_a = (a), max_b = (b); \
		max_a > max_b ? max_a : max_b; \
	})
#define min(a, b)     min_t(__typeof__((a) + (b)), a, b)
#define max(a, b)     max_t(__typeof__((a) + (b)), a, b)
#define min3(a, b, c) min(min(a, b), c)
#define swap(a, b)                          \
	do {                                \
		__typeof__(a) swap_a = (a); \
		(a) = (b);                  \
		(b) = swap_a;               \
	} while (0)

#define min_not_zero(a, b)                                                               \
	({                                                                               \
		__typeof__(a) min_x = (a);                                               \
		__typeof__(b) min_y = (b);                                               \
		min_x == 0 ? min_y : min_y == 0 ? min_x : min_x < min_y ? min_x : min_y; \
	})
#define struct_size(pointer, member, n) \
	(sizeof(*(pointer)) + sizeof((pointer)->member[0]) * (size_t)(n))

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

#define lower_32_bits(n) ((u32)(n))
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))

/* Glue whose addresses are entry numbers says 0. */
#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#define PAGE_SIZE     (1UL << PAGE_SHIFT)
#define PAGE_MASK     (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x) ALIGN(x, PAGE_SIZE)

#endif
