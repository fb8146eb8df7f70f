// SPDX-License-Identifier: GPL-2.0-or-later
/* The words for orders of freeing and for ways to draw. */
#include <string.h>

#include "audit/audit.h"

const struct workload audit_orders[FREE_ORDERS] = {
	[FREE_RANDOM] = {.name = "random", .min_cpus = 1},
	[FREE_FIFO] = {.name = "fifo", .min_cpus = 1},
	[FREE_LIFO] = {.name = "lifo", .min_cpus = 1},
	[FREE_COHERENT] = {.name = "coherent", .min_cpus = 1},
};

const struct workload *audit_order_find(const char *name)
{
	for (size_t i = 0; i < FREE_ORDERS; i++) {
		if (strcmp(audit_orders[i].name, name) == 0)
			return &audit_orders[i];
	}
	return NULL;
}

const char *const audit_draws_names[DRAWS] = {
	[DRAWS_RECORDED] = "recorded",
	[DRAWS_INDEPENDENT] = "independent",
	[DRAWS_OWNED] = "owned",
};
