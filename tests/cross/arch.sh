# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced with arch set: what the checks must know of an architecture.
#   triplet      of the cross compiler
#   processor    as cmake names it
#   elf          bytes 5 to 20 of an executable's header, for binfmt_misc: class, order, machine
#   pfm          as libpfm4's makefile names it
# shellcheck disable=SC2034,SC2154 # for and from those that source this
case $arch in
sparc64)
	triplet=sparc64-linux-gnu processor=sparc64 pfm=sparc
	elf='\x02\x02\x01' machine='\x00\x2b'
	;;
ppc64)
	triplet=powerpc64-linux-gnu processor=ppc64 pfm=powerpc
	elf='\x02\x02\x01' machine='\x00\x15'
	;;
ppc64le)
	triplet=powerpc64le-linux-gnu processor=ppc64le pfm=powerpc
	elf='\x02\x01\x01' machine='\x15\x00'
	;;
aarch64)
	triplet=aarch64-linux-gnu processor=aarch64 pfm=arm64
	elf='\x02\x01\x01' machine='\xb7\x00'
	;;
*)
	echo "no architecture '$arch': sparc64, ppc64, ppc64le or aarch64" >&2
	exit 2
	;;
esac
