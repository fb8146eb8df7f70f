// SPDX-License-Identifier: GPL-2.0-or-later
/* `iommubench options`, which no help names: the table of options for the man page and for bash. */
#include "cmd/commands.h"

#include "base/error.h"
#include "cmd/help.h"
#include "cmd/options.h"

int options_main(int argc, char **argv)
{
	struct options o;
	struct error e;
	int err = options_parse(argc - 1, argv + 1, OPTIONS_OPTIONS, &o, &e);

	if (err > 0)
		return help_print(HELP_OPTIONS);
	if (!err && o.local.print == OPTIONS_PRINT_NOTHING)
		err = error_set(&e, "options: give --man or --bash");
	if (err)
		return error_usage(&e);
	if (o.local.print == OPTIONS_PRINT_MAN)
		options_man();
	else
		options_bash();
	return EXIT_DONE;
}
