#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints version.h: which sources, which compiler, which flags. CC and FLAGS from the Makefile.
set -eu
commit=unknown
dirty=0
if git rev-parse --is-inside-work-tree >/dev/null 2>&1 && git rev-parse HEAD >/dev/null 2>&1; then
	commit=$(git rev-parse HEAD)
	# What is measured: not a README or a result that was added.
	if [ -n "$(git status --porcelain -- src include harness bench Makefile \
		results/figures.json 2>/dev/null)" ]; then
		dirty=1
	fi
fi
compiler=$($CC --version | head -n 1)
[ -n "$compiler" ] || { echo "version.sh: $CC does not work: make deps installs gcc" >&2; exit 1; }
escape() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }
cat <<END
#define VERSION_STRING   "0.1.0"
#define VERSION_COMMIT   "$commit"
#define VERSION_DIRTY    $dirty
#define VERSION_BUILD    "$commit-$dirty"
#define VERSION_COMPILER "$(escape "$compiler")"
#define VERSION_CFLAGS   "$(escape "$FLAGS")"
END
