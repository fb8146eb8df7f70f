#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures each commit of a range: bench-commits.sh BUILD RANGE...
#
# RANGE is what git rev-list takes. Each commit is checked out and built below BUILD/bench-commits, run natively
# with the options NATIVE_OPTIONS and simulated with SIM_OPTIONS (an empty one is left out). Its results,
# RESULTS/SHA-native.json and RESULTS/SHA-sim.json, are put into the store DB by this tree's report. Results that
# are already there are not taken again, so an interrupted script is simply started again. A commit that does not
# build or run is named and left out. Exit status: 0 all measured, 1 some left out, 2 wrong usage.
set -u

say() { echo "bench-commits: $*"; }
fail() { say "$*" >&2; exit 2; }

[ $# -ge 2 ] || fail "no range; give make bench-commits RANGE=a..b"
build=$1
shift
# 10 samples: the interval of a median needs at least 6. 8 seeds: of fewer no change is told.
: "${NATIVE_OPTIONS=--quick --repetitions 10}" "${SIM_OPTIONS=--workloads ring --cpus 1,4,16 --rounds 2 --repetitions 8}"
: "${RESULTS:=results/$(uname -n | tr -c 'A-Za-z0-9_\n-' _)/commits}" "${DB:=results/history.db}"
: "${PYTHON:=/usr/bin/python3}" "${JOBS:=$(nproc)}"

commits=$(git rev-list --reverse "$@" --) || fail "git knows no range '$*'; give RANGE=a..b"
[ -n "$commits" ] || fail "no commits in the range '$*'"
mkdir -p "$build/bench-commits" "$RESULTS" || exit 2
work=$(cd "$build/bench-commits" && pwd)
tree=$work/tree
results=$(cd "$RESULTS" && pwd)
exec 9>"$work/lock"
flock -n 9 || fail "another bench-commits, or what a killed one left running, is using $work: wait for it, or use B=another"

remove_tree() { git worktree remove --force "$tree" 2>/dev/null || { rm -rf "$tree"; git worktree prune; }; }
# run COMMAND...: waits for it in such a way that a signal is heard at once and ends everything that the command
# started. The command inherits the lock: if this script is killed, nobody measures beside what is still running.
child=
run() {
	setsid "$@" </dev/null &
	child=$!
	wait "$child"
	status=$?
	child=
	return "$status"
}
stop() {
	trap '' INT TERM HUP
	[ -z "$child" ] || kill -TERM "-$child" 2>/dev/null || kill "$child" 2>/dev/null
	wait
	remove_tree
	flock -u 9
	exit 130
}
trap stop INT TERM HUP

remove_tree
rm -f "$work"/part-*
git worktree add -q --detach --no-checkout "$tree" HEAD || fail "git cannot make a worktree in $tree"

# build_commit SHA: from scratch, since a Makefile of that time may not rebuild all that changed.
build_commit() {
	git -C "$tree" checkout -q --force --detach "$1" && git -C "$tree" clean -qfdx || return 1
	run env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$tree" -j"$JOBS" B=build
}

# is_of FILE SHA: whether the results are those of that commit.
is_of() {
	"$PYTHON" -B - "$@" <<-'END'
		import json, sys
		found = json.load(open(sys.argv[1], encoding="utf-8"))["context"]["iommubench"]["commit"]
		sys.exit(found != sys.argv[2] and f"the results say that they are of commit {found}")
	END
}

# measure SHA KIND: `run` for native and `sim` with the options of that kind.
measure() {
	case $2 in native) command=run options=$NATIVE_OPTIONS ;; *) command=sim options=$SIM_OPTIONS ;; esac
	part=part-$1-$2.json
	# shellcheck disable=SC2086 # a list of options
	run env -C "$tree" build/iommubench "$command" $options --out "../$part"
	# 1: some samples failed; the results say so.
	[ "$status" -le 1 ] && [ -s "$work/$part" ] && is_of "$work/$part" "$1" || return 1
	mv "$work/$part" "$results/$1-$2.json"
}

# wanted SHA: the kinds that are still to be taken.
wanted() {
	[ -z "$NATIVE_OPTIONS" ] || [ -s "$results/$1-native.json" ] || echo native
	[ -z "$SIM_OPTIONS" ] || [ -s "$results/$1-sim.json" ] || echo sim
}

total=$(echo "$commits" | wc -l)
number=0 done=0 there=0 left_out=0
for sha in $commits; do
	number=$((number + 1))
	subject=$(git log -1 --format='%h %s' "$sha")
	kinds=$(wanted "$sha")
	if [ -z "$kinds" ]; then
		there=$((there + 1))
		continue
	fi
	say "[$number/$total] $subject"
	log=$work/$sha.log
	if ! build_commit "$sha" >"$log" 2>&1; then
		say "  does not build, left out: $(tail -n 1 "$log") ($log)"
		left_out=$((left_out + 1))
		continue
	fi
	took=yes
	for kind in $kinds; do
		measure "$sha" "$kind" >"$log" 2>&1 && continue
		say "  $kind does not run, left out: $(tail -n 1 "$log") ($log)"
		took=no
	done
	if [ "$took" = yes ]; then
		done=$((done + 1))
		rm -f "$log"
	else
		left_out=$((left_out + 1))
	fi
done
remove_tree
say "$done measured, $there were there, $left_out left out; results in $RESULTS"

# The store comes last: if it cannot be written, no measurement is lost.
if [ -n "$(find "$RESULTS" -name '*.json' | head -n 1)" ]; then
	"$PYTHON" -B -m report store add --db "$DB" --repo . "$RESULTS" || { status=$?; flock -u 9; exit "$status"; }
fi
# Something that a build left running, such as a compiler's server, must not keep the lock.
flock -u 9
[ "$left_out" = 0 ]
