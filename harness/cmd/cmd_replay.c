// SPDX-License-Identifier: GPL-2.0-or-later
/* `iommubench replay`: checks an allocator against a recording. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/replay.h"
#include "base/plural.h"
#include "cmd/commands.h"
#include "cmd/help.h"
#include "cmd/options.h"

static void print_result(const struct replay_result *result)
{
	if (result->mismatches > REPLAY_TOLD)
		printf("and %lu more mismatches\n", result->mismatches - REPLAY_TOLD);
	if (result->reordered > REPLAY_TOLD)
		printf("and %lu more reordered\n", result->reordered - REPLAY_TOLD);
	if (result->reordered)
		printf("%lu pair%s of concurrent requests reordered\n", result->reordered,
		       plural(result->reordered));
	printf("%lu operations, %lu mismatches\n", result->operations, result->mismatches);
}

int replay_main(int argc, char **argv)
{
	struct replay_result result;
	struct options o;
	struct error e;
	const char *path;
	FILE *file;
	int err = options_parse(argc - 1, argv + 1, OPTIONS_REPLAY, &o, &e);

	if (err > 0)
		return help_print(HELP_REPLAY);
	path = o.local.trace;
	if (!err && !path)
		err = error_set(&e,
				"replay: no trace given: iommubench replay TRACE [--allocator A]");
	if (err)
		return error_usage(&e);
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file) {
		error_set(&e, "replay: cannot open '%s': %s", path, strerror(errno));
		return error_usage(&e);
	}
	err = replay_trace(file, path, &o.replay, stdout, &result, &e);
	if (file != stdin)
		fclose(file);
	if (err)
		return error_usage(&e);
	print_result(&result);
	return result.mismatches ? EXIT_CHECK : EXIT_DONE;
}
