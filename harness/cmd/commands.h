/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands, as main() calls them: each takes its own words, its name first, and returns the exit code. */
#ifndef IOMMUBENCH_COMMANDS_H
#define IOMMUBENCH_COMMANDS_H

/* What there is to measure with. */
int list_main(int argc, char **argv);

/* Takes all samples of a run, each in a process of its own, and keeps the results file. */
int run_main(int argc, char **argv);

/* Takes samples of two sides in turn, until it is decided or time is up. */
int compare_main(int argc, char **argv);

/* Finds out which allocators hand out entries that the IOTLB may still hold. */
int audit_main(int argc, char **argv);

/* Checks an allocator against a recorded trace. */
int replay_main(int argc, char **argv);

/* What this host can measure, and what disturbs it. */
int doctor_main(int argc, char **argv);
/* Of doctor: which allocators of the kernel tree @path can be measured. The exit status. */
int doctor_kernel(const char *path);

/* Prints the table of options for others to use: no help names it. */
int options_main(int argc, char **argv);

/*
 * A sample process, started by the runner: options that make one cell, and what was calibrated. Google
 * Benchmark's JSON goes to stdout, the CPUs' own figures as a JSON document to --details-fd.
 */
int sample_main(int argc, char **argv);

#endif
