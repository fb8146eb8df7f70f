// SPDX-License-Identifier: GPL-2.0-or-later
/* Shows on standard error how far a run is. */
#include "output/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "base/plural.h"

/* Elsewhere than on a terminal a line this often is enough. */
#define LINE_NS UINT64_C(10000000000)

#define CLEAR_LINE "\r\033[K"

void progress_begin(struct progress *p, unsigned int total)
{
	*p = (struct progress){
		.total = total,
		.started_ns = clock_ns(CLOCK_MONOTONIC),
		.terminal = isatty(STDERR_FILENO),
	};
}

static void time_left(const struct progress *p, uint64_t now, char *text, size_t size)
{
	unsigned int measured = p->done - p->skipped;
	double left;

	if (!measured) {
		snprintf(text, size, "time left unknown");
		return;
	}
	left = (double)(now - p->started_ns) / 1e9 / measured * (p->total - p->done);
	if (left >= 60)
		snprintf(text, size, "%.0fm%02ds left", (double)(int)(left / 60), (int)left % 60);
	else
		snprintf(text, size, "%.0fs left", left);
}

void progress_step(struct progress *p, const char *cell)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	struct winsize window = {0};
	char left[32], line[400];

	time_left(p, now, left, sizeof(left));
	snprintf(line, sizeof(line), "[%u/%u] %s, %s", p->done + 1, p->total, left, cell);
	if (p->terminal) {
		/* A line that wraps could not be rewritten. */
		if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || !window.ws_col)
			window.ws_col = 80;
		fprintf(stderr, CLEAR_LINE "%.*s", window.ws_col - 1, line);
	} else if (p->done == 0 || now - p->told_ns >= LINE_NS) {
		fprintf(stderr, "%s\n", line);
		p->told_ns = now;
	}
	fflush(stderr);
	p->done++;
}

void progress_skip(struct progress *p)
{
	p->done++;
	p->skipped++;
}

void progress_end(struct progress *p)
{
	double seconds = (double)(clock_ns(CLOCK_MONOTONIC) - p->started_ns) / 1e9;

	if (p->terminal)
		fprintf(stderr, CLEAR_LINE);
	fprintf(stderr, "%u ", p->done - p->skipped);
	if (p->total)
		fprintf(stderr, "of %u ", p->total);
	fprintf(stderr, "sample%s taken in %.0f s\n",
		plural(p->total ? p->total : p->done - p->skipped), seconds);
}

void progress_note(const char *format, ...)
{
	va_list args;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, CLEAR_LINE);
	fprintf(stderr, "iommubench: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
