/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a run is, on stderr: one line rewritten on a terminal, now and then a line elsewhere. */
#ifndef IOMMUBENCH_PROGRESS_H
#define IOMMUBENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	unsigned int total, done, skipped;
	uint64_t started_ns, told_ns;
	bool terminal;
};

/* @total samples are to be taken; 0: that will be seen. */
void progress_begin(struct progress *p, unsigned int total);
/* Begins the next sample, of @cell. */
void progress_step(struct progress *p, const char *cell);
/* The next sample is there already. */
void progress_skip(struct progress *p);
void progress_end(struct progress *p);

/* A line of its own, whatever progress is on the screen. */
__attribute__((format(printf, 1, 2))) void progress_note(const char *format, ...);

#endif
