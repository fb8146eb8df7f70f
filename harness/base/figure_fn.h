/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What takes a sample's figures, one at a time. */
#ifndef IOMMUBENCH_FIGURE_FN_H
#define IOMMUBENCH_FIGURE_FN_H

/* Takes one; @arg is the caller's. */
typedef void (*figure_fn)(void *arg, const char *name, double value);

#endif
