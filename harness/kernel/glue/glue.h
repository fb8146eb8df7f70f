/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the glue of an allocator of the kernel begins with. A file here is an allocator:
 *
 *	//k roots NAME[?]...	what of the kernel it calls; all that these need is cut out of the files. `!NAME`
 *				is left out of it: the glue has its own
 *	//k from PATH[?]...	a file of the tree, the first of these that there is; `?`: it may be missing
 *	//k with NAME[?]...	lib/NAME.c, what the kernel has in objects of its own
 *	//k probe NAME CODE	defines NAME if CODE compiles behind what was cut out
 *	//k text NAME TEXT	defines NAME if TEXT is in what was cut out; an `#error` then says why not
 *	//k as FILE		has the lines of this file here, too
 *
 * then the shim, what was cut out (<cut.c>), and a descriptor (allocator.h) named k-NAME in the file k_NAME.c.
 */
#ifndef IOMMUBENCH_KERNEL_GLUE_H
#define IOMMUBENCH_KERNEL_GLUE_H

#include "kernel/shim/shim.h"

#include "area_map.h"

/* Where the linker begins, which leaves out what is not reached: it wants a name to begin with. */
extern const char kernel_root;
const char kernel_root = 0;

/* Until kernel_made(), the kernel's code makes a map of @g in @arena. */
static inline void kernel_makes(struct iommu_arena *arena, const struct iommu_geometry *g,
				const struct iommu_map *map)
{
	kernel_enter(map, 0);
	kernel_self.host = NULL;
	kernel_self.arena = arena;
	kernel_self.ncpus = area_cpus(g);
}

static inline void kernel_made(void)
{
	kernel_self.arena = NULL;
}

/* The map that the calling CPU is in. */
static inline const struct iommu_map *kernel_map(void)
{
	return container_of(kernel_self.locks, struct iommu_map, locks);
}

#endif
