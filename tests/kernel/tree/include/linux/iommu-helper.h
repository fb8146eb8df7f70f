/* SPDX-License-Identifier: GPL-2.0-or-later */
unsigned long iommu_area_alloc(unsigned long *map, unsigned long end, unsigned long start,
			       unsigned long n);
