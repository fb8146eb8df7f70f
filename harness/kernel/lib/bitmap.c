// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree's lib/bitmap.c: what searches and sets bitmaps. */
//k roots __bitmap_set? __bitmap_clear? bitmap_set? bitmap_clear? __bitmap_andnot? bitmap_find_next_zero_area_off? bitmap_find_next_zero_area?
//k from include/linux/bitmap.h
//k from include/linux/find.h? include/asm-generic/bitops/find.h
//k from lib/bitmap.c
#include "kernel/shim/shim.h"
#include <cut.c>
