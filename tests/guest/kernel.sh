#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel.sh CACHE ARCH: puts a kernel for ARCH's guest at CACHE/kernel-ARCH. Debian's own where it
# has one; for sparc64 and big-endian ppc64 one built from its source with ARCH.config.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
apt=$here/../cross/apt.sh
cache=$(mkdir -p "$1" && cd "$1" && pwd)
arch=$2

# build KERNEL_ARCH IMAGE TARGET...
build()
{
	kernel_arch=$1
	image=$2
	shift 2
	# shellcheck source=tests/cross/arch.sh
	. "$here/../cross/arch.sh"
	own=$(dpkg --print-architecture)
	"$apt" "$cache" newest "$own" linux-source
	tree=$cache/linux-$arch
	case $cache in
	*[!A-Za-z0-9/._+-]*)
		# The kernel does not build in a path with blanks.
		tree=$(mktemp -d)/linux
		trap 'rm -rf "${tree%/linux}"' EXIT
		;;
	esac
	rm -rf "$tree"
	mkdir -p "$tree/build"
	tar -xJf "$cache/root-$own"/usr/src/linux-source-*.tar.xz -C "$tree" --strip-components=1
	echo "guest: building a kernel for $arch"
	# Our own make's variables are none of the kernel's.
	kernel_make()
	{
		MAKEFLAGS='' make -C "$tree" -j"$(nproc)" -s O="$tree/build" ARCH="$kernel_arch" \
			CROSS_COMPILE="$triplet-" "$@"
	}
	cp "$here/$arch.config" "$tree/ours.config"
	kernel_make KCONFIG_ALLCONFIG="$tree/ours.config" allnoconfig
	# Kconfig drops what it does not know, or what something else lacks, without a word.
	grep -o '^CONFIG_[^#]*' "$here/$arch.config" | while read -r option; do
		grep -qx "$option" "$tree/build/.config" || {
			echo "kernel.sh: $arch.config: $option does not hold in this source" >&2
			exit 1
		}
	done
	kernel_make "$@"
	cp "$tree/build/$image" "$cache/kernel-$arch.new"
	rm -rf "$tree"
}

# debian ARCHITECTURE PACKAGE
debian()
{
	"$apt" "$cache" newest "$1" "$2"
	cp "$cache/root-$1"/boot/vmlinu[xz]-* "$cache/kernel-$arch.new"
}

# By content: a fresh checkout's files are newer than a cache that was kept.
config=/dev/null
[ ! -e "$here/$arch.config" ] || config=$here/$arch.config
sum=$(cat "$0" "$config" | cksum)
if [ -e "$cache/kernel-$arch" ] && [ "$sum" = "$(cat "$cache/kernel-$arch.sum")" ]; then
	exit 0
fi

case $arch in
ppc64le) debian ppc64el linux-image-powerpc64le ;;
aarch64) debian arm64 linux-image-arm64 ;;
sparc64) build sparc64 arch/sparc/boot/image vmlinux image ;;
ppc64) build powerpc vmlinux vmlinux ;;
*)
	echo "kernel.sh: no guest for '$arch'" >&2
	exit 2
	;;
esac
mv "$cache/kernel-$arch.new" "$cache/kernel-$arch"
echo "$sum" >"$cache/kernel-$arch.sum"
