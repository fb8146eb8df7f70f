/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host can measure, and what disturbs it. */
#ifndef IOMMUBENCH_DOCTOR_H
#define IOMMUBENCH_DOCTOR_H

/* `iommubench doctor`: returns the exit code. */
int doctor_main(int argc, char **argv);

#endif
