// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts a sample process, waits for it, kills it if it hangs or the user stops the run. */
#include "run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "version.h"
#include "workload.h"
#include "run/sample_output.h"
#include "run/side_words.h"

/* A sample that takes longer than so many intervals and so many seconds on top hangs. */
#define TIMEOUT_INTERVALS 4
#define TIMEOUT_SECONDS   20
#define TIMEOUT_ENTRY_NS  1000

#define WORDS_MAX 60

struct words {
	int count;
	char *word[WORDS_MAX + 1];
};

__attribute__((format(printf, 2, 3))) static void add_word(struct words *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (w->count == WORDS_MAX || vasprintf(&w->word[w->count], format, args) < 0)
		abort();
	va_end(args);
	w->word[++w->count] = NULL;
}

void spawn_program_path(const char *name, char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - NAME_MAX - 1);
	char *slash;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, name);
}

/* The program of @pass: this one, or one beside it. */
static void program_path(enum pass pass, char path[PATH_MAX])
{
	if (pass_facts[pass].program)
		spawn_program_path(pass_facts[pass].program, path);
	else
		snprintf(path, PATH_MAX, "/proc/self/exe");
}

/* A program that runs ours must be told its real name: /proc/self/exe would mean that program. */
static void add_wrapper(struct words *w, enum pass pass, const struct spawn_wrapper *wrapper)
{
	char path[PATH_MAX];
	ssize_t length;

	for (unsigned int i = 0; i < wrapper->count; i++)
		add_word(w, "%s", wrapper->words[i]);
	program_path(pass, path);
	if (!pass_facts[pass].program) {
		length = readlink("/proc/self/exe", path, PATH_MAX - 1);
		path[length > 0 ? length : 0] = '\0';
	}
	add_word(w, "%s", path);
}

static void sample_words(struct words *w, const struct cell *c, enum pass pass,
			 const struct plan_request *o, uint64_t seed,
			 const struct spawn_calibration *calibration,
			 const struct sample_output *out)
{
	w->count = 0;
	if (calibration->wrapper)
		add_wrapper(w, pass, calibration->wrapper);
	else
		add_word(w, "iommubench");
	add_word(w, "sample");
	add_word(w, "--workloads=%s", c->workload->name);
	add_word(w, "--allocators=%s/pools:%u",
		 side_allocator_name(calibration->foreign, c->allocator), c->npools);
	add_word(w, "--cpus=%u", c->cpus);
	add_word(w, "--flush=%s", c->flush.name);
	/* By the name that programs of older revisions know, too. */
	add_word(w, "--occupancy=%u", c->occupancy);
	add_word(w, "--lock=%s", side_lock_name(calibration->foreign, c->lock));
	add_word(w, "--think=%llu", (unsigned long long)c->think_ns);
	add_word(w, "--entries=%lu", c->entries);
	add_word(w, "--seconds=%.17g", o->seconds);
	add_word(w, "--seed=%llu", (unsigned long long)seed);
	add_word(w, "--ticks-per-ns=%.17g", calibration->ticks_per_ns);
	add_word(w, "--flush-bias-ns=%.17g", calibration->flush_bias_ns);
	add_word(w, "--think-bias-ns=%.17g", calibration->think_bias_ns);
	add_word(w, "--clock-read-ns=%.17g", calibration->clock_read_ns);
	add_word(w, "--details-fd=%d", out->details);
	add_word(w, "--json-fd=%d", out->json);
	if (!calibration->foreign)
		add_word(w, "--build=%s", VERSION_BUILD);
	if (pass == PASS_CONTENTION)
		add_word(w, "--count-locks");
	if (pass == PASS_LOCKS)
		add_word(w, "--time-locks");
	if (pass == PASS_COUNTERS && calibration->counters)
		add_word(w, "--counters-of-sample=%s", calibration->counters);
	else if (pass == PASS_COUNTERS)
		add_word(w, "--steps-only");
}

/* Google Benchmark reads flags from the environment too: BENCHMARK_TIME_UNIT and others. */
static void unset_benchmark_flags(void)
{
	char **v = environ;

	while (*v) {
		char *name = strncmp(*v, "BENCHMARK_", strlen("BENCHMARK_")) == 0 ?
				     strndup(*v, strcspn(*v, "=")) :
				     NULL;

		/* Removing one moves the rest up. */
		if (!name || unsetenv(name))
			v++;
		free(name);
	}
}

int spawn_find_program(enum pass pass, struct error *e)
{
	char path[PATH_MAX];

	program_path(pass, path);
	if (access(path, X_OK) == 0)
		return 0;
	return error_set(e, "the %s pass needs %.300s: %s: make builds it", pass_facts[pass].name,
			 path, strerror(errno));
}

/* In the child: never returns. */
static void exec_sample(char **words, enum pass pass, const struct spawn_calibration *calibration,
			const struct sample_output *out, pid_t parent)
{
	const struct spawn_wrapper *wrapper = calibration->wrapper;
	static char *no_environment[] = {NULL};
	char path[PATH_MAX];
	sigset_t none;

	/* A runner that is killed takes its sample with it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	/*
	 * A process group of its own, so that Ctrl-C reaches only the runner, which then decides.
	 */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(out->json, STDOUT_FILENO);
	dup2(out->errors, STDERR_FILENO);
	fcntl(out->details, F_SETFD, 0);
	fcntl(out->json, F_SETFD, 0);
	unset_benchmark_flags();
	if (calibration->program) {
		program_copy_exec(calibration->program, words);
		dprintf(STDERR_FILENO, "cannot execute a copy of the program: %s\n",
			strerror(errno));
		_exit(127);
	}
	program_path(pass, path);
	if (wrapper)
		snprintf(path, sizeof(path), "%s", words[0]);
	if (wrapper && wrapper->repeatable) {
		personality(ADDR_NO_RANDOMIZE);
		execve(path, words, no_environment);
	}
	execv(path, words);
	dprintf(STDERR_FILENO, "cannot execute %s: %s\n", path, strerror(errno));
	_exit(127);
}

static void wait_set(sigset_t *set)
{
	static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action;

	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		/* What nohup or a shell's & made us ignore stays ignored. */
		if (sigaction(stops[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(set, stops[i]);
	}
}

void spawn_prepare(void)
{
	sigset_t set;

	/* If our parent made us ignore SIGCHLD we could not wait for a sample's end. */
	signal(SIGCHLD, SIG_DFL);
	wait_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* A signal to stop came while the sample was ending: its sample is kept, the next is not begun. */
static bool stop_pending;

/* Waits for @child to end and sets *status; kills it at the deadline, or when told to stop. */
static enum spawn_end await(pid_t child, double seconds, int *status, struct error *e)
{
	const uint64_t deadline = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	sigset_t set;

	wait_set(&set);
	for (;;) {
		uint64_t now = clock_ns(CLOCK_MONOTONIC);
		uint64_t left = now < deadline ? deadline - now : 0;
		struct timespec timeout = {.tv_sec = (time_t)(left / 1000000000),
					   .tv_nsec = (long)(left % 1000000000)};
		int got = sigtimedwait(&set, NULL, &timeout);

		if (waitpid(child, status, WNOHANG) == child) {
			/* Told to stop just as it ended: this sample is kept. */
			stop_pending |= got >= 0 && got != SIGCHLD;
			/*
			 * Unless the signal killed the child too, before it had a process group of
			 * its own.
			 */
			return stop_pending && WIFSIGNALED(*status) && WTERMSIG(*status) == got ?
				       SPAWN_INTERRUPTED :
				       SPAWN_DONE;
		}
		if (got == SIGCHLD || (got < 0 && errno == EINTR))
			continue;
		/* With all it started, where another program runs the sample. */
		kill(-child, SIGKILL);
		kill(child, SIGKILL);
		waitpid(child, status, 0);
		if (got >= 0)
			return SPAWN_INTERRUPTED;
		error_set(e, "hung: killed after %.0f s", seconds);
		return SPAWN_HUNG;
	}
}

/*
 * Seconds after which a sample counts as hung: its interval, filling and draining a large map, and
 * steps in which flushes queue up.
 */
static double time_limit(const struct cell *c, const struct plan_request *o)
{
	double step = 1e-9 * (double)flush_model_ns(&c->flush) * WORKLOAD_STEP * c->cpus;

	return TIMEOUT_SECONDS + TIMEOUT_INTERVALS * (o->seconds + step) +
	       1e-9 * TIMEOUT_ENTRY_NS * (double)c->entries;
}

enum spawn_end spawn_sample(const struct cell *cell, enum pass pass, const struct plan_request *o,
			    uint64_t seed, const struct spawn_calibration *calibration,
			    json_t **sample, struct error *e)
{
	const double more = calibration->wrapper ? calibration->wrapper->more_seconds : 0;
	const double timeout = time_limit(cell, o) + more;
	enum spawn_end end = SPAWN_FAILED;
	pid_t child, self = getpid();
	struct sample_output out;
	struct words words;
	int status = 0;

	*sample = NULL;
	if (stop_pending)
		return SPAWN_INTERRUPTED;
	if (sample_output_open(&out)) {
		error_set(e, "cannot make a buffer for a sample's output: %s", strerror(errno));
		sample_output_close(&out);
		return SPAWN_FAILED;
	}
	sample_words(&words, cell, pass, o, seed, calibration, &out);
	child = fork();
	if (child == 0)
		exec_sample(words.word, pass, calibration, &out, self);
	if (child < 0)
		error_set(e, "cannot start a process: %s", strerror(errno));
	else
		end = await(child, timeout, &status, e);
	if (child > 0 && calibration->wrapper)
		kill(-child, SIGKILL);
	if (end == SPAWN_DONE)
		end = sample_output_collect(&out, status, cell->name, sample, e) ? SPAWN_FAILED :
										   SPAWN_DONE;
	while (words.count)
		free(words.word[--words.count]);
	sample_output_close(&out);
	return end;
}
