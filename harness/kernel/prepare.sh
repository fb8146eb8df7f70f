#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# prepare.sh KERNEL REVISION OUT: takes out of a kernel tree what the files in glue/ name, and sees which of them
# can be built. KERNEL is a tree or a git repository, bare or not, and only read; REVISION may be empty: the tree as
# it stands, or HEAD of a bare repository. Into the folder OUT it writes
#   facts      what the tree is: path, version, commit, dirty, hash; label: what messages have before a file's path
#   list       the allocators that can be built, by the name of their file in glue/
#   absent     the others: NAME, tab, why
#   UNIT/      of each file in glue/ and lib/: cut.c, what was taken for it, and `files`, out of which files
# It takes from the environment CC and KERNEL_FLAGS, with which kernel files are compiled; KERNEL_CUT, the program that
# cuts (cut/cut.c); KERNEL_KNOWN, patterns of what they may call of the suite; and KERNEL_GLUE, a pattern, if not all of
# glue/ is wanted: k_own is taken only by its name. Exit status: 0, or 2 with one line if KERNEL is no tree, or REVISION
# none of its revisions.
set -eu
here=$(dirname "$0")
kernel=$1
revision=$2
out=$3
LC_ALL=C
# Nothing may be written into the user's repository: no index refreshed, no missing object fetched.
GIT_OPTIONAL_LOCKS=0
GIT_NO_LAZY_FETCH=1
export LC_ALL GIT_OPTIONAL_LOCKS GIT_NO_LAZY_FETCH
# Called by a hook, git would take its repository for KERNEL.
# shellcheck disable=SC2046 # names
unset $(git rev-parse --local-env-vars)

die()
{
	echo "iommubench: $*" >&2
	exit 2
}

repository() # ARGUMENT...
{
	git -c safe.directory='*' -C "$kernel" "$@" 2>/dev/null
}

# ---- what tree it is

[ -d "$kernel" ] || die "KERNEL: there is no folder $kernel"
commit=unknown
if [ -z "$revision" ] && [ "$(repository rev-parse --is-bare-repository)" = true ]; then
	revision=HEAD
fi
if [ -n "$revision" ]; then
	repository rev-parse --git-dir >/dev/null ||
		die "KERNEL: $kernel is no git repository, so it has no revision $revision"
	case $revision in -*) die "KERNEL: '$revision' is not a revision" ;; esac
	commit=$(repository rev-parse --verify --quiet "$revision^{commit}") ||
		die "KERNEL: $kernel has no revision '$revision': see git log there"
# A folder within another repository is not that one's tree.
elif top=$(repository rev-parse --show-prefix) && [ -z "$top" ]; then
	commit=$(repository rev-parse --verify --quiet 'HEAD^{commit}') || commit=unknown
fi

has() # PATH
{
	if [ -n "$revision" ]; then
		repository cat-file -e "$commit:$1"
	else
		[ -f "$kernel/$1" ]
	fi
}

show() # PATH
{
	if [ -n "$revision" ]; then
		repository cat-file blob "$commit:$1"
	else
		cat "$kernel/$1"
	fi
}

# How messages name a file of the tree.
label() # PATH
{
	if [ -n "$revision" ]; then
		echo "$revision:$1"
	else
		echo "$kernel/$1"
	fi
}

if ! has Makefile || ! has lib/bitmap.c; then
	die "KERNEL: $(label Makefile) and lib/bitmap.c are not both there: no tree of the Linux kernel"
fi
makefile_value() # NAME
{
	show Makefile | sed -n "s/^$1 *= *//p" | head -n 1
}
version=$(makefile_value VERSION).$(makefile_value PATCHLEVEL).$(makefile_value SUBLEVEL)$(makefile_value EXTRAVERSION)

# ---- what the files in glue/ and lib/ need of it

mkdir -p "$out"
# Another tree's, where OUT had one before.
rm -f "$out"/*/files
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# shellcheck source=harness/kernel/glue_lines.sh
. "$here/glue_lines.sh"

# Copies the first of the paths that the tree has; its name, or nothing.
take() # PATH[?]...
{
	for path; do
		path=${path%\?}
		if has "$path"; then
			mkdir -p "$work/$(dirname "$path")"
			[ -e "$work/$path" ] || show "$path" >"$work/$path"
			echo "$path"
			return
		fi
	done
}

replace() # FILE: with standard input, if that is something else
{
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# Cuts what SOURCE needs into UNIT/cut.c. Prints why not, if not.
cut_out() # SOURCE UNIT
{
	roots=$(lines "$1" roots | tr '\n ' ,,)
	mkdir -p "$out/$2"
	: >"$work/files"
	lines "$1" from >"$work/from"
	set --  "$1" "$2"
	while read -r paths; do
		# shellcheck disable=SC2086 # several words
		path=$(take $paths)
		if [ -n "$path" ]; then
			echo "$path" >>"$work/files"
			set -- "$@" "$(label "$path")" "$work/$path"
			continue
		fi
		case $paths in
		*\?*) ;;
		*)
			echo "this tree has no $(echo "$paths" | sed 's/ / and no /g')"
			return
			;;
		esac
	done <"$work/from"
	unit=$2
	shift 2
	replace "$out/$unit/files" <"$work/files"
	status=0
	"$KERNEL_CUT" "$roots" "$@" >"$work/cut.c" 2>"$work/log" || status=$?
	case $status in
	0) replace "$out/$unit/cut.c" <"$work/cut.c" ;;
	3) echo "this tree's $(tail -n 1 "$work/files") has no $(tr '\n' ' ' <"$work/log" | sed 's/ $//; s/ /, no /g')" ;;
	*) tail -n 1 "$work/log" ;;
	esac
}

compile() # ARGUMENT...
{
	# shellcheck disable=SC2086 # words
	$CC $KERNEL_FLAGS -I"$out/$unit" "$@"
}

# The first error in the compiler's words, as one line about the user's file.
first_error() # LOG
{
	sed -n 's/^\(.*\):\([0-9]*\):[0-9]*: \(fatal \)\{0,1\}error: /\1:\2: /p' "$1" | head -n 1 |
		sed "s/implicit declaration of function .\([A-Za-z0-9_]*\).*/needs \1(), which harness\/kernel\/shim does not have/
		s/call to undeclared function '\([A-Za-z0-9_]*\)'.*/needs \1(), which harness\/kernel\/shim does not have/
		s/.\([A-Za-z0-9_]*\). undeclared.*/needs \1, which harness\/kernel\/shim does not have/
		s/use of undeclared identifier '\([A-Za-z0-9_]*\)'.*/needs \1, which harness\/kernel\/shim does not have/
		s/ \[-W.*//
		s/.*: #error //"
}

# UNIT/flags: what its probes and the texts that it looks for found.
probe() # SOURCE UNIT
{
	unit=$2
	flags=
	lines "$1" probe >"$work/probes"
	while read -r macro code; do
		{
			sed -n '/^#define/p' "$1"
			printf '#include "kernel/shim/shim.h"\n#include <cut.c>\nvoid probe(void);\nvoid probe(void)\n{\n%s;\n}\n' "$code"
		} >"$work/probe.c"
		! compile -fsyntax-only "$work/probe.c" 2>/dev/null || flags="$flags -D$macro"
	done <"$work/probes"
	lines "$1" text >"$work/probes"
	while read -r macro text; do
		! grep -qF -e "$text" "$out/$unit/cut.c" || flags="$flags -D$macro"
	done <"$work/probes"
	echo "$flags" | replace "$out/$unit/flags"
}

# Cuts and compiles UNIT. Prints why not, if not.
try() # SOURCE UNIT
{
	why=$(cut_out "$1" "$2")
	if [ -n "$why" ]; then
		echo "$why"
		return
	fi
	probe "$1" "$2"
	# shellcheck disable=SC2046 # words
	compile $(cat "$out/$2/flags") -c "$1" -o "$work/$2.o" 2>"$work/log" || first_error "$work/log"
}

# What is still undefined in what UNIT and its libraries make together, and not of the suite.
undefined() # UNIT LIBRARY...
{
	objects=
	for one; do
		objects="$objects $work/$one.o"
	done
	# shellcheck disable=SC2086 # words
	$CC -r -nostdlib -Wl,--gc-sections -Wl,-u,kernel_root -Wl,-T,"$here/kernel.ld" $objects -o "$work/one.o" \
		2>"$work/log" || { grep -m 1 "ld: " "$work/log" || tail -n 1 "$work/log"; return; }
	nm -u "$work/one.o" | sed 's/^ *[Uw] //' | grep -Ev "$(echo "$KERNEL_KNOWN" | tr ' ' '|')" | head -n 1 |
		sed 's/.*/needs &, which harness\/kernel\/shim does not have/'
}

: >"$work/list"
: >"$work/absent"
for source in "$here"/glue/${KERNEL_GLUE:-k_*}.c; do
	glue=$(basename "$source" .c)
	# It measures the glue, and has nothing of a kernel in it.
	[ "$glue" != k_own ] || [ "${KERNEL_GLUE:-}" = k_own ] || continue
	name=$(echo "$glue" | tr _ -)
	why=$(try "$source" "$glue")
	with=
	for library in $(lines "$source" with); do
		[ -z "$why" ] || break
		optional=$library
		library=${library%\?}
		[ -e "$work/$library.why" ] ||
			(try "$here/lib/$library.c" "$library" >"$work/$library.why")
		if [ ! -s "$work/$library.why" ]; then
			with="$with $library"
		elif [ "$optional" = "$library" ]; then
			why=$(cat "$work/$library.why")
		fi
	done
	# shellcheck disable=SC2086 # words
	[ -n "$why" ] || why=$(undefined "$glue" $with)
	if [ -n "$why" ]; then
		printf '%s\t%s\n' "$name" "$why" >>"$work/absent"
		continue
	fi
	echo "$with" | replace "$out/$glue/with"
	for one in $glue $with; do
		grep -v '^#line ' "$out/$one/cut.c"
	done | sha256sum | cut -c 1-32 | replace "$out/$glue/hash"
	echo "$glue" >>"$work/list"
done
replace "$out/list" <"$work/list"
replace "$out/absent" <"$work/absent"

# ---- what it is, for the results

# Files that were taken and are not as in the commit.
dirty=false
if [ -z "$revision" ] && [ "$commit" != unknown ]; then
	cat "$out"/*/files | sort -u >"$work/files"
	while read -r file; do
		[ "$(git hash-object --no-filters "$kernel/$file" 2>/dev/null || true)" = \
			"$(repository rev-parse --verify --quiet "HEAD:$file")" ] || dirty=true
	done <"$work/files"
fi
hash=$(while read -r unit; do cat "$out/$unit/hash"; done <"$out/list" | sha256sum | cut -c 1-32)
printf 'path %s\nrevision %s\nversion %s\ncommit %s\ndirty %s\nhash %s\nlabel %s\n' "$kernel" "$revision" \
	"$version" "$commit" "$dirty" "$hash" "$(label "")" | replace "$out/facts"
# shellcheck disable=SC1003 # a backslash
printf 'const char iommu_kernel_tree[] = "{\\"version\\": \\"%s\\", \\"commit\\": \\"%s\\", \\"dirty\\": %s, \\"hash\\": \\"%s\\"}";\n' \
	"$(echo "$version" | tr -d '"\\')" "$commit" "$dirty" "$hash" | replace "$out/kernel_tree.c"
