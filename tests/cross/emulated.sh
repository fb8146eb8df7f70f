#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# emulated.sh ARCH COMMAND...: runs it where the kernel starts ARCH's programs in qemu-user, those
# that they start in turn too. The registration is in a namespace of its own and ends with it
# (Linux 6.7 and later); where that cannot be had one of the machine's own serves. 77: neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=$1
shift
# shellcheck source=tests/cross/arch.sh
. "$here/arch.sh"
misc=/proc/sys/fs/binfmt_misc

if [ "${EMULATED_INSIDE:-}" != 1 ]; then
	if grep -qs '^enabled' "$misc/qemu-$arch"; then
		exec "$@"
	fi
	if ! unshare --user --map-root-user --mount mount -t binfmt_misc none "$misc" 2>/dev/null
	then
		echo "emulated.sh: this kernel has no binfmt_misc for namespaces (Linux 6.7) and" \
			"no entry qemu-$arch (package qemu-user-static)" >&2
		exit 77
	fi
	EMULATED_INSIDE=1 exec unshare --user --map-root-user --mount "$here/emulated.sh" "$arch" "$@"
fi
mount -t binfmt_misc none "$misc"
# Magic and mask of the ELF header: any ABI and padding; ET_EXEC or ET_DYN; P keeps argv[0].
case $elf in
'\x02\x02\x01') type='\x00\x02' type_mask='\xff\xfe' ;;
*) type='\x02\x00' type_mask='\xfe\xff' ;;
esac
any='\x00\x00\x00\x00\x00\x00\x00\x00\x00'
printf '%s' ":qemu-$arch:M::\x7fELF$elf$any$type$machine:\xff\xff\xff\xff\xff\xff\xff$any$type_mask\xff\xff:$(command -v "qemu-$arch"):P" \
	>"$misc/register"
exec "$@"
