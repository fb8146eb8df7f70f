// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies a program into memory and executes the copy, where the host lets it. */
#include "run/program_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command line of any cell is shorter. */
#define PADDED_TO 4096

#define PAD "IOMMUBENCH_PAD"

/* MFD_EXEC, since Linux 6.3: with vm.memfd_noexec=1 only what asks for it can be executed. */
#define COPY_EXEC 0x0010U

static void pad_words(char *const *words)
{
	char pad[PADDED_TO + 1];
	size_t length = 0;

	for (char *const *w = words; *w; w++)
		length += strlen(*w);
	length = length < PADDED_TO ? PADDED_TO - length : 0;
	memset(pad, 'x', length);
	pad[length] = '\0';
	setenv(PAD, pad, 1);
}

/* A file in memory, or -1. */
static int make_memory(void)
{
	int fd = memfd_create("iommubench", MFD_CLOEXEC | COPY_EXEC);

	return fd < 0 && errno == EINVAL ? memfd_create("iommubench", MFD_CLOEXEC) : fd;
}

/* A copy in memory, or -1, errno set. */
static int copy(int from)
{
	int to = make_memory();
	off_t at = 0;
	struct stat st;

	if (to < 0 || fstat(from, &st))
		return -1;
	while (at < st.st_size) {
		/* With an offset of its own, as all processes share the file's. */
		ssize_t sent = sendfile(to, from, &at, (size_t)(st.st_size - at));

		if (sent <= 0) {
			errno = sent ? errno : EIO;
			return -1;
		}
	}
	return to;
}

/* In the child: executes a copy, or says in @says that it cannot. */
static void try_copy(int program, int says)
{
	char *words[] = {(char[]){"iommubench"}, (char[]){"--version"}, NULL};
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC), fd;

	/* Where files may not grow that large, an error is better than being killed. */
	signal(SIGXFSZ, SIG_IGN);
	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	fd = copy(program);
	if (fd >= 0)
		fexecve(fd, words, environ);
	_exit(write(says, "", 1) == 1 ? 127 : 126);
}

bool program_copy_possible(int program)
{
	ssize_t got = -1;
	int says[2];
	pid_t child;
	char byte;

	if (pipe2(says, O_CLOEXEC))
		return false;
	child = fork();
	if (child == 0)
		try_copy(program, says[1]);
	close(says[1]);
	if (child > 0) {
		/* Executing closes the pipe. */
		do {
			got = read(says[0], &byte, 1);
		} while (got < 0 && errno == EINTR);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	close(says[0]);
	return got == 0;
}

void program_copy_exec(const struct program_copies *p, char *const *words)
{
	int fd = p->copied ? copy(p->fd) : p->fd;

	if (fd < 0)
		return;
	/* A script's interpreter has to open it. */
	if (!p->copied)
		fcntl(fd, F_SETFD, 0);
	pad_words(words);
	fexecve(fd, words, environ);
}
