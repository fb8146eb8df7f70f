// SPDX-License-Identifier: GPL-2.0-or-later
/* A timer of CPU time, whose signal looks whether anything was done since the last. */
#include "base/stuck.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define SECONDS_MIN   10
#define ENTRY_SECONDS 1e-4

static atomic_ulong steps;
static unsigned long seen;

static void look(int number)
{
	static const char line[] =
		"iommubench: hung: it spent its time on the CPU and ended no step\n";
	const unsigned long now = atomic_load_explicit(&steps, memory_order_relaxed);

	(void)number;
	if (now != seen) {
		seen = now;
		return;
	}
	/* Nothing can be done if it cannot be said. */
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(STUCK_EXIT);
	_exit(STUCK_EXIT);
}

void stuck_watch(double seconds)
{
	static char stack[65536];
	const stack_t apart = {.ss_sp = stack, .ss_size = sizeof(stack)};
	const struct timeval period = {.tv_sec = (time_t)seconds + 1};
	const struct itimerval timer = {.it_interval = period, .it_value = period};
	struct sigaction action = {.sa_handler = look, .sa_flags = SA_ONSTACK | SA_RESTART};

	/* The stack that runs may be a simulated CPU's, which is small. */
	sigaltstack(&apart, NULL);
	sigaction(SIGPROF, &action, NULL);
	stuck_step();
	setitimer(ITIMER_PROF, &timer, NULL);
}

void stuck_step(void)
{
	atomic_fetch_add_explicit(&steps, 1, memory_order_relaxed);
}

double stuck_patience(unsigned long entries)
{
	return SECONDS_MIN + ENTRY_SECONDS * (double)entries;
}
