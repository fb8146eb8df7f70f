// SPDX-License-Identifier: GPL-2.0-or-later
/* Audits in a child, which leaves what it found in memory that both have. */
#include "audit/apart.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stuck.h"

struct found {
	int err;
	struct audit_result result;
	struct error error;
};

_Noreturn static void child(const struct audit_config *config, struct found *f, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	stuck_watch(stuck_patience(config->geometry.entries));
	f->err = audit_run(config, &f->result, &f->error);
	_exit(EXIT_SUCCESS);
}

static int wait_for(pid_t pid, struct error *e)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return error_set(e, "cannot wait for a process: %s", strerror(errno));
	}
	if (WIFSIGNALED(status))
		return error_set(e, "killed by signal %d (%s)", WTERMSIG(status),
				 strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) == STUCK_EXIT)
		return error_set(e, "hung: killed");
	return WEXITSTATUS(status) ? error_set(e, "exit status %d", WEXITSTATUS(status)) : 0;
}

int audit_run_apart(const struct audit_config *config, struct audit_result *r, struct error *e)
{
	struct found *f =
		mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const pid_t self = getpid();
	pid_t pid;
	int err;

	if (f == MAP_FAILED)
		return error_set(e, "no memory for an audit: %s", strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(config, f, self);
	err = pid < 0 ? error_set(e, "cannot start a process: %s", strerror(errno)) :
			wait_for(pid, e);
	if (!err) {
		*r = f->result;
		err = f->err;
		if (err)
			*e = f->error;
	}
	munmap(f, sizeof(*f));
	return err;
}
