#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Takes the data from which `report claims` answers: claims.sh IOMMUBENCH DIR PYTHON
#
# Where time is what matters, cells are measured natively, on all CPU counts of this host; CPU counts, utilizations and
# flush costs that it does not have are simulated. Many short samples rather than a few long ones, since each is a
# process of its own. REPETITIONS: native samples a cell (15); the interface, which has the most cells, always has 8.
# Cells are compared only with cells of the same run.
# shellcheck disable=SC2086 # some variables are lists of options
set -eu

iommubench=$1
dir=$2
python=$3
repetitions=${REPETITIONS:-15}
host=$(uname -n | tr -c 'A-Za-z0-9_\n-' _)
paths=dma4u-4.0,dma4u-4.1
variants=sun4u,pooled,stale-local,stale-hop,$paths
one_pool=sun4u,pooled-1,stale-1,$paths
# What the flushes of schizo and VT-d cost (list --profiles), and two that cost more than psycho's 3000 ns.
costs="--flush spin:150 --flush spin:800 --flush spin:10000 --flush spin:30000"

mkdir -p "$dir"
names=

# take NAME COMMAND OPTIONS: one run, one results file, and what it printed beside it. If samples failed, the rest
# is reported, and the page says so.
take() {
	name=$1
	shift
	started=$(date +%s)
	status=0
	"$iommubench" "$@" --out "$dir/$name.json" >"$dir/$name.txt" 2>&1 || status=$?
	case $status in
	0 | 1) names="$names $name" ;;
	77)
		echo "claims: $name: nothing could be measured here: $(tail -n 1 "$dir/$name.txt")"
		return
		;;
	*)
		cat "$dir/$name.txt" >&2
		echo "claims: $name failed" >&2
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
# With think time the hint takes 8 ms to go around the map: an interval must hold several such rounds.
native occupancy --repetitions $((3 * repetitions)) --seconds 0.01 --allocators $variants --workloads ring,churn --utilization 5,50,90 --locks
native think --seconds 0.05 --think 1000 --allocators $variants --workloads ring --utilization 5,50,90 --locks
native flush --repetitions $((3 * repetitions)) --seconds 0.02 --think 0,1000 --allocators $one_pool --workloads ring --utilization 90 --cpus 1 $costs
native interface --platform sun4u --seconds 0.03 --think 0,1000 --workloads ring --flush none --flush spin:0 --repetitions 8

# One pool with 256 CPUs takes long to simulate; sun4u stands for all of those.
simulated cpus sun4v-t5-2 --platform sun4u --workloads ring --cpus 1,2,4,8,16,32,64,128,256 --repetitions 2 --rounds 1 \
	--benchmark_filter '-(pooled|stale-local|dma4u-4.0|dma4u-4.1)/pools:1/cpus:256'
simulated occupancy sun4v-t5-2 --allocators $variants --workloads ring,churn --utilization 25,50,75,90 \
	--cpus 1,4,16,64 --benchmark_filter '-churn/.*think:1000'
simulated flush sun4v-t5-2 --allocators $one_pool,stale-local/pools:16 --workloads ring --utilization 90 \
	--cpus 1,16 $costs
simulated interface sun4v-t5-2 --platform sun4u --workloads ring --cpus 1,16 --flush none --flush spin:0
simulated old sun4u-e450 --allocators $variants --workloads ring,churn --utilization 5,50,90 --cpus 1,2,4

[ -n "$names" ] || exit 77
set --
for name in $names; do
	set -- "$@" "$dir/$name.json"
done
exec "$python" -B -m report claims "$@" --out-dir "$dir"
