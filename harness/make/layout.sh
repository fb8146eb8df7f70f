#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# layout.sh SEED PADS OBJECT...: prints the objects in an order drawn from SEED, for the linker: first the harness's,
# which are the same on both sides of a comparison, then those of src/, bench/ and a kernel tree (KSIDE/VARIANT/one/).
# Before each of the latter, and before the first object of all, stands the PADS/N.o that makes it begin N bytes into a
# page. Order and N depend only on SEED and the objects' names (not their folders): one more object, or a longer one,
# moves no other within its page.
set -eu
seed=$1
pads=$2
shift 2
printf '%s\n' harness-begins "$@" | awk -v seed="$seed" -v pads="$pads" '
	BEGIN {
		for (i = 1; i < 256; i++)
			code[sprintf("%c", i)] = i
	}
	function mix(h) {
		for (j = 0; j < 8; j++)
			h = h * 16807 % 2147483647
		return h
	}
	function hash(begin, name, h) {
		h = mix(begin)
		for (i = 1; i <= length(name); i++)
			h = mix((h * 257 + code[substr(name, i, 1)]) % 2147483647)
		return h
	}
	{
		name = $0
		sub(".*/", "", name)
		h = hash(seed + 1, name)
		# Three seeds in a row begin an object in three different thirds of the page.
		third = (hash(1, name) + seed) % 3
		# 64 bytes is the most that compilers align code to: gcc 14 does, where 12 is content with 16.
		pad = pads "/" (third * 21 + int(h / 1024) % 21) * 64 + 64 ".o"
		if (NR == 1)
			printf "0 0 %s\n", pad
		else if ($0 ~ /\/(src|bench|one)\/[^\/]*$/)
			printf "2 %010d %s %s\n", h, pad, $0
		else
			printf "1 %010d %s\n", h, $0
	}' | sort | cut -d ' ' -f 3-
