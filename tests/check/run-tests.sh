#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the test programs named on the command line; fails at the end if any did.
set -u
failed=
for program in "$@"; do
	echo "== $program"
	# A broken lock hangs rather than fails.
	timeout 300 "$program" || failed="$failed $program"
done
[ -z "$failed" ] || { echo "FAILED:$failed"; exit 1; }
