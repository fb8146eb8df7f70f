// SPDX-License-Identifier: GPL-2.0-or-later
/* How long memset() takes by size. include/gbench.h says how to link. */
#include "gbench.h"

#include <string.h>

static void clear(struct gbench_state *s, void *buffer)
{
	size_t size = (size_t)gbench_range(s, 0);

	while (gbench_keep_running(s)) {
		memset(buffer, 0, size);
		gbench_do_not_optimize(buffer);
	}
	gbench_set_bytes_processed(s, gbench_iterations(s) * (int64_t)size);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 20];
	struct gbench *b = gbench_register("clear", clear, buffer);

	gbench_add_range(b, 64, sizeof(buffer));
	if (gbench_init(&argc, argv) || gbench_report_unrecognized(argc, argv))
		return 2;
	return gbench_run() > 0 ? gbench_shutdown() : 1;
}
