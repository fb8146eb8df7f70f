/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux/types.h: the kernel's names of types. */
#ifndef IOMMUBENCH_KERNEL_TYPES_H
#define IOMMUBENCH_KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __le16, __be16;
typedef u32 __le32, __be32;
typedef u64 __le64, __be64;
typedef u64 dma_addr_t, phys_addr_t;
typedef unsigned int gfp_t;

struct list_head {
	struct list_head *next, *prev;
};

/* What points there is on no list any more. */
#define LIST_POISON1 ((void *)0x100)
#define LIST_POISON2 ((void *)0x122)

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct kref {
	u32 refcount;
};

#define BITS_PER_BYTE              8
#define BITS_PER_LONG              64
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define __BIG_ENDIAN 4321
#else
#define __LITTLE_ENDIAN 1234
#endif

#define CONFIG_64BIT       1
#define CONFIG_SMP         1
#define CONFIG_PPC64       1
#define CONFIG_ISA_DMA_API 1
#define CONFIG_IOMMU_IOVA  1
#define __KERNEL__         1

#endif
