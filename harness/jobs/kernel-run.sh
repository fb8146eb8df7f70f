#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel-run.sh PROGRAM OPTION...: runs it, and says what its kernel tree, if it has one, does not have. The exit status
# is the program's.
set -u
status=0
"$@" || status=$?
absent=$(dirname "$1")/absent
[ ! -s "$absent" ] || sed 's/\t/: /; s/^/not in this kernel tree: /' "$absent"
exit "$status"
