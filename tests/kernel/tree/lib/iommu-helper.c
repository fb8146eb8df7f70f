// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/iommu-helper.h>

/* The first run of @n free entries. */
unsigned long iommu_area_alloc(unsigned long *map, unsigned long end, unsigned long start,
			       unsigned long n)
{
	unsigned long run = 0;

	for (unsigned long i = start; i < end; i++) {
		run = test_bit(i, map) ? 0 : run + 1;
		if (run < n)
			continue;
		while (run--)
			__set_bit(i - run, map);
		return i + 1 - n;
	}
	return ~0UL;
}
