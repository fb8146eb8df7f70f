// SPDX-License-Identifier: GPL-2.0-or-later
/* The program: finds the command that is asked for, and makes sure that its output got out. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "version.h"
#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/help.h"
#include "run/spawn.h"

/* The simulator is a program of its own: its allocators are built another way. */
static int sim_main(int argc, char **argv)
{
	char **words = calloc((size_t)argc + 2, sizeof(*words));
	char path[PATH_MAX];
	struct error e;

	if (!words)
		return EXIT_CHECK;
	spawn_program_path("iommubench-sim", path);
	words[0] = path;
	memcpy(words + 1, argv, (size_t)argc * sizeof(*words));
	execv(path, words);
	free(words);
	error_set(&e, "cannot start %.300s: %s: make builds it", path, strerror(errno));
	return error_usage(&e);
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"list", list_main},     {"run", run_main},         {"replay", replay_main},
	{"doctor", doctor_main}, {"sample", sample_main},   {"audit", audit_main},
	{"sim", sim_main},       {"compare", compare_main}, {"options", options_main},
};

static int main_help(void)
{
	return help_print(HELP_MAIN);
}

static int version(void)
{
	printf("iommubench %s, commit %s%s, %s\n", VERSION_STRING, VERSION_COMMIT,
	       VERSION_DIRTY ? " with changes" : "", VERSION_COMPILER);
	return EXIT_DONE;
}

static int dispatch(int argc, char **argv)
{
	struct error e;

	if (argc < 2) {
		error_set(&e,
			  "no command given: list, run, compare, sim, audit, replay or doctor: see "
			  "iommubench --help");
		return error_usage(&e);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return main_help();
	if (strcmp(argv[1], "--version") == 0)
		return version();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	error_set(&e, "unknown command '%.60s': list, run, compare, sim, audit, replay or doctor",
		  argv[1]);
	return error_usage(&e);
}

/*
 * A file that got the number of a closed standard stream would be taken for it. Read-only, so that
 * printing still fails.
 */
static void fill_closed_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	int exit_code;

	fill_closed_streams();
	exit_code = dispatch(argc, argv);

	/* A full disk must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "iommubench: cannot write the output: %s\n", strerror(errno));
		return exit_code ? exit_code : EXIT_CHECK;
	}
	return exit_code;
}
