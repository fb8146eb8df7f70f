/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the simulated machine: its lines, and the caches that hold copies of them. */
#ifndef IOMMUBENCH_SIM_MEMORY_H
#define IOMMUBENCH_SIM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "sim/caches.h"
#include "sim/machine.h"
#include "sim/vcpu.h"

/* Simulated memory lies where it does, so that address randomisation changes nothing. */
#define MEMORY_BASE     UINT64_C(0x1000000000)
#define MEMORY_SIZE_MAX (UINT64_C(1) << 34)

struct line {
	uint32_t version;
	uint32_t waiters; /* first CPU parked on it + 1 */
	uint64_t ready;   /* when the next transaction may begin */
	uint16_t owner;   /* core + 1 that has it exclusively, or 0 */
	uint16_t
		promised; /* the same when all transactions its home has accepted have taken effect */
	uint16_t holders; /* cores that have a valid copy */
	uint16_t first;   /* core that got the first of them */
	uint16_t llc;     /* last-level cache + 1 that got it last, or 0 */
	uint16_t home;    /* core + 1 that touched it first: its node has the memory */
	uint8_t spread;   /* enum distance of the farthest holder from the first */
	uint8_t written;  /* by its owner, since that got it */
	uint16_t writer;  /* core + 1 that wrote it last */
};

struct sim_memory {
	const struct machine *machine;
	unsigned int shift; /* log2 of a line's bytes */
	struct line *line;
	uint64_t bytes; /* of simulated memory */
	uint64_t used;
	/* Variables of kernel code, which lie where the program has them: their lines come behind the others. */
	uintptr_t globals;
	uint64_t globals_bytes;
	struct cache *l1, *l2; /* by core */
	struct cache *llc;     /* by last-level cache */
	struct vcpu *cpus;
	/* Varies a latency by up to a @part-th of it; NULL: it is as its figure says (explore.h). */
	uint64_t (*jitter)(uint64_t latency, unsigned int part);
	/* How long the CPU is held up after a transaction that took so long; NULL: never. */
	uint64_t (*hold_up)(uint64_t latency);
	bool polling; /* never park a CPU: simulate each poll */
	struct {
		void *pages;
		uint64_t bytes;
	} reserved[8]; /* what memory_close() gives back */
	unsigned int reserved_count;
};

/* The one machine that is simulated. */
extern struct sim_memory sim_memory;

/*
 * Empty caches and @bytes of zeroed memory for the machine's first @count CPUs. 0, or -EINVAL with *e set
 * if memory is short. memory_close() in either case.
 */
int memory_open(const struct machine *m, struct vcpu *cpus, unsigned int count, uint64_t bytes,
		struct error *e);
void memory_close(void);

/* Zeroed simulated memory that shares no line with any other; NULL when it is used up. */
void *memory_alloc(uint64_t bytes);

static inline uint64_t memory_copy(uint32_t line)
{
	return (uint64_t)(line + 1) << 32 | sim_memory.line[line].version;
}

/* Memory that is not simulated is constant, or its core's own registers: it costs nothing. */
static inline bool memory_line(const volatile void *address, uint32_t *line)
{
	uint64_t offset = (uint64_t)(uintptr_t)address - MEMORY_BASE;

	if (__builtin_expect(offset >= sim_memory.bytes, 0)) {
		offset = (uint64_t)((uintptr_t)address - sim_memory.globals);
		if (offset >= sim_memory.globals_bytes)
			return false;
		offset += sim_memory.bytes;
	}
	*line = (uint32_t)(offset >> sim_memory.shift);
	return true;
}

#endif
