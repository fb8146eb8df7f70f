/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes samples of two sides in turn, until it is decided or time is up. */
#ifndef IOMMUBENCH_COMPARE_H
#define IOMMUBENCH_COMPARE_H

/* `iommubench compare ...`: returns the exit code. */
int compare_main(int argc, char **argv);

#endif
