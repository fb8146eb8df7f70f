#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# libpfm4-source.sh ARCH...: builds libpfm4 with the event tables of other architectures (powerpc,
# sparc, arm64) for this machine, as build/cache/libpfm4-ARCH/libpfm.a. Fetches Debian's source once.
set -eu
cd "$(dirname "$0")/../.."
version=4.13.0
sum=d18b97764c755528c1051d376e33545d0eb60c6ebf85680436813fa5b04cc3d1
url=http://deb.debian.org/debian/pool/main/libp/libpfm4/libpfm4_$version.orig.tar.gz
cache=build/cache
archive=$cache/libpfm4_$version.orig.tar.gz
mkdir -p "$cache"
if ! echo "$sum  $archive" | sha256sum -c --status 2>/dev/null; then
	"${PYTHON:-/usr/bin/python3}" -c 'import sys, urllib.request
open(sys.argv[2], "wb").write(urllib.request.urlopen(sys.argv[1], timeout=30).read())' \
		"$url" "$archive.$$"
	echo "$sum  $archive.$$" | sha256sum -c --status
	mv "$archive.$$" "$archive"
fi
for arch in "$@"; do
	dir=$cache/libpfm4-$arch
	[ ! -e "$dir/libpfm.a" ] || continue
	work=$dir.$$
	mkdir -p "$work"
	tar -xzf "$archive" -C "$work" --strip-components=1
	make -s -C "$work/lib" ARCH="$arch" CONFIG_PFMLIB_SHARED=n OPTIM=-O0 libpfm.a >"$work/log" 2>&1 ||
		{ tail -n 5 "$work/log" >&2; exit 1; }
	cp "$work/lib/libpfm.a" "$work/libpfm.a"
	rm -rf "$dir"
	mv "$work" "$dir"
done
