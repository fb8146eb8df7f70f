#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run-tests.sh PROGRAM...: runs the C tests, JOBS at a time (as many as there are CPUs), and those whose threads spin
# on all CPUs, or that look at the clock, alone after the others. What a program prints stays together.
# Fails at the end if any did, and names it.
set -u

# A broken lock hangs rather than fails. So long takes none of them, on a busy machine either.
LIMIT=1800
# Signals as the tests expect them, though who started this ignores some.
DEFAULT=--default-signal=ABRT,ALRM,CHLD,HUP,INT,PIPE,TERM

# One program, called by xargs.
if [ "$1" = --one ]; then
	folder=$2
	program=$3
	name=$(basename "$program")
	env "$DEFAULT" timeout "$LIMIT" "$program" >"$folder/$name" 2>&1 </dev/null
	status=$?
	exec 9>"$folder/.lock"
	flock 9
	echo "== $program"
	cat "$folder/$name"
	[ "$status" != 124 ] || echo "$program: killed after $LIMIT s"
	[ "$status" = 0 ] || echo "$program" >>"$folder/.failed"
	exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
for program; do
	case $program in
	*-locks | *-lockstat | *-threads | *-flush | *-workloads | *-gbench) list=alone ;;
	*) list=together ;;
	esac
	printf '%s\0' "$program" >>"$folder/.$list"
done
[ ! -e "$folder/.together" ] ||
	xargs -0 -n 1 -P "${JOBS:-$(nproc)}" "$0" --one "$folder" <"$folder/.together"
[ ! -e "$folder/.alone" ] || xargs -0 -n 1 "$0" --one "$folder" <"$folder/.alone"
ran=$(find "$folder" -type f ! -name '.*' | wc -l)
[ "$ran" = $# ] || echo "$ran of $# programs ran" >>"$folder/.failed"
[ ! -e "$folder/.failed" ] || { echo "FAILED: $(sort "$folder/.failed" | tr '\n' ' ')"; exit 1; }
echo "$ran test programs passed"
