#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# suite.sh CACHE SUITE [NAME=VALUE | GOAL]...: makes these goals of this work tree, one after the other, in a
# chroot of the Debian release SUITE, which is kept as CACHE/suite-SUITE.
#
# Everything is mounted and started in namespaces that end with this script, however it ends.
set -eu

say()
{
	echo "suite-check: $*"
}

die()
{
	say "$*" >&2
	exit 2
}

skip()
{
	say "skipped: $*"
	exit 0
}

# The archive that apt here takes Debian from; a list of mirrors stands for its first.
apt_mirror()
{
	# shellcheck disable=SC2016 # apt's own variables
	uri=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)|$(LABEL)' 'Created-By: Packages' |
		awk '$2 == "Debian|Debian" && NF == 2 { print $1; exit }')
	case $uri in
	mirror+file:*)
		list=${uri#mirror+file:}
		uri=$(awk '!/^#/ && NF { print $1; exit }' "/${list##*//}") ;;
	esac
	echo "$uri"
}

mirror()
{
	if [ -n "${SUITE_MIRROR:-}" ]; then
		echo "$SUITE_MIRROR"
		return
	fi
	found=$(apt_mirror)
	if [ -z "$found" ]; then
		apt-get update -qq >&2
		found=$(apt_mirror)
	fi
	echo "$found"
}

# How apt here reaches its mirrors (proxies, retries, clocks that are off) holds in there too.
copy_network()
{
	apt-config dump |
		grep -E '^Acquire::((http|https|ftp)(::|$)|Check-|Retries|ForceIPv)' |
		grep -v -e 'Proxy-Auto-Detect' -e '""' >"$1/etc/apt/apt.conf.d/90host" || true
	for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
		[ ! -e "$file" ] || install -D -m 644 "$file" "$1$file"
	done
}

make_chroot()
{
	from=$(mirror)
	[ -n "$from" ] || die "apt has no Debian archive here: SUITE_MIRROR=URL names one"
	say "a chroot of $suite from $from"
	if ! debootstrap --variant=minbase --include=make "$suite" "$root.new" "$from" \
		>"$root.log" 2>&1; then
		tail -n 5 "$root.log" "$root.new/debootstrap/debootstrap.log" >&2 2>/dev/null || true
		die "debootstrap failed; $root.log has the rest"
	fi
	# It need not outlive a power cut, and packages start no services in there.
	echo force-unsafe-io >"$root.new/etc/dpkg/dpkg.cfg.d/fast"
	printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"
	chmod 755 "$root.new/usr/sbin/policy-rc.d"
	mv "$root.new" "$root"
}

# What git knows of, as it stands in the work tree, and the history for the tests that build revisions.
copy_tree()
{
	tree=$root/iommubench
	rm -rf "$tree"
	git clone -q --no-checkout . "$tree"
	# shellcheck disable=SC2016 # the inner shell's variable
	git ls-files -z --cached --others --exclude-standard |
		xargs -0 sh -c 'for f; do
			if [ -e "$f" ] || [ -L "$f" ]; then printf "%s\0" "$f"; fi
		done' sh |
		tar -c --null -T - | tar -x --no-same-owner -C "$tree"
	git -C "$tree" reset -q
}

inside()
{
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
		${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
		sh -c 'cd /iommubench && exec "$@"' sh "$@"
}

make_goal() # GOAL JOBS
{
	say "$suite: make deps $1"
	# shellcheck disable=SC2086 # a list of words
	inside make -j"$2" JOBS="$jobs" $settings deps "$1" || die "$suite: $1 failed"
}

# Process 1 of its namespace: with it go its mounts and all that it started.
in_namespaces()
{
	[ -d "$root" ] || make_chroot
	copy_network "$root"
	# What an interrupted run left half installed.
	chroot "$root" dpkg --configure -a
	copy_tree
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	find "$root/tmp" -mindepth 1 -delete
	settings=
	for word in "$@"; do
		case $word in
		*=*) settings="$settings $word" ;;
		# It shares out the CPUs itself.
		check) make_goal check 1 ;;
		*) make_goal "$word" "$jobs" ;;
		esac
	done
}

cache=$1
suite=$2
shift 2
case $suite in
'' | *[!a-z0-9.-]*) die "SUITE='$suite' is no release of Debian: SUITE=trixie, for example" ;;
esac
cd "$(dirname "$0")/../.."
jobs=${JOBS:-$(nproc)}
# Run by sudo, git would not read another user's work tree.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

if [ -n "${SUITE_INSIDE:-}" ]; then
	root=$SUITE_INSIDE
	in_namespaces "$@"
	exit 0
fi

[ "$(id -u)" = 0 ] || skip "a chroot takes root"
command -v apt-get >/dev/null || skip "no apt-get here, and so no debootstrap"
unshare --mount --pid --fork true 2>/dev/null || skip "no namespaces may be made here (unshare)"
git rev-parse -q --verify HEAD >/dev/null || die "not a git work tree"
harness/make/deps.sh debootstrap debian-archive-keyring

mkdir -p "$cache"
root=$(cd "$cache" && pwd)/suite-$suite
exec 9>"$root.lock"
flock -n 9 || die "another suite-check of $suite is running"
rm -rf --one-file-system "$root.new"
[ -z "${SUITE_FRESH:-}" ] || rm -rf --one-file-system "$root"

# Job control, so that an interrupt reaches this script alone and is not ignored in there.
set -m
SUITE_INSIDE=$root unshare --mount --pid --fork --kill-child \
	tests/suite/suite.sh "$cache" "$suite" "$@" </dev/null 9>&- &
child=$!
set +m

# unshare itself ignores signals; when its child is gone so is all that ran below it.
clean()
{
	trap - EXIT
	trap '' HUP INT TERM
	below=$(cat "/proc/$child/task/$child/children" 2>/dev/null || true)
	# shellcheck disable=SC2086 # one number
	kill -KILL ${below:-$child} 2>/dev/null || true
	wait "$child" || true
	rm -rf --one-file-system "$root.new"
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

status=0
wait "$child" || status=$?
[ "$status" = 0 ] || exit "$status"
say "$suite: passed: $*"
