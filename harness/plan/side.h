/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two sides of a comparison are called, and how many programs each may have. */
#ifndef IOMMUBENCH_SIDE_H
#define IOMMUBENCH_SIDE_H

enum side { SIDE_BASE, SIDE_NEW, SIDES };
extern const char *const side_names[SIDES];

/* Programs of a side: the same objects, linked in different orders. */
#define SIDE_LAYOUTS_MAX 9

#endif
