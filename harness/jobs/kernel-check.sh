#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make kernel-check` runs: kernel-check.sh holds our allocators against those of a kernel tree, which are built
# into this tree's harness: what they answer (harness/kernel/check/kernel_check.c), which cache lines they touch
# (kernel_lines.c), and how long they take, measured in turn. It takes from the environment:
#   KERNEL, REV   the tree, and a revision of it             KSIDE    where it is built
#   OPERATIONS    random operations on each (1000000)       SEED     of these (1)
#   BUDGET        seconds to measure each pair (1m); 0: no times, which take a quiet machine
#   B, PYTHON, MAKE
# Exit status 0, or 1 with a line for each thing that should be the same and is not.
set -eu

B=${B:-build}
PYTHON=${PYTHON:-/usr/bin/python3}
MAKE=${MAKE:-make}
OPERATIONS=${OPERATIONS:-1000000}
SEED=${SEED:-1}
BUDGET=${BUDGET:-1m}
# To be faster is no fault.
SLOWER_PERCENT=3

die()
{
	echo "kernel-check: $*" >&2
	exit 2
}

[ -n "${KERNEL:-}" ] || die "KERNEL=PATH says which tree"
side=${KSIDE:-$B/kernel/check}
mkdir -p "$side"
exec 9>"$side/lock"
flock -n 9 || die "another check works in $side: wait for it, or use B=another"

# To make, a dollar is the beginning of a variable.
escaped=$(printf '%s' "$KERNEL" | sed 's/\$/$$/g')
if ! "$MAKE" -s AS_BUILT=yes KERNEL="$escaped" REV="${REV:-}" KSIDE="$side" B="$B" kernel-prepare >"$side/log" 2>&1; then
	! grep '^iommubench: ' "$side/log" >&2 || exit 2
	die "the files of $KERNEL could not be taken out: see $side/log"
fi
"$MAKE" -s AS_BUILT=yes -j"$(nproc)" KERNEL= KSIDE="$side" B="$B" kernel-check-link >"$side/log" 2>&1 ||
	die "the allocators of $KERNEL do not build: see $side/log"

echo "$(sed -n 's/^path //p' "$side/facts"): Linux $(sed -n 's/^version //p' "$side/facts"), commit" \
	"$(sed -n 's/^commit //p' "$side/facts")$(sed -n 's/^dirty true/ with changes/p' "$side/facts"); seed $SEED"
sed 's/\t/: not compared: /' "$side/absent"
"$side/kernel-check" >"$side/pairs"
[ -s "$side/pairs" ] || {
	echo "kernel-check: nothing to compare: no allocator of this tree has a counterpart among ours" >&2
	exit 77
}

: >"$side/differs"
differs() # TEXT
{
	echo "$*" >>"$side/differs"
}

# A kernel's code may do anything: each runs in a process of its own, for so long at most.
limited() # PROGRAM ARGUMENT...
{
	status=0
	timeout --kill-after=5 300 "$@" 2>"$side/stderr" || status=$?
	[ "$status" -le 1 ] || echo "$2: ended with status $status: $(tail -n 1 "$side/stderr")"
	return "$status"
}

# Which maps are timed: of those whose memory is laid out as the kernel's, so that lines are as many, too.
maps() # OURS
{
	case $1 in
	pooled) echo 1 16 ;;
	ppc) echo 4 ;;
	*) echo "" ;;
	esac
}

while read -r kernels ours; do
	limited "$side/kernel-check" "$kernels" "$OPERATIONS" "$SEED" "$side/$kernels.trace" </dev/null ||
		differs "$ours: is not what this tree's $kernels is"
	[ ! -x "$side/kernel-lines" ] || limited "$side/kernel-lines" "$kernels" </dev/null ||
		[ -z "$(maps "$ours")" ] ||
		differs "$ours: does not touch as many cache lines as this tree's $kernels"
done <"$side/pairs"

time_pair() # KERNELS OURS POOLS
{
	out=$side/$2${3:+-$3}.json
	cpus=1
	[ "$(nproc)" -lt 2 ] || cpus=1,2
	status=0
	rm -f "$out"
	KERNEL=$KERNEL OLD=$1${3:+/pools:$3} NEW=$2${3:+/pools:$3} BUDGET=$BUDGET OUT=$out SIMULATE=no B=$B \
		PYTHON=$PYTHON MAKE=$MAKE BASE='' MBOX='' WIDTH='' WHOLE='' \
		"$(dirname "$0")/compare.sh" --workloads ring,churn,pair --cpus "$cpus" --utilization 5,50 --flush none \
		</dev/null >"$side/times" 2>"$side/stderr" || status=$?
	[ "$status" = 0 ] || {
		cat "$side/stderr" >&2
		die "$2 and $1 could not be timed"
	}
	"$PYTHON" -B -m report compare "$out" --at-most "$SLOWER_PERCENT" >"$side/times" && status=0 || status=$?
	cat "$side/times"
	! grep -q 'too few samples to be held' "$side/times" || untold=yes
	[ "$status" = 0 ] ||
		differs "$2${3:+/pools:$3}: takes longer than $1, by more than $SLOWER_PERCENT %"
}

untold=
if [ "$BUDGET" != 0 ]; then
	while read -r kernels ours; do
		for pools in $(maps "$ours"); do
			echo
			time_pair "$kernels" "$ours" "$pools"
		done
	done <"$side/pairs"
fi
[ ! -s "$side/differs" ] || {
	sed 's/^/kernel-check: /' "$side/differs"
	exit 1
}
if [ -n "$untold" ]; then
	echo "kernel-check: nothing differs, but not all times can be told: BUDGET=5m, or a quieter machine"
elif [ "$BUDGET" = 0 ]; then
	echo "kernel-check: nothing differs; no times were taken"
else
	echo "kernel-check: passed"
fi
