#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fetches what the dashboard takes from npm: uplot.sh FOLDER [NPM]
#
# The lock file has the version and its hash, which npm checks. Nothing of the package is run.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
npm=${2:-npm}
if ! command -v "$npm" >/dev/null; then
	echo "dashboard: uPlot must be fetched once and there is no $npm: apt install npm" >&2
	exit 2
fi
mkdir -p "$folder"
cp "$here/report/site/package.json" "$here/report/site/package-lock.json" "$folder"
if ! (cd "$folder" && "$npm" ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then
	grep -m 1 -i 'error' "$folder/npm.log" >&2 || true
	echo "dashboard: npm could not fetch uPlot: is there a network? See $folder/npm.log" >&2
	exit 2
fi
# npm keeps the dates of the package, which are older than the lock file's.
touch "$folder/node_modules/uplot/dist/uPlot.iife.min.js"
