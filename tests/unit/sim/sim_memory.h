/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tiny machine (sim_tiny.h) with its CPUs and a few lines of simulated memory. */
#ifndef IOMMUBENCH_TEST_SIM_MEMORY_H
#define IOMMUBENCH_TEST_SIM_MEMORY_H

#include "unit/sim/sim_tiny.h"

#include "sim/coherence.h"

#define STACK_SIZE 16384
#define LINES      256

static struct machine machine;
static struct vcpu cpus[TINY_CPUS];
static char *memory; /* LINES lines of simulated memory */
static void *stacks;

static bool simulated_memory(void)
{
#if SANITIZED
	return false;
#else
	return true;
#endif
}

static void open_machine(const char *changes, unsigned int count)
{
	struct error e;

	tiny_make(changes, &machine);
	memset(cpus, 0, sizeof(cpus));
	CHECK(memory_open(&machine, cpus, count, (uint64_t)LINES << machine.line_shift, &e) == 0,
	      "%s", e.text);
	memory = memory_alloc((uint64_t)LINES << machine.line_shift);
	assert_non_null(memory);
}

/* @what: read, write, atomic. */
static void access_line(char what, unsigned int line)
{
	const void *address = memory + ((size_t)line << machine.line_shift) + 8;

	if (what == 'r')
		coherence_read(address);
	else
		coherence_write(address, what == 'a');
}

#endif
