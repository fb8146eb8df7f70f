/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the suite takes for granted of the machine; allocator.h includes it. */
#ifndef IOMMUBENCH_BITS_H
#define IOMMUBENCH_BITS_H

/* Bitmaps are in words of 64 bits, as in a 64-bit kernel, and so are entry numbers: with 32 the
 * allocators would search differently and be measured as what they are not. */
#if __SIZEOF_LONG__ != 8
#error "iommubench needs a 64-bit user space: use a 64-bit compiler, without -m32 or -mx32"
#endif

#endif
