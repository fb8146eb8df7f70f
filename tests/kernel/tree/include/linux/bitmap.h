/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/types.h>

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int n);
