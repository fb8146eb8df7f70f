/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IOMMUBENCH_AUDIT_MAIN_H
#define IOMMUBENCH_AUDIT_MAIN_H

/* `iommubench audit ...`: returns the exit code. */
int audit_main(int argc, char **argv);

#endif
