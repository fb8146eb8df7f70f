#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Takes what `report claims` answers from: claims.sh IOMMUBENCH DIR PYTHON
#
# Native cells where time is at stake, on all CPU counts of this host; simulated ones for CPU counts, occupancies and
# flush costs that it does not have. Many short samples rather than few long ones: each is a process of its own.
# REPETITIONS: native samples a cell (15), but of the interface, which has the most cells and always 8. Cells are only
# compared with cells of the same run.
# shellcheck disable=SC2086 # some variables are lists of options
set -eu

iommubench=$1
dir=$2
python=$3
repetitions=${REPETITIONS:-15}
host=$(uname -n | tr -c 'A-Za-z0-9_\n-' _)
variants=sun4u,pooled,stale-local,stale-hop
one_pool=sun4u,pooled-1,stale-1
# What schizo's and VT-d's flushes cost (list --profiles), and dearer ones than psycho's 3000 ns.
costs="--flush spin:150 --flush spin:800 --flush spin:10000 --flush spin:30000"

mkdir -p "$dir"
files=

# take NAME COMMAND OPTIONS: one run, one results file; what it printed stays beside it. A run with failed samples
# is reported with what it has, and says so on the page.
take() {
	name=$1
	shift
	started=$(date +%s)
	status=0
	"$iommubench" "$@" --out "$dir/$name.json" >"$dir/$name.txt" 2>&1 || status=$?
	case $status in
	0 | 1) files="$files $dir/$name.json" ;;
	77)
		echo "claims: $name: nothing could be measured here: $(tail -n 1 "$dir/$name.txt")"
		return
		;;
	*)
		cat "$dir/$name.txt" >&2
		echo "claims: $name could not be taken" >&2
		exit 2
		;;
	esac
	echo "claims: $name took $(($(date +%s) - started)) s"
}

native() {
	name=native-$1
	shift
	take "$name" run --repetitions "$repetitions" "$@"
}

simulated() {
	name=$2-$1
	profile=$2
	shift 2
	take "$name" sim --profile "$profile" --rounds 2 --repetitions 2 --think 0,1000 "$@"
}

echo "claims: on $host, into $dir"
# With think time the hint goes around the map in 16 ms: an interval has to hold some such rounds.
native occupancy --repetitions $((3 * repetitions)) --seconds 0.01 --allocators $variants --workloads ring,churn --utilization 5,50,90 --locks
native think --seconds 0.05 --think 1000 --allocators $variants --workloads ring --utilization 5,50,90 --locks
native flush --repetitions $((3 * repetitions)) --seconds 0.02 --think 0,1000 --allocators $one_pool --workloads ring --utilization 90 --cpus 1 $costs
native interface --seconds 0.03 --think 0,1000 --workloads ring --flush none --flush spin:0 --repetitions 8

# With one pool 256 CPUs take long to simulate; sun4u stands for it.
simulated cpus sun4v-t5-2 --workloads ring --cpus 1,2,4,8,16,32,64,128,256 --repetitions 2 --rounds 1 \
	--benchmark_filter '-(advance|pooled|stale-local)/pools:1/cpus:256'
simulated occupancy sun4v-t5-2 --allocators $variants --workloads ring,churn --utilization 25,50,75,90 \
	--cpus 1,4,16,64 --benchmark_filter '-churn/.*think:1000'
simulated flush sun4v-t5-2 --allocators $one_pool,stale-local/pools:16 --workloads ring --utilization 90 \
	--cpus 1,16 $costs
simulated interface sun4v-t5-2 --workloads ring --cpus 1,16 --flush none --flush spin:0
simulated old sun4u-e450 --allocators $variants --workloads ring,churn --utilization 5,50,90 --cpus 1,2,4

[ -n "$files" ] || exit 77
exec "$python" -B -m report claims $files --out-dir "$dir"
