/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sample process: measures one cell once and prints it as Google Benchmark does. */
#ifndef IOMMUBENCH_SAMPLE_H
#define IOMMUBENCH_SAMPLE_H

/*
 * `iommubench sample OPTIONS`, started by the runner: options that make one cell, and what was
 * calibrated. Google Benchmark's JSON goes to stdout, the CPUs' own figures as a JSON
 * document to --details-fd. Returns the exit code.
 */
int sample_main(int argc, char **argv);

#endif
