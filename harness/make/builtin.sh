#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# builtin.sh WORD FOLDER NAME...: prints the C file that holds the files FOLDER/NAME... as
# WORD_builtin_names, _texts and _count.
set -eu
word=$1
folder=$2
shift 2
printf '#include <stddef.h>\n\n'
printf 'extern const char *const %s_builtin_names[];\n' "$word"
printf 'extern const char *const %s_builtin_texts[];\n' "$word"
printf 'extern const size_t %s_builtin_count;\n\n' "$word"
printf 'const char *const %s_builtin_names[] = {\n' "$word"
for name in "$@"; do printf '\t"%s",\n' "$name"; done
printf '};\nconst char *const %s_builtin_texts[] = {\n' "$word"
for name in "$@"; do
	sed 's/[\\"]/\\&/g; s/.*/\t"&\\n"/' "$folder/$name"
	printf '\t,\n'
done
printf '};\nconst size_t %s_builtin_count = %d;\n' "$word" "$#"
