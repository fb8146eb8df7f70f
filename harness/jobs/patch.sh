#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make patch` runs: patch.sh [OPTIONS] compares as compare.sh does, with the same options and environment, and
# prints the outcome as text to go with a patch. What compare.sh prints goes to standard error. FORMAT: --markdown.
set -eu

B=${B:-build}
PYTHON=${PYTHON:-/usr/bin/python3}
OUT=${OUT:-$B/compare/patch.json}
export OUT
compare=$(dirname "$0")/compare.sh

for word; do
	case $word in
	# Nothing will be measured.
	--dry-run | --for-sim | --for-sim=* | --help) exec "$compare" "$@" ;;
	esac
done
if ! why=$("$PYTHON" -B -m report patch --help 2>&1); then
	echo "patch: $PYTHON cannot start the report: $(echo "$why" | tail -n 1): make deps installs what" \
		"it needs" >&2
	exit 2
fi
"$compare" "$@" >&2 || exit
set -- "$OUT"
if [ "${SITTINGS:-1}" -gt 1 ]; then
	set --
	for k in $(seq "$SITTINGS"); do
		set -- "$@" "${OUT%.json}-$k.json"
	done
fi
# Both sides, or neither if they could not be simulated.
[ ! -e "$B/compare/sim-base.json" ] ||
	set -- "$@" --sim "$B/compare/sim-base.json" "$B/compare/sim-new.json"
exec "$PYTHON" -B -m report patch ${FORMAT:+"$FORMAT"} "$@"
