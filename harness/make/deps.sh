#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# deps.sh PACKAGE...: installs the Debian packages that are missing; `a|b` is either of them, the first
# that this release has. apt is called only if one is missing. Where it cannot install, what the packages
# hold is looked for by itself (deps.names): what is not there is named, and the exit status 2.
# PYTHON: the interpreter that must have the modules. CC: the compiler that must find the headers.
set -eu
names=$(dirname "$0")/deps.names
python=${PYTHON:-/usr/bin/python3}

say()
{
	echo "deps: $*"
}

has()
{
	command -v "$1" >/dev/null
}

# Whether dpkg has one of a|b.
installed()
{
	for one in $(echo "$1" | tr '|' ' '); do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$one" 2>/dev/null || true)
		[ "$status" != installed ] || return 0
	done
	return 1
}

# The first of a|b that apt can install; the first, for it to complain of, if it can none.
available()
{
	for one in $(echo "$1" | tr '|' ' '); do
		if LC_ALL=C apt-cache policy "$one" | grep -q 'Candidate: [^(]'; then
			echo "$one"
			return
		fi
	done
	echo "${1%%|*}"
}

# apt's own complaints are seen.
install()
{
	sudo=
	if [ "$(id -u)" != 0 ]; then
		sudo=sudo
		if ! has sudo; then
			say "not root, and no sudo: cannot install $*" >&2
			return 1
		fi
	fi
	$sudo apt-get update -qq || return
	chosen=
	for package in "$@"; do
		chosen="$chosen $(available "$package")"
	done
	say "installing$chosen"
	# shellcheck disable=SC2086 # a list of words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		$chosen >/dev/null
}

# Whether a thing is there: KIND NAME, as in deps.names.
there()
{
	# shellcheck disable=SC2086 # a pattern
	case $1 in
	program) has "$2" ;;
	library) has pkg-config && pkg-config --exists "$2" ;;
	header) echo "#include <$2>" | ${CC:-cc} -E -x c - >/dev/null 2>&1 ;;
	module) "$python" -c "import $2" >/dev/null 2>&1 ;;
	file) ls -d $2 >/dev/null 2>&1 ;;
	sanitizer)
		echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
			clang "-fsanitize=$2" -x c - -o /dev/null 2>/dev/null
		;;
	esac
}

# "" if one of the things that stand for a|b is there; otherwise the first of them: "KIND NAME".
lacking()
{
	first=
	for one in $(echo "$1" | tr '|' ' '); do
		while read -r of kind name; do
			[ "$of" = "$one" ] || continue
			! there "$kind" "$name" || return 0
			first=${first:-$kind $name}
		done <"$names"
	done
	echo "${first:-package $1}"
}

# The names of one KIND in $lacks, one "KIND NAME" a line, after WORDS that say what they are.
tell() # KIND WORDS
{
	found=$(echo "$lacks" | sed -n "s/^$1 //p" | sort -u | tr '\n' ' ')
	[ -z "$found" ] || say "missing $2: ${found% }" >&2
}

by_hand()
{
	lacks=
	for package in "$@"; do
		lack=$(lacking "$package")
		[ -z "$lack" ] || lacks="$lacks$lack
"
	done
	if [ -z "$lacks" ]; then
		say "all there"
		return
	fi
	unseen=
	has pkg-config || unseen=" (or only pkg-config is, which finds them)"
	tell program "programs; install them into PATH"
	tell library "libraries$unseen; install them with headers and .pc files, or set PKG_CONFIG_PATH"
	tell header "headers; install them where ${CC:-cc} finds them, or set C_INCLUDE_PATH"
	tell module "modules of $python; install them with pip or the system's packages, or set PYTHON"
	tell file "files; install what has them"
	tell sanitizer "sanitizers of clang; install its compiler-rt"
	tell package "what these packages of Debian hold; install the like of them"
	return 2
}

missing=
if has apt-get && has dpkg-query; then
	for package in "$@"; do
		installed "$package" || missing="$missing $package"
	done
	if [ -z "$missing" ]; then
		say "all there"
		exit 0
	fi
	# shellcheck disable=SC2086 # a list of words
	install $missing && exit 0
	say "apt-get has not installed:$missing" >&2
else
	say "no apt-get here: looking for what is needed"
	missing=$*
fi
# shellcheck disable=SC2086 # a list of words
by_hand $missing
