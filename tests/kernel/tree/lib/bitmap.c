// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bitmap.h>

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int n)
{
	while (n--)
		__clear_bit(start + n, map);
}
EXPORT_SYMBOL(bitmap_clear);
