/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Emulated IOTLB flushes. A model says what one costs; a device spends that time where the
 * allocator calls it, counts, and is a serial resource: flushes of several CPUs queue up. Not so
 * hypercalls: each is the time of the CPU that calls.
 */
#ifndef IOMMUBENCH_FLUSH_H
#define IOMMUBENCH_FLUSH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "allocator.h"

struct error;

/* The longest flush a model may ask for: 10 ms. */
#define FLUSH_NS_MAX UINT64_C(10000000)

struct flush_model {
	char name[64]; /* as the user wrote it; part of cell names */
	bool none;     /* the allocator gets NULL */
	bool hcall;    /* so do those without hypercalls; of the others it is the cost of one */
	uint64_t writes, write_ns, read_ns;
};

/*
 * Reads "none", "spin:NS" (counts only, if 0), "mmio:WRITES,WRITE_NS,READ_NS" (posted writes,
 * then a read that waits for them), "hcall:NS" or a profile's name. 0, or -EINVAL with *e set.
 */
int flush_model_parse(const char *text, struct flush_model *model, struct error *e);

/* What one flush is to take, in ns. */
uint64_t flush_model_ns(const struct flush_model *model);

/* Does an allocator with hypercalls, or one without, get a flush function? */
static inline bool flush_model_given(const struct flush_model *model,
				     const struct iommu_allocator *a)
{
	return !model->none && (a->hypercalls || !model->hcall);
}

struct flush_device {
	/* Written while no CPU flushes. */
	uint64_t cost;       /* of one flush, in units of its clock; 0: only counts */
	uint64_t model_cost; /* what flush_device_spend() makes it */
	uint64_t early;      /* a caller stops waiting so much before the end, on account of what
				calling and noticing take it; the device stays busy till the end */
	bool use_ticks;      /* its clock: ticks shared by all CPUs, else ns */
	bool parallel;       /* several at once */
	/* When the device is done with all it was given, on its clock. */
	_Alignas(IOMMU_CACHE_LINE) _Atomic uint64_t busy_until;
	_Atomic uint64_t count; /* flushes completed */
	_Atomic uint64_t spent; /* time the callers waited, queueing included, its clock */
};

/*
 * An idle device. @bias_ns: what a flush takes longer than asked for, found by calibration. Not
 * thread-safe.
 */
void flush_device_init(struct flush_device *d, const struct flush_model *model, double bias_ns,
		       double ticks_per_ns);

/*
 * With @spend false flushes are only counted until it is true again: for getting a map into its
 * steady state and out of it, whose cost nobody measures. Not while a CPU may flush.
 */
void flush_device_spend(struct flush_device *d, bool spend);

/* The flush to hand to an allocator, with the device as its argument. Thread-safe. */
void flush_device_flush(void *device);

/* That, or NULL where @a gets none of @model's. */
static inline iommu_flush_fn flush_device_function(const struct flush_model *model,
						   const struct iommu_allocator *a)
{
	return flush_model_given(model, a) ? flush_device_flush : NULL;
}

/* Its clock's units a ns. */
double flush_device_rate(const struct flush_device *d, double ticks_per_ns);

struct flush_cost {
	double requested_ns;
	double bias_ns;     /* to be given to flush_device_init() */
	double achieved_ns; /* one CPU's flushes with that bias: mean of the best round */
};

/* Measures what @model's flushes take on this CPU, uncontended. About 10 ms, or
 * a few flushes where these are longer. */
void flush_calibrate(const struct flush_model *model, double ticks_per_ns, struct flush_cost *cost);

#endif
