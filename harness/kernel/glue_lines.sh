# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by what reads the `//k` lines of files in glue/ and lib/ (glue/glue.h says what they mean).
# shellcheck shell=sh

# What stands behind KEY in SOURCE, and in the file that it names by `//k as`.
lines() # SOURCE KEY
{
	# shellcheck disable=SC2046 # words
	sed -n "s,^//k $2 ,,p" "$1" $(sed -n "s,^//k as ,$(dirname "$1")/,p" "$1")
}
