/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gbench.h - Google Benchmark for C programs
 *
 *	static void body(struct gbench_state *s, void *arg)
 *	{
 *		while (gbench_keep_running(s))
 *			work(arg);
 *	}
 *
 *	struct gbench *b = gbench_register("work", body, &data);
 *	gbench_add_range(b, 1, 4096);
 *	n = gbench_run();
 *
 * Link with the object of harness/gbench.cc, -lbenchmark, -lpthread and the
 * C++ runtime (-lstdc++, or link with the C++ compiler).
 *
 * Errors. Functions that return int return 0 or more on success and a negative
 * errno value on failure: -EINVAL for a NULL handle or an argument outside the
 * stated range, -ENOMEM, -EIO for an exception of unknown type, and what each
 * function adds to these. No C++ exception leaves a function declared here,
 * and one thrown by a body fails only that benchmark. Where the library would
 * abort or exit the process on misuse, these functions return an error first.
 *
 * The first error of gbench_register() and of the settings made on a handle
 * is kept, and gbench_run() refuses to run with it: a program may make all its
 * settings unchecked and look once.
 *
 * Threads. Body functions (those that take a struct gbench_state) are called
 * by the thread that was handed the state. All others belong to one thread at
 * a time, and to none while a run is in progress: they return -EBUSY then.
 *
 * Text. Names, labels, messages and context are UTF-8. Names must be clean
 * (valid, no control characters); in other text control characters become
 * spaces and invalid bytes question marks, so that every report is valid JSON.
 *
 * Environment. The library takes defaults for its flags from BENCHMARK_FILTER,
 * BENCHMARK_OUT, BENCHMARK_REPETITIONS and so on, even without gbench_init().
 */
#ifndef GBENCH_H
#define GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gbench;       /* a registered benchmark; owned by this library */
struct gbench_state; /* one thread's execution of a body; owned likewise */

/*
 * A benchmark's body. It is called once per estimate of the iteration count,
 * per repetition and per thread, on each call with a new @state; it must loop
 * until gbench_keep_running() or gbench_keep_running_batch() returns false, or
 * call gbench_fail() or gbench_skip() and return. A body that returns earlier
 * is reported as failed. @arg is the pointer given to gbench_register().
 */
typedef void gbench_fn(struct gbench_state *state, void *arg);

/* What gbench_init() returns when --help was given and the usage printed. */
#define GBENCH_HELP 1

/* Bytes of a formatted label or message, with its NUL; the rest is cut. */
#define GBENCH_TEXT_MAX 512

/* Most threads gbench_add_threads() accepts. */
#define GBENCH_MAX_THREADS 4096

/* Longest interval gbench_set_iteration_time() accepts, in seconds. */
#define GBENCH_MAX_SECONDS 1e9

enum gbench_unit {
	GBENCH_NS,
	GBENCH_US,
	GBENCH_MS,
	GBENCH_S,
};

enum gbench_format {
	GBENCH_CONSOLE, /* the table; its context lines go to stderr */
	GBENCH_JSON,    /* one object with "context" and "benchmarks" */
	GBENCH_CSV,
};

/*
 * How a counter's raw value becomes the reported one. Flags combine; the
 * order is: rate, average over threads, times iterations, average over
 * iterations, invert.
 */
enum gbench_counter_flags {
	GBENCH_PLAIN = 0,               /* the sum over the threads */
	GBENCH_RATE = 1 << 0,           /* divided by the time in seconds */
	GBENCH_AVG_THREADS = 1 << 1,    /* divided by the threads */
	GBENCH_INVARIANT = 1 << 2,      /* multiplied by the iterations */
	GBENCH_AVG_ITERATIONS = 1 << 3, /* divided by the iterations */
	GBENCH_INVERT = 1 << 4,         /* 1 / result */
	GBENCH_1024 = 1 << 5,           /* printed with k = 1024, not 1000 */
};

/* ---- the process ---- */

/*
 * Take the library's --benchmark_ flags and --v out of @argv, in place: *@argc
 * shrinks, the order of the rest stays, argv[*argc] is NULL. A flag with an
 * unreadable number stays in @argv. Both pointers may be NULL: no flags.
 * @argv[0] names the executable in reports and must stay valid.
 *
 * Returns 0; GBENCH_HELP after --help (usage is on stdout: end the program);
 * -EINVAL for a value the library refuses (usage is on stdout); -EBUSY;
 * -ESHUTDOWN after gbench_shutdown().
 */
int gbench_init(int *argc, char **argv);

/*
 * For reports of which nobody reads mhz_per_cpu. Where neither sysfs nor
 * /proc/cpuinfo tell the CPU's clock rate (sparc64, ppc64 in a partition) the
 * library sleeps a second in each process to estimate it. After this call it
 * does not, and mhz_per_cpu is near 0 there; where it is told nothing changes.
 * Call it before the first run. The program's nanosleep() is ours for this, and
 * otherwise does what the C library's does. Returns 0, -EBUSY, -ESHUTDOWN.
 */
int gbench_skip_clock_estimate(void);

/*
 * Name every argument from argv[1] on as unrecognised, a line each on stderr.
 * To be called with what gbench_init() left. Returns how many there were.
 */
int gbench_report_unrecognized(int argc, char **argv);

/*
 * Run only benchmarks whose full name matches the extended regular expression
 * @regex; a leading '-' selects those that do not match, "" selects all.
 * Overrides --benchmark_filter. Returns 0, -EBUSY.
 */
int gbench_set_filter(const char *regex);

/*
 * Add "@key": "@value" to the context of the reports to come.
 * Returns 0; -EEXIST if @key is there already or is one the library writes
 * itself; -EBUSY; -ESHUTDOWN.
 */
int gbench_add_context(const char *key, const char *value);

/*
 * Run every registered benchmark that the filter selects, in the order of
 * registration, and report as --benchmark_format and --benchmark_out say (by
 * default a table on stdout). With --benchmark_list_tests, print their full
 * names to stdout instead, one a line. May be called again.
 *
 * A number that is not finite (a rate over no time) never gets into JSON: the
 * counter is left out and named in the row's label, an aggregate whose time is
 * not finite (the cv of a zero mean) is left out whole.
 *
 * Returns how many were run or listed, failed and skipped ones included; 0 if
 * none matched (nothing is printed, not even an empty report); the kept error
 * of a registration or setting; -EINVAL if the filter is no regular expression
 * or a benchmark has argument names but no arguments; the errno of opening the
 * --benchmark_out file; -EBUSY from within a body; -ESHUTDOWN.
 * Threads the system cannot create end the process: the library's own limit.
 */
int gbench_run(void);

/*
 * As gbench_run(), but the report goes to the file descriptor @fd in @format
 * (an enum gbench_format) whatever --benchmark_format says, and nothing goes to stdout. @fd is written
 * as results come in and left open. With --benchmark_list_tests the names go
 * to @fd. A --benchmark_out file is written as well.
 *
 * Returns as gbench_run(); -EBADF if @fd is not open for writing; the errno of
 * a failed write (-ENOSPC, -EPIPE where SIGPIPE is ignored): the report is
 * incomplete then.
 */
int gbench_run_fd(int fd, int format);

/*
 * Forget all benchmarks and kept errors. Every handle becomes invalid.
 * Returns 0, -EBUSY.
 */
int gbench_clear(void);

/*
 * Release what the library holds, as its last use: nothing can be run after.
 * Calling it again does nothing. Returns 0, -EBUSY.
 */
int gbench_shutdown(void);

/* ---- registration and settings ---- */

/*
 * Register @fn under @name (copied; not empty, may contain '/'). The caller
 * keeps @arg alive until gbench_clear() or the last run. The same name may be
 * registered twice.
 *
 * Returns a handle, valid until gbench_clear(), or NULL with errno set: EINVAL,
 * ENOMEM, EBUSY, ESHUTDOWN. The functions below refuse a NULL handle, so that
 * only gbench_run() need be checked.
 */
struct gbench *gbench_register(const char *name, gbench_fn *fn, void *arg);

/*
 * Run the benchmark once more, with the argument @x; the full name gets "/@x".
 * Refused (-EINVAL) if other arguments of this benchmark are not single, or
 * after the benchmark has been run without arguments.
 */
int gbench_add_arg(struct gbench *b, int64_t x);

/*
 * As gbench_add_arg(), with @n arguments (1 or more). All calls on one handle
 * must give the same number.
 */
int gbench_add_args(struct gbench *b, const int64_t *args, size_t n);

/*
 * As gbench_add_arg() for @lo, @hi (lo <= hi) and the powers of the range
 * multiplier (8 by default) between them.
 */
int gbench_add_range(struct gbench *b, int64_t lo, int64_t hi);

/* @multiplier (2 or more) for later calls of gbench_add_range(). */
int gbench_set_range_multiplier(struct gbench *b, int multiplier);

/*
 * Name the arguments: the full name gets "/NAME:VALUE" for each. @n must be
 * the number of arguments; an empty name prints the value alone.
 */
int gbench_set_arg_names(struct gbench *b, const char *const *names, size_t n);

/*
 * Run for exactly @n iterations (1 or more) a thread and repetition.
 * Refused (-EINVAL) with a minimum time on the same handle.
 */
int gbench_set_iterations(struct gbench *b, int64_t n);

/* Repeat @n times (1 or more); overrides --benchmark_repetitions. */
int gbench_set_repetitions(struct gbench *b, int n);

/*
 * Raise the iterations until a repetition takes @seconds (1e-9 or more,
 * finite); overrides --benchmark_min_time. Refused (-EINVAL) with a fixed
 * iteration count on the same handle.
 */
int gbench_set_min_time(struct gbench *b, double seconds);

/*
 * What counts as time: the calls of gbench_set_iteration_time(), or the wall
 * clock. One of the two at most (-EINVAL). By default the CPU time of the
 * threads that run the body decides on iterations and rates.
 */
int gbench_use_manual_time(struct gbench *b);
int gbench_use_real_time(struct gbench *b);

/* cpu_time is that of the whole process instead of the body's threads. */
int gbench_measure_process_cpu_time(struct gbench *b);

/*
 * The unit (an enum gbench_unit) of real_time and cpu_time in reports;
 * --benchmark_time_unit or GBENCH_NS by default.
 */
int gbench_set_unit(struct gbench *b, int unit);

/*
 * Run the benchmark once more, in @threads threads at once (1 to
 * GBENCH_MAX_THREADS), the calling thread being one of them.
 */
int gbench_add_threads(struct gbench *b, int threads);

/*
 * With repetitions, report only mean, median, stddev and cv: everywhere, or
 * on the display and not in the --benchmark_out file. For gbench_run_fd() the
 * display is its @fd.
 */
int gbench_set_report_aggregates_only(struct gbench *b, bool on);
int gbench_set_display_aggregates_only(struct gbench *b, bool on);

/* ---- in the body ---- */

/*
 * True as long as another iteration is wanted. The clock starts in the first
 * call and stops in the one that returns false, which further calls repeat.
 * False at once after gbench_fail() or gbench_skip(). Waits for the other
 * threads in its first and last call.
 */
bool gbench_keep_running(struct gbench_state *s);

/*
 * The same for @n iterations (1 or more) done in one turn; the last turn may
 * go past the wanted number, and all of its @n count. @n need not be known
 * beforehand: with gbench_set_iterations(b, 1), measure @n operations first,
 * then report them by one turn. An @n below 1 fails the benchmark.
 */
bool gbench_keep_running_batch(struct gbench_state *s, int64_t n);

/*
 * Argument number @i, from 0. Fails the benchmark and returns 0 if there is
 * none.
 */
int64_t gbench_range(struct gbench_state *s, size_t i);

/* Iterations this thread has done; before the first turn 0. */
int64_t gbench_iterations(const struct gbench_state *s);

/* Threads that run this body now, and which of them this is, from 0. */
int gbench_threads(const struct gbench_state *s);
int gbench_thread_index(const struct gbench_state *s);

/*
 * Add @seconds (0 to GBENCH_MAX_SECONDS) to this thread's manual time: once
 * per turn. real_time is the manual time divided by the iterations. With more
 * than one thread, what is divided by what depends on the library's version:
 * measure with own threads, from a body that runs in one, for exact figures. Refused (-EINVAL) unless gbench_use_manual_time() was set; a
 * body that set it and never calls this is reported as failed.
 */
int gbench_set_iteration_time(struct gbench_state *s, double seconds);

/*
 * Stop and restart this thread's clock within the loop; a pair costs about a
 * microsecond. The next gbench_keep_running() restarts a stopped clock too.
 * Refused (-EINVAL) outside the loop, after gbench_fail(), or if the clock is
 * in that state already.
 */
int gbench_pause_timing(struct gbench_state *s);
int gbench_resume_timing(struct gbench_state *s);

/*
 * Report @value as @name, treated as the enum gbench_counter_flags in @flags
 * say; a later call with the same name replaces it. The threads' values are
 * added up.
 *
 * Returns 0; -EINVAL if @value is not finite, or for an unclean @name or an
 * unknown flag; -EEXIST if @name is a field of the report itself, as
 * "real_time" is.
 */
int gbench_set_counter(struct gbench_state *s, const char *name, double value, unsigned int flags);

/*
 * This thread's total of items or bytes (0 or more); reported as
 * items_per_second and bytes_per_second.
 */
int gbench_set_items_processed(struct gbench_state *s, int64_t items);
int gbench_set_bytes_processed(struct gbench_state *s, int64_t bytes);

/* The row's label, as by printf(). The last thread to set it wins. */
__attribute__((format(printf, 2, 3))) int gbench_set_label(struct gbench_state *s, const char *fmt,
							   ...);

/*
 * Report the benchmark as failed with a message, as by printf(); the first
 * message of all threads is kept. In JSON: "error_occurred": true and the
 * message in "error_message". Stops the loop, not the body.
 */
__attribute__((format(printf, 2, 3))) int gbench_fail(struct gbench_state *s, const char *fmt, ...);

/*
 * The same for a benchmark that cannot run here. A library that knows only
 * errors (Google Benchmark before 1.8) reports an error whose message begins
 * with "skipped: "; a newer one reports "skipped": true and "skip_message",
 * and no error.
 */
__attribute__((format(printf, 2, 3))) int gbench_skip(struct gbench_state *s, const char *fmt, ...);

/* ---- for the compiler ---- */

/*
 * Make the compiler believe that @p and the memory it points to are used, so
 * that computing them is not removed. No instruction is emitted.
 */
static inline void gbench_do_not_optimize(const void *p)
{
	__asm__ volatile("" : : "r"(p) : "memory");
}

/* Make the compiler complete all stores and forget all loads before here. */
static inline void gbench_clobber(void)
{
	__asm__ volatile("" : : : "memory");
}

#ifdef __cplusplus
}
#endif

#endif /* GBENCH_H */
