#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trees.sh CACHE VERSION: puts what the glue names of Debian's linux-source-VERSION at CACHE/kernel-VERSION, and
# only that. What is there already stays. Exit status 77, with a line, where the package cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
glue=$here/../../harness/kernel
cache=$(mkdir -p "$1" && cd "$1" && pwd)
version=$2
tree=$cache/kernel-$version
package=linux-source-$version

# What of each line is there is only known when it was unpacked.
wanted()
{
	echo Makefile
	sed -n 's,^//k from ,,p' "$glue"/glue/*.c "$glue"/lib/*.c | tr ' ' '\n' | sed 's/?$//' | sort -u
}

command -v xz >/dev/null || {
	echo "kernel-trees: skipped: xz unpacks $package, and is not here: apt-get install xz-utils"
	exit 77
}
list=$(wanted)
if [ -e "$tree.list" ] && [ "$list" = "$(cat "$tree.list")" ]; then
	exit 0
fi
arch=$(dpkg --print-architecture)
log=$cache/kernel-$version.log
debs=$cache/apt-$arch/archives
if ! "$here/../cross/apt.sh" "$cache" deb "$arch" "$package" >"$log" 2>&1; then
	echo "kernel-trees: skipped: the archive that apt uses here has no $package: $(tail -n 1 "$log")"
	exit 77
fi
echo "kernel-trees: unpacking $package"
rm -rf "$tree.new"
mkdir -p "$tree.new"
# Not all that is named is in every kernel: tar complains of the rest.
echo "$list" | sed "s,^,$package/," >"$tree.new.list"
dpkg-deb --fsys-tarfile "$debs/$package"_*.deb | tar -xO --wildcards './usr/src/*.tar.xz' |
	tar -xJ -C "$tree.new" --strip-components=1 -T "$tree.new.list" >>"$log" 2>&1 || true
rm -f "$debs"/*.deb "$tree.new.list"
[ -f "$tree.new/lib/bitmap.c" ] || {
	echo "kernel-trees: $package: no lib/bitmap.c was found in it: see $log" >&2
	exit 1
}
rm -rf "$tree"
mv "$tree.new" "$tree"
echo "$list" >"$tree.list"
