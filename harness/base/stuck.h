/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that runs an allocator by itself, and in which that one may loop for ever: it ends once it spends time on
 * the CPU and no step ends.
 */
#ifndef IOMMUBENCH_STUCK_H
#define IOMMUBENCH_STUCK_H

/* What the process's exit status is then. */
#define STUCK_EXIT 3

/* From now on @seconds on the CPU, or up to twice as many, without stuck_step() end the process, with a line on stderr. */
void stuck_watch(double seconds);

/* A step has ended. Any thread may call it. */
void stuck_step(void);

/* What stuck_watch() suits an allocator with so many entries, which may have to be filled in a single step. */
double stuck_patience(unsigned long entries);

#endif
