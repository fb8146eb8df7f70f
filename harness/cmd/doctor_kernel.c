// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `iommubench doctor --kernel PATH`: which allocators of a kernel tree can be measured. That is found out by trying to
 * build them, with the sources of this program: harness/jobs/kernel-doctor.sh says what came of it.
 */
#include "cmd/commands.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define SCRIPT "harness/jobs/kernel-doctor.sh"

/* Is the script in @folder or above it? @folder becomes where; else it is "". */
static bool find_sources(char folder[PATH_MAX])
{
	char script[PATH_MAX];
	char *slash;

	do {
		if ((size_t)snprintf(script, sizeof(script), "%s/%s", folder, SCRIPT) <
			    sizeof(script) &&
		    access(script, X_OK) == 0)
			return true;
		slash = strrchr(folder, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return false;
}

/* The folder of this program, which is where it was built unless it was installed. */
static bool own_folder(char folder[PATH_MAX])
{
	const ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	folder[length > 0 ? length : 0] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	return slash;
}

int doctor_kernel(const char *path)
{
	char program[PATH_MAX], sources[PATH_MAX], tree[PATH_MAX];
	const char *build;
	struct error e;

	if (!realpath(path, tree)) {
		error_set(&e, "KERNEL: there is no folder %.300s", path);
		return error_usage(&e);
	}
	if (!own_folder(program) || (strcpy(sources, program), !find_sources(sources))) {
		error_set(
			&e,
			"doctor --kernel takes the sources of this program, and there is no " SCRIPT
			" in %.250s or above it: run it where it was built",
			program);
		return error_usage(&e);
	}
	/* To make, a name with a blank would be two: the folder is named from here. */
	build = program[strlen(sources)] ? program + strlen(sources) + 1 : ".";
	if (chdir(sources) || setenv("KERNEL", tree, 1) || setenv("B", build, 1)) {
		error_set(&e, "%.300s: %s", sources, strerror(errno));
		return error_usage(&e);
	}
	/* What `make doctor` was called with is not for the make in there. */
	unsetenv("MAKEFLAGS");
	unsetenv("MAKELEVEL");
	fflush(stdout);
	execl(SCRIPT, SCRIPT, (char *)NULL);
	error_set(&e, "%.300s/" SCRIPT ": %s", sources, strerror(errno));
	return error_usage(&e);
}
