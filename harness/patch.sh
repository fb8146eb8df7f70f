#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# patch.sh [OPTIONS]: compares as compare.sh does, with the same options and environment, and prints
# the outcome as text to go with a patch; what compare.sh prints goes to standard error. FORMAT: --markdown.
set -eu

B=${B:-build}
PYTHON=${PYTHON:-/usr/bin/python3}
OUT=${OUT:-$B/compare/patch.json}
export OUT

rm -f "$B/compare/sim-base.json" "$B/compare/sim-new.json"
"$(dirname "$0")/compare.sh" "$@" >&2 || exit
set -- "$OUT"
if [ -s "$B/compare/sim-base.json" ] && [ -s "$B/compare/sim-new.json" ]; then
	set -- "$@" --sim "$B/compare/sim-base.json" "$B/compare/sim-new.json"
fi
exec "$PYTHON" -B -m report patch ${FORMAT:+"$FORMAT"} "$@"
