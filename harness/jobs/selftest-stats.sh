#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make selftest-stats` runs. It prints how often comparisons find something where nothing changed, and how
# small a change they see, from the recorded comparisons in SELFTEST (results/reference/selftest). With RECORD=KIND
# those of a kind are recorded first on this host, for RUN_BUDGET (1m) each; RECORD=yes: all of them. The kinds:
#   same         a revision with itself, as make compare does it; RUNS (5) times
#   different    its programs with programs linked in other orders, 6 a side; RUNS times
#   loaded       as same, while other processes take half of the CPUs; twice
#   slower       pooled on 1 CPU with instructions added where its search wraps, beside two allocators that did
#                not change; slower-P should take P percent longer in ring, for each P of AMOUNTS
# It takes B, PYTHON and MAKE from the environment too.
set -eu

B=${B:-build}
PYTHON=${PYTHON:-/usr/bin/python3}
MAKE=${MAKE:-make}
SELFTEST=${SELFTEST:-results/reference/selftest}
RUN_BUDGET=${RUN_BUDGET:-1m}
RUNS=${RUNS:-5}
report="$PYTHON -B -m report"
place=$B/selftest
amounts=${AMOUNTS:-0.5 1 2 3 5 10}
case $amounts in
*[!0-9.\ ]*)
	echo "selftest-stats: AMOUNTS='$amounts': expected percents, such as '1 3'" >&2
	exit 2
	;;
esac

die()
{
	echo "selftest-stats: $*" >&2
	exit 2
}

# Builds the programs of FOLDER/src, in that many layouts.
build() # FOLDER LAYOUTS
{
	"$MAKE" -s B="$B" SIDE="$1" LAYOUTS="$(seq -s ' ' "$2")" side >"$1.log" 2>&1 ||
		die "$1 does not build: see $1.log"
}

make_folder() # FOLDER
{
	rm -rf "$1"
	mkdir -p "$1"
	cp -r src "$1/src"
	{
		echo "revision $(basename "$1")"
		echo "commit $(git rev-parse HEAD)"
		if [ -n "$(git status --porcelain -- src include bench harness Makefile \
			results/figures.json)" ]; then
			echo "dirty yes"
		else
			echo "dirty no"
		fi
		echo "what sources"
	} >"$1/about"
}

record() # NAME BASE NEW OPTION...
{
	name=$1 base=$2 new=$3
	shift 3
	echo "selftest-stats: $name"
	"$B/iommubench" compare --side "base=$base" --side "new=$new" --seed "$seed" \
		--out "$place/$name.json" "$@" >"$place/$name.log" 2>&1 ||
		die "cannot record: $(tail -n 1 "$place/$name.log")"
	seed=$((seed + 1))
	gzip -9n <"$place/$name.json" >"$place/$name.json.gz"
}

record_same()
{
	for i in $(seq "$RUNS"); do
		record "same-$i" "$place/same" "$place/same" --budget "$RUN_BUDGET"
	done
}

record_different()
{
	make_folder "$place/orders"
	build "$place/orders" 12
	for side in 0 6; do
		make_folder "$place/orders-$side"
		for i in 1 2 3 4 5 6; do
			cp "$place/orders/iommubench-$((i + side))" "$place/orders-$side/iommubench-$i"
		done
	done
	for i in $(seq "$RUNS"); do
		record "different-$i" "$place/orders-0" "$place/orders-6" --budget "$RUN_BUDGET"
	done
}

record_loaded()
{
	load=
	# A background job does not see Ctrl-C.
	trap 'kill $load 2>/dev/null' EXIT
	trap 'exit 130' INT TERM HUP
	for i in $(seq $(($(nproc) / 2)) | grep . || echo 1); do
		sh -c 'while :; do :; done' &
		load="$load $!"
	done
	for i in 1 2; do
		record "loaded-$i" "$place/same" "$place/same" --budget "$RUN_BUDGET"
	done
	# shellcheck disable=SC2086
	kill $load
	trap - EXIT INT TERM HUP
}

# pooled, with LOOPS empty loops more each time that a search wraps.
make_slower() # FOLDER LOOPS
{
	make_folder "$1"
	sed "s/^\t\tp->hint = p->start;/&\n\t\tfor (unsigned long i = 0; i < $2; i++)\n\t\t\t__asm__ volatile(\"\");/" \
		src/pooled.c >"$1/src/pooled.c"
	! cmp -s src/pooled.c "$1/src/pooled.c" || die "src/pooled.c no longer has the line after which loops are added"
	build "$1" 3
}

# By how many percent these loops make ring slower with pooled, according to the report.
change_by() # LOOPS
{
	make_slower "$place/slower" "$1"
	record trial "$place/same" "$place/slower" --allocators pooled/pools:1 --workloads ring --cpus 1 \
		--budget 10s >&2
	$report compare "$place/trial.json" | awk '$1 == "pooled/pools:1" { print $5 + 0 }'
}

record_slower()
{
	trial=50000
	change=$(change_by "$trial")
	echo "selftest-stats: $trial loops a wrap make pooled's ring $change % slower"
	for amount in $amounts; do
		loops=$(awk -v a="$amount" -v n="$trial" -v c="$change" \
			'BEGIN { if (c > 0) printf "%d", a * n / c }')
		[ -n "$loops" ] || die "the trial did not make pooled slower: something else is running on this host"
		make_slower "$place/slower" "$loops"
		record "slower-$amount" "$place/same" "$place/slower" --cpus 1 --budget "$RUN_BUDGET" \
			--allocators sun4u,pooled/pools:1,stale-local/pools:1
	done
}

# Earlier recordings stay until all new ones are there.
record_all() # KIND...
{
	mkdir -p "$place" "$SELFTEST"
	rm -f "$place"/*.json.gz
	seed=1
	make_folder "$place/same"
	build "$place/same" 3
	for kind in "$@"; do
		"record_$kind"
	done
	rm -f "$place/trial.json.gz"
	for kind in "$@"; do
		[ "$kind" = slower ] || rm -f "$SELFTEST/$kind"-*.json.gz
	done
	mv "$place"/*.json.gz "$SELFTEST"
}

case ${RECORD:-no} in
no) ;;
yes) record_all same different loaded slower ;;
same | different | loaded | slower) record_all "$RECORD" ;;
*) die "RECORD='$RECORD': expected yes, or one of same, different, loaded, slower" ;;
esac
for kind in same different loaded slower; do
	ls "$SELFTEST/$kind"-*.json.gz >/dev/null 2>&1 ||
		die "$SELFTEST: no recordings of $kind: RECORD=$kind makes them, RECORD=yes all"
done

echo "comparisons in which nothing changed, and how many of their cells were called faster or slower"
for file in "$SELFTEST"/same-*.json.gz "$SELFTEST"/different-*.json.gz "$SELFTEST"/loaded-*.json.gz; do
	printf '  %-20s %s\n' "$(basename "$file" .json.gz)" \
		"$($report compare "$file" | grep -E '^[0-9]+ cells?: ')"
done
echo
# The recordings of a kind are of the same programs: together they are as long as a comparison of five minutes.
for kind in same different loaded; do
	$report selftest --together "$SELFTEST/$kind"-*.json.gz --out "$B/selftest-$kind.json"
	echo
done
set --
for file in "$SELFTEST"/slower-*.json.gz; do
	amount=${file##*/slower-}
	set -- "$@" --injected "${amount%.json.gz}%:pooled=$file"
done
$report selftest "$@" --out "$B/selftest-power.json"
echo "as JSON: $B/selftest-*.json"
