#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run-pytest.sh PATH...: the Python tests there, JOBS at a time (as many as there are CPUs) where pytest-xdist is
# installed, then alone those that measure times. PYTHON runs them; IOMMUBENCH is the program under test.
set -u
python=${PYTHON:-/usr/bin/python3}
jobs=${JOBS:-$(nproc)}
# Of the processes that run the tests too, which do not inherit -B.
export PYTHONDONTWRITEBYTECODE=1

run() # OPTIONS
{
	"$python" -m pytest -q -rs -p no:cacheprovider --ignore tests/browser "$@"
	status=$?
	# 5: there are none of that kind.
	[ "$status" = 0 ] || [ "$status" = 5 ] || failed=$status
}

parallel=
if [ "$jobs" -gt 1 ] && "$python" -c 'import xdist' 2>/dev/null; then
	parallel="-n $jobs --dist loadgroup"
fi
failed=0
# shellcheck disable=SC2086 # several words, or none
run $parallel -m 'not alone' "$@"
run -m alone "$@"
exit "$failed"
