// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree's lib/find_bit.c (find_next_bit.c in old ones): the search for the next bit. */
//k roots _find_next_bit? _find_next_zero_bit? find_next_bit? find_next_zero_bit? _find_first_zero_bit? find_first_zero_bit? _find_first_bit? find_first_bit?
//k from include/linux/bitmap.h
//k from include/linux/find.h? include/asm-generic/bitops/find.h
//k from lib/find_bit.c lib/find_next_bit.c
#include "kernel/shim/shim.h"
#include <cut.c>
