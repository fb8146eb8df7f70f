// SPDX-License-Identifier: GPL-2.0-or-later
/* A process that does nothing but spend time is ended; one whose steps end is not. */
#include "unit/helpers.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/stuck.h"

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What a process says, and its exit status, that is on the CPU for @seconds, ending steps or none. */
static int run(double seconds, bool steps, char *said, size_t size)
{
	int status, ends[2];
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[1]);
		/* A period of a second, as the timer's are whole ones. */
		stuck_watch(0);
		while (cpu_seconds() < seconds) {
			if (steps)
				stuck_step();
		}
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	got = read(ends[0], said, size - 1);
	close(ends[0]);
	said[got > 0 ? got : 0] = '\0';
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_stuck(void **state)
{
	char said[200];

	(void)state;
	assert_int_equal(run(60, false, said, sizeof(said)), STUCK_EXIT);
	assert_non_null(strstr(said, "hung"));
	assert_int_equal(run(2.5, true, said, sizeof(said)), 0);
	assert_string_equal(said, "");
}

static void test_patience(void **state)
{
	(void)state;
	assert_true(stuck_patience(8192) >= 10);
	assert_true(stuck_patience(1UL << 28) > 100 * stuck_patience(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_patience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
