#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What one lock cost in 2015, simulated: sim-headline.sh IOMMUBENCH DIR PROFILE PYTHON
#
# Linux commit 10b88a4b17d3 reports multi-stream iperf on sparc: 78 % of the acquisitions of the one IOMMU
# lock were contended, and waited 26 us on average. ring is such a load: each stream maps and unmaps its packets
# in order. The commit does not say how many CPUs there were, nor how long they worked between two maps. So both
# are swept, and the point nearest to 78 % is taken: its wait is a prediction. Then all variants run there.
set -eu

iommubench=$1
dir=$2
profile=$3
python=$4

mkdir -p "$dir"
"$iommubench" sim --profile "$profile" --allocators sun4u --workloads ring --cpus 16,24,32,48,64 \
	--think 0,2000,4000,6000,8000,10000,12000,14000,18000,24000,30000,40000 --rounds 2 \
	--out "$dir/sweep.json" >"$dir/sweep.txt"
"$python" -B -m report headline "$dir/sweep.json" >"$dir/point"
cat "$dir/point"
cpus=$(sed -n 's/^cpus: //p' "$dir/point")
think=$(sed -n 's/^think: //p' "$dir/point")
"$iommubench" sim --profile "$profile" --workloads ring --cpus "$cpus" --think "$think" \
	--out "$dir/point.json"
