#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Checks the simulator against this host: sim-validate.sh IOMMUBENCH DIR BLOCKS PYTHON
#
# A hypervisor moves virtual CPUs about, and the time that a cache line takes between them changes. So this is
# done in blocks of a few seconds: calibrate, run every cell natively once, calibrate again. Each block is
# simulated as the machine that it found, and the report leaves out blocks during which that machine changed.
set -eu

iommubench=$1
dir=$2
blocks=$3
python=$4
cpus=$("$iommubench" run --dry-run | sed -n 's/.*in pinning order://p' | wc -w)
cells="--platform sun4u --workloads ring,pair,churn --cpus 1,$cpus"

case $blocks in
"" | *[!0-9]* | 0*)
	echo "sim-validate: BLOCKS='$blocks' is not a whole number above 0" >&2
	exit 2
	;;
esac
if [ "$cpus" -lt 2 ]; then
	echo "sim-validate: needs 2 CPUs or more" >&2
	exit 77
fi
rm -rf "$dir"
mkdir -p "$dir"
block=1
while [ "$block" -le "$blocks" ]; do
	here=$dir/$block
	mkdir "$here"
	"$iommubench-sim" calibrate >"$here/host"
	# shellcheck disable=SC2086 # a list of options
	"$iommubench" run $cells --locks --repetitions 1 --seconds 0.05 --seed "$block" \
		--out "$here/native.json" >"$here/native.txt" 2>&1
	"$iommubench-sim" calibrate >"$here/after"
	# shellcheck disable=SC2086
	"$iommubench" sim $cells --profile "$here/host" --rounds 16 --seed "$block" --repetitions 1 \
		--out "$here/sim.json" >"$here/sim.txt" 2>&1
	echo "block $block of $blocks: $(grep '^transfer_ps' "$here/host")"
	block=$((block + 1))
done
exec "$python" -B -m report validate "$dir"
