/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes all samples of a run, each in a process of its own, and keeps the results file. */
#ifndef IOMMUBENCH_RUNNER_H
#define IOMMUBENCH_RUNNER_H

/* `iommubench run ...`: returns the exit code. */
int run_main(int argc, char **argv);

#endif
