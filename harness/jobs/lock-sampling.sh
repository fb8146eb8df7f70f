#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What figures of locks are worth that are of drawn acquisitions: lock-sampling.sh IOMMUBENCH DIR PYTHON
#
# Natively nobody knows the truth. The simulator does: it runs the same cells with the same seeds, once timing every
# acquisition for nothing, and once drawing and paying for them as run --locks does.
set -eu

iommubench=$1
dir=$2
python=$3
cells="--allocators sun4u,pooled,stale-local --pools 1,16 --workloads ring --cpus 1,2,4,16"
cells="$cells --rounds 64 --repetitions 3"

mkdir -p "$dir"
# shellcheck disable=SC2086 # a list of options
"$iommubench" sim $cells --out "$dir/exact.json" >"$dir/exact.txt"
# shellcheck disable=SC2086
"$iommubench" sim $cells --draw-locks --out "$dir/drawn.json" >"$dir/drawn.txt"
"$python" -B -m report lock-sampling "$dir/exact.json" "$dir/drawn.json"
