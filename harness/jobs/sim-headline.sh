#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What one lock cost in 2015, simulated: sim-headline.sh IOMMUBENCH DIR PROFILE PYTHON
#
# Linux commit 10b88a4b17d3 reports multi-stream iperf on sparc: 78 % of the acquisitions of the one IOMMU
# lock were contended, and waited 26 us on average. ring is such a load: each stream maps and unmaps its packets
# in order. The commit does not say how many CPUs there were, nor how long they worked between two maps. So both
# are swept: on the profile, and on two more whose assumed times are a third less and half more. The share alone
# would fit most of such a map; the wait is met on a line of it, along which all variants then run.
set -eu

iommubench=$1
dir=$2
profile=$3
python=$4
case $profile in
*/*) file=$profile ;;
*) file=harness/profiles/$profile ;;
esac
# Fewer where it is only looked whether it works.
cpus=${HEADLINE_CPUS:-8,12,16,20,24,28,32,40,48,64}
think=${HEADLINE_THINK:-0,1000,2000,3000,4000,6000,8000,10000,12000,16000,20000,26000,32000}

mkdir -p "$dir"
rm -f "$dir"/along-*.json

# The profile with its assumed times so many times as long.
scaled() # FACTOR
{
	awk -v factor="$1" '
		$1 ~ /_ps$/ && /\| assumed:/ { sub(/= [0-9]+/, "= " int($3 * factor + 0.5)) }
		{ print }' "$file"
}

sweep() # PROFILE NAME
{
	echo "sweep: $2"
	"$iommubench" sim --profile "$1" --allocators sun4u --workloads ring --cpus "$cpus" --think "$think" \
		--rounds 2 --repetitions 1 --out "$dir/$2.json" >"$dir/$2.txt"
}

if [ ! -r "$file" ]; then
	echo "sim-headline: $file: cannot be read: PROFILE is a name of harness/profiles, or a file with a slash" >&2
	exit 2
fi
scaled 0.6667 >"$dir/less"
scaled 1.5 >"$dir/more"
sweep "$profile" sweep
sweep "$dir/less" less
sweep "$dir/more" more
"$python" -B -m report headline "$dir/sweep.json" --points >"$dir/points"
while read -r at ns; do
	echo "all variants: $at CPUs, think $ns ns"
	"$iommubench" sim --profile "$profile" --workloads ring --cpus "$at" --think "$ns" --rounds 2 \
		--repetitions "${HEADLINE_SEEDS:-3}" --out "$dir/along-$at.json" >"$dir/along-$at.txt"
done <"$dir/points"
set --
for along in "$dir"/along-*.json; do
	[ ! -e "$along" ] || set -- "$@" "$along"
done
[ $# = 0 ] || set -- --along "$@" --picture "$dir/map"
"$python" -B -m report headline "$dir/sweep.json" --ends "$dir/less.json" "$dir/more.json" "$@"
