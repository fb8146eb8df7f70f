/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of an audit besides its cells. */
#ifndef IOMMUBENCH_AUDIT_REQUEST_H
#define IOMMUBENCH_AUDIT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/audit.h"
#include "device/iotlb.h"

struct audit_request {
	uint64_t operations; /* of a cell: a free and an alloc each */
	enum audit_draws draws;
	struct iotlb_shape iotlb;
	const char *profile;   /* where the IOTLB comes from; NULL: it was given itself */
	const char *trace_out; /* file for a trace that shows the first violation, or NULL */
	bool shrink;           /* make that trace as short as can be */
};

#endif
