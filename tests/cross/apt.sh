#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apt.sh DIR source PACKAGE...          unpacks Debian source packages, each into DIR/src/PACKAGE
# apt.sh DIR newest ARCH PACKAGE...     extracts into DIR/root-ARCH what the package depends on first:
#                                       a kernel's package has its version in its name
# apt.sh DIR deb ARCH PACKAGE           downloads the package itself, to DIR/apt-ARCH/archives alone
# From the Debian archive this machine uses, with apt's state in DIR: nothing is installed, and
# neither /etc/apt nor the machine's architectures change. What is there already stays.
set -eu
dir=$1
command=$2
shift 2
arch=$(dpkg --print-architecture)
if [ "$command" != source ]; then
	arch=$1
	shift
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
state=$dir/apt-$arch
export APT_CONFIG="$state/apt.conf"

# The Debian archives among the machine's own sources, with their keys.
sources()
{
	# shellcheck disable=SC2016 # apt's own variables
	APT_CONFIG='' apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
		--format '$(SITE) $(CODENAME) $(COMPONENT)' | sort -u |
		while read -r site suite component; do
			echo "deb-src $site $suite $component"
			echo "deb [arch=$arch] $site $suite $component"
		done
}

# Once: a week-old list may name packages that are gone.
prepare()
{
	[ -z "$(find "$state/updated" -mtime -1 2>/dev/null)" ] || return 0
	rm -rf "$state"
	mkdir -p "$state/lists/partial" "$state/archives/partial" "$state/parts"
	: >"$state/status"
	{
		echo "Dir::State \"$state\";"
		echo "Dir::State::lists \"$state/lists\";"
		echo "Dir::State::status \"$state/status\";"
		echo "Dir::Cache \"$state\";"
		echo "Dir::Cache::archives \"$state/archives\";"
		echo "Dir::Etc::sourcelist \"$state/sources.list\";"
		echo "Dir::Etc::sourceparts \"$state/parts\";"
		echo "APT::Architecture \"$arch\";"
		echo "APT::Architectures \"$arch\";"
		# The machine's user for downloads may not see a home directory.
		echo 'APT::Sandbox::User "root";'
		echo 'Acquire::Languages "none";'
	} >"$state/apt.conf"
	sources >"$state/sources.list"
	[ -s "$state/sources.list" ] || {
		echo "apt.sh: apt knows no Debian archive: run apt-get update as root" >&2
		exit 1
	}
	# A mirror that is being synchronised has lists that do not fit; the others will do.
	apt-get update -qq || echo "apt.sh: not all lists could be read, going on with the rest" >&2
	touch "$state/updated"
}

unpack_source()
{
	[ ! -e "$dir/src/$1" ] || return 0
	prepare
	echo "apt: source of $1"
	rm -rf "$dir/src/$1.new"
	mkdir -p "$dir/src/$1.new"
	(cd "$dir/src/$1.new" && apt-get source -qq "$1" >/dev/null)
	mv "$dir/src/$1.new"/*/ "$dir/src/$1"
	rm -rf "$dir/src/$1.new"
}

extract_newest()
{
	root=$dir/root-$arch
	[ ! -e "$root/.$1" ] || return 0
	prepare
	newest=$(apt-cache depends "$1" | awk '/Depends: / { print $2; exit }')
	[ -n "$newest" ] || { echo "apt.sh: no $1 for $arch in the archive" >&2; exit 1; }
	echo "apt: $newest of $arch"
	mkdir -p "$root"
	(cd "$state/archives" && rm -f ./*.deb && apt-get download -qq "$newest" &&
		dpkg-deb -x ./*.deb "$root" && rm -f ./*.deb)
	touch "$root/.$1"
}

download_deb()
{
	prepare
	echo "apt: $1"
	(cd "$state/archives" && rm -f ./*.deb && apt-get download -qq "$1")
}

for package in "$@"; do
	case $command in
	deb) download_deb "$package" ;;
	source) unpack_source "$package" ;;
	newest) extract_newest "$package" ;;
	esac
done
