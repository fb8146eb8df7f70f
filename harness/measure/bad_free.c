// SPDX-License-Identifier: GPL-2.0-or-later
/* What the checked allocators call on a wrong free: it ends the process. */
#include <stdio.h>
#include <stdlib.h>

#include "allocator.h"

void iommu_bad_free(const char *allocator, const char *why, unsigned long entry, unsigned long n)
{
	fprintf(stderr, "%s: bad free: entry %lu, length %lu %s\n", allocator, entry, n, why);
	abort();
}
