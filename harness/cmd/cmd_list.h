/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to measure with. */
#ifndef IOMMUBENCH_LIST_H
#define IOMMUBENCH_LIST_H

/* `iommubench list ...`: returns the exit code. */
int list_main(int argc, char **argv);

#endif
