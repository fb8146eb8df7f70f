/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calibration loops, none of which has anything to do with allocators. Each is measured in many short stretches,
 * of which the quick ones count: what disturbs a stretch only makes it longer.
 */
#ifndef IOMMUBENCH_SIM_MEASURE_H
#define IOMMUBENCH_SIM_MEASURE_H

#include "base/error.h"
#include "host/topology.h"
#include "sim/machine.h"

/* ns of one call of native_compute() on the calling thread's CPU. */
double measure_compute_ns(void);
/* The same call on a simulated CPU of @m. */
double measure_simulated_compute_ns(const struct machine *m);

/*
 * ns from a store on one CPU to the store by which another answers, on CPUs @a and @b of the pinning order:
 * the median of stretches of about 0.1 ms. 0 with *ns set, or -EINVAL with *e set if they could not be pinned.
 */
int measure_handover_ns(const struct topology *t, unsigned int a, unsigned int b, double *ns,
			struct error *e);
/* The same loop on two cores of @m whose distance is @d. */
double measure_simulated_handover_ns(const struct machine *m, enum distance d);

/* ns of an exchange of a word that the CPU owns, and of the spin-wait hint. */
double measure_atomic_ns(void);
double measure_relax_ns(void);
/* ns of a dependent load from a working set of @bytes. */
double measure_load_ns(size_t bytes);

#endif
