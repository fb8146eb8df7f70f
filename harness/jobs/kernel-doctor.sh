#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `iommubench doctor --kernel PATH` runs: kernel-doctor.sh says of each allocator that harness/kernel/glue/ knows
# the file of the tree KERNEL, what it needs of it, and that it can be measured or why not. It takes KERNEL, a whole
# path, and B from the environment. Exit status 0; 2 if KERNEL is no tree; 77 if nothing of it can be measured.
set -eu
B=${B:-build}
glue=harness/kernel/glue
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
side=$work/side
mkdir "$side"
# To make, a dollar is the beginning of a variable.
# shellcheck disable=SC2153 # from the environment
escaped=$(printf '%s' "$KERNEL" | sed 's/\$/$$/g')
if ! "${MAKE:-make}" -s AS_BUILT=yes B="$B" KERNEL="$escaped" REV= KSIDE="$side" kernel-prepare >"$work/log" 2>&1; then
	! grep '^iommubench: ' "$work/log" >&2 || exit 2
	echo "iommubench: the files of $KERNEL could not be taken out: $(tail -n 1 "$work/log")" >&2
	exit 2
fi

fact() # NAME
{
	sed -n "s/^$1 //p" "$side/facts"
}

. harness/kernel/glue_lines.sh

# The file itself is named last; of each line what the tree has, or else the first.
file_of() # UNIT
{
	set -f
	# shellcheck disable=SC2046 # paths without blanks
	set -- "$1" $(lines "$glue/$1.c" from | tail -n 1 | tr -d '?')
	unit=$1
	shift
	for path; do
		! grep -qxF "$path" "$side/$unit/files" 2>/dev/null || {
			echo "$path"
			return
		}
	done
	echo "$1"
}

# What the tree must have, and what it has of that which it may.
needs() # UNIT
{
	lines "$glue/$1.c" roots | tr ' ' '\n' | while read -r root; do
		case $root in
		'!'*) ;;
		*'?') grep -qs "^#define K_HAS_${root%?} " "$side/$1/cut.c" && echo "${root%?}" ;;
		*) echo "$root" ;;
		esac
	done | paste -s -d ,
}

echo "$KERNEL: Linux $(fact version), commit $(fact commit)$(fact dirty | sed -n 's/true/ with changes/p')"
for source in "$glue"/k_*.c; do
	unit=$(basename "$source" .c)
	# What prepare.sh did not look at.
	grep -qx "$unit" "$side/list" || grep -q "^$(echo "$unit" | tr _ -)	" "$side/absent" || continue
	name=$(echo "$unit" | tr _ -)
	why=$(sed -n "s/^$name	//p" "$side/absent")
	printf '%-5s %-20s %s: needs %s: %s\n' "$([ -n "$why" ] && echo note || echo ok)" "$name" \
		"$(file_of "$unit")" "$(needs "$unit" | sed 's/,/, /g')" "${why:+not measured: }${why:-measured}"
done
[ -s "$side/list" ] || {
	echo "nothing of this tree can be measured"
	exit 77
}
