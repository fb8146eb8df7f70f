#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints the C file that holds the profiles named on the command line.
set -eu
dir=$(dirname "$0")/profiles
printf '#include <stddef.h>\n\n'
printf 'extern const char *const profile_builtin_names[];\n'
printf 'extern const char *const profile_builtin_texts[];\n'
printf 'extern const size_t profile_builtin_count;\n\n'
printf 'const char *const profile_builtin_names[] = {\n'
for name in "$@"; do printf '\t"%s",\n' "$name"; done
printf '};\nconst char *const profile_builtin_texts[] = {\n'
for name in "$@"; do
	sed 's/[\\"]/\\&/g; s/.*/\t"&\\n"/' "$dir/$name"
	printf '\t,\n'
done
printf '};\nconst size_t profile_builtin_count = %d;\n' "$#"
