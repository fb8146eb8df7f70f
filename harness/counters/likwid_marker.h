/* SPDX-License-Identifier: GPL-2.0-or-later */
/* likwid's marker interface, loaded when it is asked for (counter_source_likwid). */
#ifndef IOMMUBENCH_LIKWID_MARKER_H
#define IOMMUBENCH_LIKWID_MARKER_H

#include <stdbool.h>

/* Is there a library with all of it? Loads nothing that stays. */
bool likwid_marker_is_there(void);

#endif
