#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# libs.sh CACHE ARCH: the libraries the suite needs, static, for ARCH, into CACHE/ARCH. Their
# sources are in CACHE/src (apt.sh). What is built already stays.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$1" && pwd)
arch=$2
# shellcheck source=tests/cross/arch.sh
. "$here/arch.sh"
work=$cache/work-$arch
case $cache in
*[!A-Za-z0-9/._+-]*)
	# Neither configure nor makefiles take a path with blanks: they get a link, and build elsewhere.
	plain=$(mktemp -d)
	trap 'rm -rf "$plain"' EXIT
	ln -s "$cache" "$plain/cache"
	cache=$plain/cache work=$plain/work
	;;
esac
prefix=$cache/$arch

# The same compiler and optimisation as a Debian package would be built with, without debug data.
flags=-O2

with_cmake()
{
	source=$cache/src/$1
	shift
	cmake -S "$source" -B "$work" -DCMAKE_SYSTEM_NAME=Linux \
		-DCMAKE_SYSTEM_PROCESSOR="$processor" -DCMAKE_C_COMPILER="$triplet-gcc" \
		-DCMAKE_CXX_COMPILER="$triplet-g++" -DCMAKE_C_FLAGS="$flags" \
		-DCMAKE_CXX_FLAGS="$flags" -DCMAKE_BUILD_TYPE=None -DBUILD_SHARED_LIBS=OFF \
		-DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib "$@"
	make -C "$work" install
}

build_jansson()
{
	with_cmake jansson -DJANSSON_BUILD_DOCS=OFF -DJANSSON_EXAMPLES=OFF \
		-DJANSSON_WITHOUT_TESTS=ON
}

# Its configure is none of autoconf's: it knows the compiler by the prefix, and builds where it stands.
build_zlib()
{
	cp -a "$cache/src/zlib" "$work"
	cd "$work"
	CHOST=$triplet CFLAGS=$flags ./configure --static --prefix="$prefix"
	make libz.a
	make install
	cd /
}

build_cmocka()
{
	with_cmake cmocka -DWITH_STATIC_LIB=ON -DUNIT_TESTING=OFF -DWITH_EXAMPLES=OFF
	rm "$prefix"/lib/libcmocka.so*
	mv "$prefix/lib/libcmocka-static.a" "$prefix/lib/libcmocka.a"
}

# What configure would find out by running programs is answered here.
build_benchmark()
{
	with_cmake benchmark -DGIT_VERSION=1.7.1 -DBENCHMARK_ENABLE_TESTING=OFF \
		-DBENCHMARK_ENABLE_GTEST_TESTS=OFF -DBENCHMARK_ENABLE_WERROR=OFF \
		-DRUN_HAVE_STD_REGEX=0 -DRUN_HAVE_GNU_POSIX_REGEX=0 -DRUN_HAVE_POSIX_REGEX=0 \
		-DRUN_HAVE_STEADY_CLOCK=0
}

build_hwloc()
{
	mkdir -p "$work"
	cd "$work"
	"$cache/src/hwloc/configure" --host="$triplet" --prefix="$prefix" --quiet \
		--enable-static --disable-shared --disable-plugins --disable-libxml2 \
		--disable-cairo --disable-pci --disable-opencl --disable-cuda --disable-nvml \
		--disable-rsmi --disable-levelzero --disable-gl --disable-libudev \
		--disable-picky --disable-debug CFLAGS="$flags"
	make SUBDIRS="include hwloc" install
	cd /
}

# Its makefile builds where the sources are.
build_libpfm4()
{
	cp -a "$cache/src/libpfm4" "$work"
	make -C "$work/lib" CC="$triplet-gcc" AR="$triplet-ar" RANLIB="$triplet-ranlib" \
		ARCH="$pfm" SYS=Linux CONFIG_PFMLIB_SHARED=n OPTIM="$flags" DBG= libpfm.a
	install -D -m 644 "$work/lib/libpfm.a" "$prefix/lib/libpfm.a"
	install -D -m 644 -t "$prefix/include/perfmon" "$work"/include/perfmon/*.h
}

# By content: a fresh checkout's file is newer than a cache that was kept.
sum=$(cksum <"$0")
mkdir -p "$prefix"
for library in hwloc jansson zlib benchmark cmocka libpfm4; do
	[ "$sum" != "$(cat "$prefix/.$library" 2>/dev/null)" ] || continue
	rm -rf "$work"
	echo "cross: $library for $arch"
	# In the background: as a condition it would go on after errors.
	(set -e; "build_$library") >"$prefix/$library.log" 2>&1 &
	if ! wait $!; then
		tail -n 20 "$prefix/$library.log" >&2
		echo "libs.sh: $library for $arch failed: all of it is in $prefix/$library.log" >&2
		exit 1
	fi
	echo "$sum" >"$prefix/.$library"
done
# So that the cache may be moved.
sed -i "s|$prefix|\${pcfiledir}/../..|g" "$prefix"/lib/pkgconfig/*.pc
rm -rf "$work"
