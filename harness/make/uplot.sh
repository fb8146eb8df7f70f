#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fetches what the dashboard takes from npm's registry: uplot.sh FOLDER
#
# The lock file, as npm writes it, has the address and the hash. Nothing of the package is run, so npm itself is
# not needed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1
lock=$root/report/site/package-lock.json
package=$folder/node_modules/uplot

die()
{
	echo "dashboard: uPlot must be fetched once: $*" >&2
	exit 2
}

# The value of the only line with that key.
locked() # KEY
{
	sed -n "s/^.*\"$1\": \"\\(.*\\)\".*/\\1/p" "$lock"
}

address=$(locked resolved)
hash=$(locked integrity)
mkdir -p "$folder"
archive=$folder/uplot.tgz
for tool in curl openssl; do
	command -v "$tool" >/dev/null || die "there is no $tool: apt install $tool"
done
curl -fsSL --retry 2 --max-time 60 -o "$archive" "$address" 2>"$folder/log" ||
	die "no network? $(tail -n 1 "$folder/log")"
[ "sha512-$(openssl dgst -sha512 -binary "$archive" | openssl base64 -A)" = "$hash" ] ||
	die "$address is not what $lock says: it has another hash"
rm -rf "$package.new" "$package"
mkdir -p "$package.new"
tar -xzf "$archive" --strip-components=1 -C "$package.new"
# The package's dates are older than the lock file's: make would fetch it each time.
touch "$package.new/dist/uPlot.iife.min.js"
mv "$package.new" "$package"
