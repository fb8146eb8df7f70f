#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Takes the data from which `report claims` answers: claims.sh IOMMUBENCH DIR PYTHON
#
# Where time is what matters, cells are measured natively, on all CPU counts of this host; CPU counts, utilizations and
# flush costs that it does not have are simulated. Many short samples rather than a few long ones, since each is a
# process of its own. REPETITIONS: native samples a cell (15); the interface, which has the most cells, always has 8.
# SEEDS: simulated samples a cell (8), each with a seed of its own, which both of two cells that are compared have; so
# intervals are short, and no more than 128 CPUs are simulated. Cells are compared only with cells of the same run.
#
# Think time is a list: where a change falls below the margin is looked for between its members, so they lie close
# where it was found. Utilizations are close where the local pools of 1, 2 and 4 CPUs, of 16, are nearly full.
# shellcheck disable=SC2086 # some variables are lists of options
set -eu

iommubench=$1
dir=$2
python=$3
repetitions=${REPETITIONS:-15}
seeds=${SEEDS:-8}
host=$(uname -n | tr -c 'A-Za-z0-9_\n-' _)
paths=dma4u-4.0,dma4u-4.1
variants=sun4u,pooled,stale-local,stale-hop,$paths
one_pool=sun4u,pooled-1,stale-1,$paths
many_pools=sun4u,pooled/pools:16,stale-local/pools:16,stale-hop/pools:16
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
	take "$name" sim --profile "$profile" --rounds "$rounds" --repetitions "$seeds" "$@"
}

echo "claims: on $host, into $dir"
native think --seconds 0.02 --think 0,20,50,100,200,500,1000,3000 --allocators $one_pool --workloads ring
native occupancy --seconds 0.01 --allocators $variants --workloads ring,churn --utilization 4,50,90 --locks
native flush --seconds 0.02 --think 0,1000 --allocators $one_pool --workloads ring --utilization 89 --cpus 1 $costs
native interface --platform sun4u --seconds 0.03 --workloads ring --flush none --flush spin:0 --repetitions 8

rounds=2
simulated think sun4u-e450 --workloads ring --think 0,300,1000,2000,5000,10000,20000 --allocators $one_pool --utilization 5,90 --cpus 1,2,4
simulated fill sun4u-e450 --workloads ring --audit --allocators $many_pools --utilization 3,6,7,11,12,13,23,24,25,26,49,89 --cpus 1,2,4
simulated churn sun4u-e450 --workloads churn --allocators $variants --utilization 5,50,90 --cpus 1,2,4
# One pool with many CPUs takes long to simulate; sun4u stands for all of those.
rounds=1
simulated cpus sun4v-t5-2 --workloads ring --think 0,1000 --allocators $variants --cpus 1,2,4,8,16,32,64,128 \
	--benchmark_filter '-(pooled|dma4u-4.0|dma4u-4.1)/pools:1/cpus:128|stale-local/pools:1/'
simulated think sun4v-t5-2 --workloads ring --think 0,100,200,500,1000,3000,10000 --allocators $one_pool --utilization 4 --cpus 1,4,16
simulated fill sun4v-t5-2 --workloads ring --allocators $many_pools --utilization 25,50,75,90,94,97,99 --cpus 16,64
simulated flush sun4v-t5-2 --workloads ring --think 0,1000 --allocators $one_pool,stale-local/pools:16 --utilization 89 --cpus 1,16 $costs
simulated interface sun4v-t5-2 --workloads ring --platform sun4u --cpus 1,16 --flush none --flush spin:0

[ -n "$names" ] || exit 77
set --
for name in $names; do
	set -- "$@" "$dir/$name.json"
done
exec "$python" -B -m report claims "$@" --out-dir "$dir"
