#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# libpfm.sh HEADER LIBS: writes whether CC can link libpfm4, which has no pkg-config file: the C
# header, and the words for the linker. NO_LIBPFM=1 builds without it all the same.
set -eu
program='#include <perfmon/pfmlib_perf_event.h>
int main(void) { return pfm_initialize(); }'
has=0
libs=
if [ -z "${NO_LIBPFM:-}" ] &&
	printf '%s\n' "$program" | eval "$CC"' -x c - -lpfm -o "$2.test"' 2>/dev/null; then
	has=1
	libs=-lpfm
fi
rm -f "$2.test"
printf '#define HAVE_LIBPFM %d\n' "$has" >"$1"
printf '%s\n' "$libs" >"$2"
