#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make bench` runs: bench.sh IOMMUBENCH [FILE] -- [OPTIONS] measures into FILE (default:
# results/HOST/DATE.json), draws the results, and names the files. It takes about two minutes unless the options say
# otherwise, and measures sun4u's and sun4v's allocators (--platform). PYTHON: an interpreter with matplotlib.
set -u
program=$1
shift
if [ "$1" = -- ]; then
	host=$(uname -n | tr -c 'A-Za-z0-9_\n-' _)
	out=results/$host/$(date -u +%Y%m%dT%H%M%SZ).json
	mkdir -p "results/$host" || exit 2
else
	out=$1
	mkdir -p "$(dirname "$out")" || exit 2
	shift
fi
shift
"$(dirname "$0")/kernel-run.sh" "$program" run --budget 2m ${PLATFORM:+--platform "$PLATFORM"} "$@" --out "$out"
status=$?
# A run with failed samples is drawn all the same.
[ "$status" -le 1 ] || exit "$status"
[ -s "$out" ] || exit "$status"
echo "plots:"
if "$PYTHON" -c 'import matplotlib' 2>/dev/null; then
	"$PYTHON" -B -m report plot "$out" || status=1
else
	echo "none: $PYTHON has no matplotlib (make deps installs it)"
fi
exit "$status"
