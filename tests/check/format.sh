#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# format.sh: fails if clang-format would write a C file of the work tree otherwise. Versions differ in what
# they write: ours is that of version 14; with another nothing is checked, and that is said.
set -eu
cd "$(dirname "$0")/../.."
ours=14
seen=
for program in clang-format-$ours clang-format; do
	command -v "$program" >/dev/null || continue
	version=$("$program" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
	if [ "$version" = "$ours" ]; then
		git ls-files -z "*.c" "*.h" "*.cc" | xargs -0 "$program" --dry-run -Werror
		exit
	fi
	seen="$program is version ${version:-unknown}"
done
if [ -z "$seen" ]; then
	echo "format: there is no clang-format: make deps lint installs it" >&2
	exit 2
fi
echo "format: not checked: $seen, and the files are as version $ours writes them"
