#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make compare` runs: compare.sh [OPTIONS] builds both sides of a comparison, simulates them, measures
# them in turn, and has the report judge. It takes from the environment:
#   OLD, NEW     two allocators
#   BASE, NEW    two revisions; without NEW the work tree
#   KERNEL       a tree of the kernel: BASE and NEW are revisions of it, or MBOX=FILE mails with patches onto BASE;
#                OLD and NEW may be allocators of it. kernel-sides.sh says more
#   BUDGET       time to measure (5m)          WIDTH        wanted half-width of intervals, percent (0.5)
#   OUT          the results file              SIMULATE=no  no simulation; kept: take what was simulated last
#   SITTINGS=N   measure so many times, each BUDGET long with link layouts of its own: OUT becomes OUT-1, OUT-2 ...
#   PAUSE        time between two sittings (0): 30m, 8h
#   DRAW=N       link layouts as they were drawn from that number, instead of new ones
#   JUDGE=no     no verdict, which comes later, of several files together
#   WHOLE=yes    whole trees, each with its own harness, instead of src/ alone; it is done anyway where src/ of a
#                side does not fit the harness of this tree
#   B, PYTHON, MAKE
# OPTIONS are those of `iommubench compare` that choose cells. The exit status is 0 whatever the verdicts are; 130
# if it was interrupted, and what had been measured by then is judged.
set -eu

B=${B:-build}
PYTHON=${PYTHON:-/usr/bin/python3}
MAKE=${MAKE:-make}
iommubench=$B/iommubench
place=$B/compare
report="$PYTHON -B -m report compare"

die()
{
	echo "compare: $*" >&2
	exit 2
}

# ---- what to compare

[ -z "${MBOX:-}" ] || [ -n "${KERNEL:-}" ] ||
	die "MBOX: patches of the kernel: KERNEL=PATH says onto which tree"
[ -z "${OLD:-}" ] || [ -z "${BASE:-}${MBOX:-}" ] ||
	die "OLD and BASE: compare two allocators (OLD and NEW) or two revisions (BASE), not both"
[ -n "${OLD:-}${BASE:-}${KERNEL:-}" ] ||
	die "what? OLD=ALLOCATOR NEW=ALLOCATOR, or BASE=REVISION [NEW=REVISION]"
[ -z "${OLD:-}" ] || [ -n "${NEW:-}" ] ||
	die "NEW is missing: OLD=${OLD:-} NEW=ALLOCATOR"
dry=
for word; do
	case $word in
	--dry-run | --for-sim | --for-sim=* | --help) dry=yes ;;
	--out | --out=*) die "$word: OUT=FILE says where the results go" ;;
	esac
done
# ---- several sittings: each is a call of this script, and then they are judged together

sittings=${SITTINGS:-1}
pause=${PAUSE:-0}
case $sittings in
*[!0-9]* | 0* | ???*) die "SITTINGS: '$sittings' is not a whole number from 1 to 99" ;;
esac
case ${pause%[smhd]} in
'' | *[!0-9]*) die "PAUSE: '$pause' is not a time, such as 90s, 30m or 8h" ;;
esac

if [ -z "${OUT:-}" ]; then
	host=$(uname -n | tr -c 'A-Za-z0-9_\n-' _)
	OUT=results/$host/compare-$(date -u +%Y%m%dT%H%M%SZ).json
fi
if [ "$sittings" -gt 1 ] && [ -z "$dry" ]; then
	[ "${JUDGE:-yes}" = no ] || $report --help >/dev/null 2>&1 ||
		die "the report does not start, which judges sittings: make deps installs what it needs"
	set -f
	taken=
	status=0
	simulate=${SIMULATE:-yes}
	trap 'status=130' INT
	for k in $(seq "$sittings"); do
		[ "$k" = 1 ] || [ "$pause" = 0 ] || sleep "$pause" || status=130
		[ "$status" = 0 ] || break
		echo "sitting $k of $sittings"
		SITTINGS=1 JUDGE=no SIMULATE="$simulate" OUT="${OUT%.json}-$k.json" \
			"$0" "$@" || status=$?
		[ "$status" = 0 ] || break
		taken="$taken ${OUT%.json}-$k.json"
		[ "$simulate" = no ] || simulate=kept
	done
	trap - INT
	[ -n "$taken" ] || exit "$status"
	simulated=
	[ "$simulate" = no ] || [ ! -e "$place/sim-base.json" ] ||
		simulated="$place/sim-base.json $place/sim-new.json"
	if [ "${JUDGE:-yes}" != no ]; then
		# shellcheck disable=SC2086 # lists of files
		$report $taken ${simulated:+--sim $simulated} || exit
	fi
	echo "sittings:$taken"
	[ "$status" = 0 ] || echo "stopped behind these, of $sittings"
	exit "$status"
fi

# Layouts that no other sitting has; both sides' are the same. Three in a row differ in what layout.sh draws by thirds.
DRAW=${DRAW:-$(($(date +%s) / 3 % 100000000 * 3))}
export DRAW

# As the report does, take 0.5% too.
width=$(echo "${WIDTH:-}" | tr -d ' %')
[ -z "${WIDTH:-}" ] || set -- --width "$width" "$@"
[ -z "${WHOLE:-}" ] || set -- --whole "$@"
[ -z "${BUDGET:-}" ] || set -- --budget "$BUDGET" "$@"
[ -z "${OLD:-}" ] || set -- --old "$OLD" --new "$NEW" "$@"

# The commit that REVISION is.
commit_of() # NAME REVISION
{
	case $2 in -*) die "$1: '$2' is not a revision" ;; esac
	git rev-parse --verify --quiet "$2^{commit}" 2>/dev/null ||
		die "$1: '$2' is not a revision of this repository: see git log"
}

# Locked until the last process that works there has ended, even if this one is killed.
mkdir -p "$place/options"
exec 9>"$place/lock"
flock -n 9 || die "another comparison works in $place: wait for it, or use B=another"

# Wrong options are refused before anything is built, but for those that name a kernel's allocators.
if [ -z "${KERNEL:-}" ]; then
	for layout in 1 2 3; do
		ln -sf "$(realpath "$iommubench")" "$place/options/iommubench-$layout"
	done
	set -- --side "base=$place/options" --side "new=$place/options" "$@"
	[ -z "$dry" ] || exec "$iommubench" compare "$@"
	"$iommubench" compare "$@" --dry-run >/dev/null || exit
	shift 4
	if [ -n "${BASE:-}" ]; then
		base_commit=$(commit_of BASE "$BASE")
		new_commit=
		[ -z "${NEW:-}" ] || new_commit=$(commit_of NEW "$NEW")
	fi
fi
judge=yes
if ! $report --help >"$place/report.log" 2>&1; then
	judge=
	echo "compare: there will be no verdict: $PYTHON cannot start the report:" \
		"$(tail -n 1 "$place/report.log"): make deps installs what it needs" >&2
fi

# ---- the programs

# Makes the folder of a side: its src/, and "facts" that say what it is. REVISION and COMMIT are empty for
# the work tree.
extract() # FOLDER REVISION COMMIT
{
	# Programs of a whole tree are not those that its src/ makes in this harness.
	! grep -qs '^what tree' "$1/about" || rm -f "$1"/iommubench-*
	rm -f "$1/about"
	if [ -n "$3" ]; then
		rm -rf "$1/src"
		mkdir -p "$1"
		git archive "$3" src 2>/dev/null | tar -x -C "$1" 2>/dev/null ||
			die "$2: that revision has no src/"
	elif ! diff -r src "$1/src" >/dev/null 2>&1; then
		# Otherwise objects would stay of files that are gone, or are older now than the objects.
		rm -rf "$1"
		mkdir -p "$1"
		cp -r src "$1/src"
	fi
	{
		echo "revision ${2:-work tree}"
		echo "commit ${3:-work tree}"
		git log -1 --format='subject %s' "${3:-HEAD}" 2>/dev/null | cut -c 1-300 || true
		if [ -z "$3" ] && [ -n "$(git status --porcelain -- src 2>/dev/null)" ]; then
			echo "dirty yes"
		else
			echo "dirty no"
		fi
	} >"$1/facts"
}

call_make()
{
	# The harness as it was built, even if flags or commit are others by now.
	"$MAKE" -s AS_BUILT=yes B="$B" "$@"
}

# A side's src/ in this tree's harness.
build_sources() # FOLDER
{
	log=$1/sources.log
	call_make SIDE="$1" side >"$log" 2>&1 && "$1/iommubench-1" list >>"$log" 2>&1
}

build_both_sources()
{
	for side in "$base" "$new"; do
		build_sources "$side" && continue
		unfit=": src/ of $(sed -n 's/^revision //p' "$side/facts") does not build in the harness of this tree, see $log"
		return 1
	done
}

# All of a revision, built in its own tree, and linked here in our layouts. What a newer compiler warns of is no error.
build_tree() # FOLDER COMMIT
{
	log=$1/tree.log
	mkdir -p "$1/tree"
	git archive "$2" | tar -x -C "$1/tree"
	{
		"$MAKE" -s -C "$1/tree" B=build WERROR= build/iommubench &&
			objects=$(find "$1/tree/build/plain" "$1/tree/build/cxx" -name '*.o' \
				! -path '*/tests/*' ! -path '*/tools/*') &&
			rm -f "$1"/iommubench-* &&
			call_make SIDE="$1" OBJECTS="$(echo "$objects" | tr '\n' ' ')" side &&
			"$1/iommubench-1" list
	} >"$log" 2>&1
}

about() # FOLDER WHAT
{
	cat "$1/facts" >"$1/about"
	echo "what $2" >>"$1/about"
}

whole_trees()
{
	for side in "$base" "$new"; do
		commit=$(sed -n 's/^commit //p' "$side/facts")
		if [ "$commit" = "work tree" ]; then
			build_sources "$side"
		else
			build_tree "$side" "$commit"
		fi || die "$commit does not build: see $log"
		about "$side" tree
	done
	echo "whole trees, each with its own harness, in 3 link layouts${unfit:-}"
}

# Names what differs besides src/, which alone is compared.
warn_of_the_rest()
{
	rest=$({
		git diff --name-only "$base_commit" ${new_commit:+"$new_commit"} -- include bench harness \
			Makefile
		[ -n "$new_commit" ] ||
			git ls-files --others --exclude-standard -- include bench harness
	} 2>/dev/null | sed 's,/.*,,' | sort -u | tr '\n' ' ')
	[ -z "$rest" ] || echo "different too, but not compared: ${rest% }: WHOLE=yes compares whole trees"
	! diff -r "$base/src" "$new/src" >/dev/null ||
		echo "src/ is the same on both sides: what differs is noise"
}

if [ -n "${KERNEL:-}" ]; then
	. harness/jobs/kernel-sides.sh
	set -- --side "base=$base" --side "new=$new" "$@"
	[ -z "$dry" ] || exec "$iommubench" compare "$@"
	"$iommubench" compare "$@" --dry-run >/dev/null || exit
	shift 4
elif [ -n "${OLD:-}" ]; then
	base=$place/worktree
	new=$base
	extract "$base" "" ""
	build_sources "$base" || die "this tree does not build: see $log"
	# The results are about allocators, not about a revision.
	rm -f "$base/about"
else
	base=$place/$(echo "$base_commit" | cut -c 1-16)
	new=$place/$(echo "${new_commit:-worktree}" | cut -c 1-16)
	extract "$base" "$BASE" "$base_commit"
	[ "$new" = "$base" ] || extract "$new" "${NEW:-}" "$new_commit"
	if [ -z "${WHOLE:-}" ] && build_both_sources; then
		about "$base" sources
		about "$new" sources
		echo "each side's src/ in the harness of this tree, in 3 link layouts"
		warn_of_the_rest
	else
		whole_trees
	fi
fi

# Before anything is simulated: is there anything that both sides know?
if grep -qs '^what tree' "$base/about"; then
	"$iommubench" compare --side "base=$base" --side "new=$new" "$@" --dry-run >/dev/null || exit
fi

# ---- the simulation, which is deterministic; never at the same time as the measurement

# A side's simulator.
build_sim() # FOLDER
{
	if [ -n "${KERNEL:-}" ]; then
		program=$1/iommubench-sim
	elif grep -qs '^what tree' "$1/about" && [ -d "$1/tree" ]; then
		program=$1/tree/build/iommubench-sim
		"$MAKE" -s -C "$1/tree" B=build WERROR= build/iommubench-sim >"$place/sim.log" 2>&1
	else
		program=$1/iommubench-sim
		call_make SIDE="$1" side-sim >"$place/sim.log" 2>&1
	fi
}

simulate() # SIDE, the comparison's options
{
	side=$1
	shift
	options=$("$iommubench" compare --side "base=$base" --side "new=$new" "$@" --for-sim "$side") ||
		return
	set -f
	# shellcheck disable=SC2086 # an option a line, without blanks
	"$program" sim $options --out "$place/sim-$side.json" >"$place/sim.log" 2>&1 || failed=$?
	set +f
	return "${failed:-0}"
}

simulated=
[ "${SIMULATE:-yes}" = kept ] || rm -f "$place/sim-base.json" "$place/sim-new.json"
if [ "${SIMULATE:-yes}" = kept ] && [ -e "$place/sim-base.json" ]; then
	simulated="$place/sim-base.json $place/sim-new.json"
elif [ "${SIMULATE:-yes}" != no ] && [ "${SIMULATE:-yes}" != kept ]; then
	simulated="$place/sim-base.json $place/sim-new.json"
	for side in base new; do
		folder=$base
		[ "$side" = base ] || folder=$new
		build_sim "$folder" && simulate "$side" "$@" && continue
		echo "not simulated: $side: $(tail -n 1 "$place/sim.log") ($place/sim.log)"
		# The results of one side alone would only mislead.
		rm -f "$place/sim-base.json" "$place/sim-new.json"
		simulated=
		break
	done
fi

# ---- the measurement

mkdir -p "$(dirname "$OUT")" || exit 2
[ -z "$judge" ] || set -- --undecided "$report --undecided${width:+ --width $width}" "$@"
verdict="$report $OUT${simulated:+ --sim $simulated}"
status=0
# The program ends by itself on a signal, and what it has is judged.
trap : INT
"$iommubench" compare --side "base=$base" --side "new=$new" "$@" --out "$OUT" || status=$?
trap - INT
case $status in
# The table tells of failed samples; no verdict is a failure.
0 | 1) status=0 ;;
130) ;;
*) exit "$status" ;;
esac
if [ "${JUDGE:-yes}" = no ]; then
	echo "measured: $OUT"
elif [ -n "$judge" ]; then
	# shellcheck disable=SC2086 # two files, or none
	$report "$OUT" ${simulated:+--sim $simulated} || exit
else
	echo "not judged: $OUT; where $PYTHON has what it needs: $verdict"
fi
[ "$status" = 0 ] ||
	echo "interrupted: go on with: $iommubench compare --resume $OUT; then: $verdict"
[ -z "$simulated" ] || echo "simulated: $simulated"
exit "$status"
