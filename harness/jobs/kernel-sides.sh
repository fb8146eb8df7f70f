# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What compare.sh has make its sides where KERNEL is given, a tree of the kernel: it is sourced there. Both sides'
# allocators are built into this tree's harness, and of those only what differs. It takes
#   KERNEL       a tree or a git repository, which is only read
#   BASE, NEW    two revisions of it; without NEW its work tree
#   MBOX         instead of NEW: mails to apply onto BASE (or onto the work tree), as git am would
#   OLD, NEW     instead: two allocators, one or both of this tree
# and sets base, new and iommubench, the program that measures, and which allocators those are in the options.

set_up=$(git rev-parse --local-env-vars)
# shellcheck disable=SC2086 # names
unset $set_up
GIT_OPTIONAL_LOCKS=0
GIT_NO_LAZY_FETCH=1
GIT_CONFIG_NOSYSTEM=1
GIT_CONFIG_GLOBAL=/dev/null
export GIT_OPTIONAL_LOCKS GIT_NO_LAZY_FETCH GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL

MBOX=${MBOX:-}
# shellcheck disable=SC2154 # compare.sh sets it
base=$place/kernel-base
new=$place/kernel-new
mails=$place/kernel-mails
applied=$place/kernel-applied

[ -z "$MBOX" ] || [ -z "${NEW:-}" ] || die "NEW and MBOX: the new side is one of them, not both"
[ -z "$MBOX" ] || [ -f "$MBOX" ] || die "MBOX: there is no file $MBOX"
[ -n "${OLD:-}${BASE:-}$MBOX" ] ||
	die "what? BASE=REVISION [NEW=REVISION] of $KERNEL, BASE=REVISION MBOX=FILE, or OLD=ALLOCATOR NEW=ALLOCATOR"

# Whether the options say which allocators.
named=
for word; do
	case $word in
	--allocators | --allocators=*) named=yes ;;
	esac
done

# All that has to be compiled, by as many as there are CPUs, unless make was told how many.
jobs=-j$(nproc)
case ${MAKEFLAGS:-} in
*jobserver*) jobs= ;;
esac

# ---- what is in which tree

prepare() # FOLDER KERNEL REVISION
{
	call_make KERNEL="$2" REV="$3" KSIDE="$1" kernel-prepare >"$1.log" 2>&1
}

prepared() # FOLDER STATUS
{
	[ "$2" = 0 ] && return
	! grep '^iommubench: ' "$1.log" >&2 || exit 2
	die "the files of $KERNEL could not be taken out: see $1.log"
}

fact() # FOLDER NAME
{
	sed -n "s/^$2 //p" "$1/facts"
}

repository() # ARGUMENT...
{
	git -c safe.directory='*' -C "$KERNEL" "$@" 2>/dev/null
}

# A file of a side, or nothing.
content() # FOLDER PATH
{
	if [ -n "$(fact "$1" revision)" ]; then
		repository cat-file blob "$(fact "$1" commit):$2" || true
	elif [ -f "$(fact "$1" path)/$2" ]; then
		cat "$(fact "$1" path)/$2"
	fi
}

# ---- the mails

# One line of git's about a mail that does not apply.
refuse_mail()
{
	number=$(sed -n 's/^Patch failed at 0*\([0-9]*\).*/\1/p' "$mails/log")
	why=$(sed -n 's/^error: //p' "$mails/log" | tr '\n' ';' | sed 's/;$//; s/;/; /g')
	die "MBOX: $MBOX does not apply to ${BASE:-$KERNEL}: patch ${number:-1}:" \
		"${why:-$(tail -n 1 "$mails/log")}"
}

split_mails()
{
	rm -rf "$mails"
	mkdir -p "$mails"
	count=$(git mailsplit -b -o"$mails" -- "$MBOX" 2>"$mails/log") ||
		die "MBOX: $MBOX: $(tail -n 1 "$mails/log")"
	for mail in "$mails"/[0-9]*; do
		git mailinfo "$mails/text" "$mails/patch" <"$mail" >"$mails/info" 2>"$mails/log" ||
			die "MBOX: $MBOX: $(tail -n 1 "$mails/log"): git format-patch writes such mails"
		sed -n 's/^Subject: //p' "$mails/info" >>"$mails/subjects"
		tr -d '\r' <"$mails/patch" | sed -n 's,^diff --git a/\(.*\) b/.*,\1,p; s,^--- a/\([^	]*\).*,\1,p
			s,^+++ b/\([^	]*\).*,\1,p; s/^\(rename\|copy\) \(from\|to\) //p' >>"$mails/touched"
	done
	sort -u -o "$mails/touched" "$mails/touched"
	[ -s "$mails/touched" ] || die "MBOX: $MBOX has no patch: git format-patch writes such mails"
}

# BASE with the mails applied, as far as it is needed.
apply_mails()
{
	rm -rf "$applied"
	mkdir -p "$applied"
	{
		printf '%s\n' Makefile lib/bitmap.c
		cat "$mails/touched"
		sed -n 's,^//k from ,,p' harness/kernel/glue/*.c harness/kernel/lib/*.c | tr ' ' '\n' | sed 's/?$//'
	} | sort -u >"$mails/wanted"
	while read -r path; do
		content "$base" "$path" >"$mails/file"
		[ -s "$mails/file" ] || continue
		mkdir -p "$applied/$(dirname "$path")"
		cp "$mails/file" "$applied/$path"
	done <"$mails/wanted"
	(
		cd "$applied"
		git init --quiet --template= .
		git config user.name iommubench
		git config user.email iommubench@localhost
		git add --all --force
		git commit --quiet --message=base
	) >"$mails/log" 2>&1 || die "MBOX: no repository could be made in $applied: $(tail -n 1 "$mails/log")"
	mbox=$(realpath "$MBOX")
	(cd "$applied" && LC_ALL=C git am --quiet -- "$mbox") >"$mails/log" 2>&1 || refuse_mail
	# What lies there is no commit of the kernel's.
	rm -rf "$applied/.git"
}

# ---- both sides

# What both need, before they are made at the same time.
# shellcheck disable=SC2086 # none or one
call_make $jobs kernel-needs >"$place/kernel.log" 2>&1 || die "this tree does not build: see $place/kernel.log"
if [ -n "$MBOX" ]; then
	split_mails
	prepare "$base" "$KERNEL" "${BASE:-}" && status=0 || status=$?
	prepared "$base" "$status"
	apply_mails
	prepare "$new" "$applied" "" && status=0 || status=$?
	prepared "$new" "$status"
elif [ -n "${OLD:-}" ]; then
	new=$base
	prepare "$base" "$KERNEL" "" && status=0 || status=$?
	prepared "$base" "$status"
else
	prepare "$base" "$KERNEL" "$BASE" &
	first=$!
	prepare "$new" "$KERNEL" "${NEW:-}" && second=0 || second=$?
	wait "$first" && first=0 || first=$?
	prepared "$base" "$first"
	prepared "$new" "$second"
fi

# Sets changed to what both sides have and that is not the same.
find_changes()
{
	changed=
	common=
	# shellcheck disable=SC2013 # words
	for unit in $(sort -u "$base/list" "$new/list"); do
		name=$(echo "$unit" | tr _ -)
		for side in "$base" "$new"; do
			grep -qx "$unit" "$side/list" && continue
			echo "$name: only one side has it; $(basename "$side" | sed 's/kernel-//'):" \
				"$(sed -n "s/^$name	//p" "$side/absent")"
			continue 2
		done
		common="$common $unit"
		cmp -s "$base/$unit/hash" "$new/$unit/hash" || changed="$changed $unit"
	done
}

in_words() # WORD...
{
	echo "$*" | sed 's/ /, /g'
}

# At most eight of standard input's lines, in one.
some()
{
	awk '{ n++; if (n <= 8) text = text (n > 1 ? ", " : "") $0 }
		END { print text (n > 8 ? " and " n - 8 " more" : "") }'
}

# The files that differ though no allocator does: those that are measured, else the tree's.
files_that_differ()
{
	cat "$base"/*/files "$new"/*/files | sort -u | while read -r path; do
		content "$base" "$path" >"$place/file-base"
		content "$new" "$path" | cmp -s - "$place/file-base" || echo "$path"
	done >"$place/differ"
	if [ -s "$place/differ" ]; then
		echo "of the files they are taken from, these differ elsewhere: $(some <"$place/differ")"
		return
	fi
	if [ -n "$MBOX" ]; then
		cp "$mails/touched" "$place/differ"
	else
		# shellcheck disable=SC2046 # one or two commits
		repository diff --name-only "$(fact "$base" commit)" \
			$([ -z "$(fact "$new" revision)" ] || fact "$new" commit) >"$place/differ" || true
	fi
	if [ -s "$place/differ" ]; then
		echo "what differs is not among the files they are taken from: $(some <"$place/differ")"
	else
		echo "no file differs"
	fi
}

same=
if [ -z "${OLD:-}" ]; then
	find_changes
	if [ -z "$changed" ]; then
		echo "compare: nothing to measure: each allocator's code is the same on both sides; $(files_that_differ)" >&2
		exit 77
	fi
	measured=$changed
	[ -z "$named" ] || measured=$common
	for side in "$base" "$new"; do
		# shellcheck disable=SC2086 # names
		printf '%s\n' $measured >"$side/list"
	done
	same=$(for unit in $common; do
		echo " $changed " | grep -q " $unit " || echo "$unit"
	done | tr _ -)
	# shellcheck disable=SC2086 # names
	echo "kernel code that differs: $(in_words $changed | tr _ -)${same:+; the same, and not measured: $(in_words $same)}"
fi

# ---- the programs

for side in "$base" "$new"; do
	sims=
	[ "${SIMULATE:-yes}" = no ] || sims=kernel-side-sim
	# shellcheck disable=SC2086 # none or one
	call_make $jobs KERNEL= KSIDE="$side" kernel-side $sims >"$side.log" 2>&1 ||
		die "the allocators of $(fact "$side" label) do not build: see $side.log"
done
iommubench=$base/iommubench-1
if [ -n "${OLD:-}" ]; then
	# This one tells which tree it is of.
	iommubench=$base/iommubench
	call_make KERNEL= KSIDE="$base" "$iommubench" >"$base.log" 2>&1 || die "$iommubench does not build: see $base.log"
fi

# The kernel's allocators are those that were built.
[ -n "${OLD:-}$named" ] ||
	set -- --allocators "$("$iommubench" list | sed -n 's/^  \(k-[^ ]*\) .*/\1/p' | tr '\n' , | sed 's/,$//')" "$@"

# What a side is, for the results.
about_kernel() # FOLDER NAME
{
	commit=$(fact "$1" commit)
	dirty=$(fact "$1" dirty | sed 's/true/yes/; s/false/no/')
	subject=$(repository log -1 --format=%s "$commit" || true)
	if [ "$1" = "$new" ] && [ -n "$MBOX" ]; then
		commit=$(fact "$base" commit)
		dirty=$(fact "$base" dirty | sed 's/true/yes/; s/false/no/')
		subject=$(tr '\n' ';' <"$mails/subjects" | sed 's/;$//; s/;/; /g')
		echo "patches $((count))"
	fi
	[ "$commit" != unknown ] || commit="work tree"
	echo "revision ${2:-work tree}"
	echo "commit $commit"
	[ -z "$subject" ] || echo "subject $(echo "$subject" | cut -c 1-300)"
	echo "dirty $dirty"
	echo "version $(fact "$1" version)"
	echo "hash $(fact "$1" hash)"
	# shellcheck disable=SC2086 # names
	[ -z "$same" ] || echo "unchanged $(in_words $same)"
	echo "what kernel"
}

rm -f "$base/about" "$new/about"
if [ -z "${OLD:-}" ]; then
	about_kernel "$base" "${BASE:-}" >"$base/about"
	about_kernel "$new" "${NEW:-$(basename "$MBOX")}" >"$new/about"
fi
