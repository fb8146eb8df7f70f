// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs other programs, and kills those that take too long. */
#include "base/run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

bool find_program(const char *name, char path[PATH_MAX])
{
	const char *folders = getenv("PATH");
	struct stat st;

	while (folders && *folders) {
		size_t length = strcspn(folders, ":");

		if ((size_t)snprintf(path, PATH_MAX, "%.*s/%s", (int)length, folders, name) <
			    PATH_MAX &&
		    stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0)
			return true;
		folders += length + (folders[length] == ':');
	}
	return false;
}

static void exec_tool(const char *const *words, int out)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	/* A group of its own, to be killed together. */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(nothing, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv(words[0], (char *const *)(uintptr_t)words);
	_exit(127);
}

/* Waits for @child; its status as run_program() returns it. */
static int await(pid_t child, double seconds)
{
	const struct timespec moment = {.tv_nsec = 5000000};
	const uint64_t deadline = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	bool late = false;
	int status;

	for (;;) {
		pid_t got = waitpid(child, &status, late ? 0 : WNOHANG);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == child)
			break;
		if (!late && clock_ns(CLOCK_MONOTONIC) >= deadline) {
			late = true;
			kill(-child, SIGKILL);
			kill(child, SIGKILL);
		}
		if (!late)
			nanosleep(&moment, NULL);
	}
	/* What it left running behind itself ends too. */
	kill(-child, SIGKILL);
	if (late)
		return -ETIMEDOUT;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run_program(const char *const *words, double seconds, char *text, size_t size)
{
	int out = memfd_create("tool", MFD_CLOEXEC), result;
	ssize_t got;
	pid_t child;

	if (out < 0)
		return -errno;
	child = fork();
	if (child == 0)
		exec_tool(words, out);
	result = child < 0 ? -errno : await(child, seconds);
	got = pread(out, text, size - 1, 0);
	text[got > 0 ? got : 0] = '\0';
	close(out);
	return result;
}

void last_line_of(const char *text, char *line, size_t size)
{
	size_t end = strlen(text), begin;

	while (end && strchr(" \t\r\n-", text[end - 1]))
		end--;
	begin = end;
	while (begin && text[begin - 1] != '\n')
		begin--;
	snprintf(line, size, "%.*s", (int)(end - begin), text + begin);
}
