#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/fuzz/run.sh [SECONDS]: builds each fuzz target with clang's libFuzzer under the sanitizers
# and runs it so long (10 s). B is the build folder; what is found stays in $B/fuzz/NAME.found
# and is run again with $B/fuzz/fuzz_NAME FILE. `make fuzz` calls it.
set -eu
seconds=${1:-10}
cd "$(dirname "$0")/../.."
B=${B:-build}
CLANG=${CLANG:-clang}
out=$B/fuzz
flags='-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all'

mkdir -p "$out"
echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n)
{ (void)d, (void)n; return 0; }' >"$out/probe.c"
# shellcheck disable=SC2086
if ! "$CLANG" $flags -fsanitize=fuzzer "$out/probe.c" -o "$out/probe" 2>"$out/probe.log"; then
	echo "skipped: fuzzing: $CLANG has no -fsanitize=fuzzer here: install libclang-rt-dev"
	exit 0
fi

# Made by `make fuzz` before it comes here; by hand it may be missing or old.
[ -n "${MAKELEVEL:-}" ] || make -s B="$B" "$B/gen/profiles.c" "$B/gen/events.c" "$B/gen/figures.c" \
	"$B/gen/version.h" "$B/gen/have_libpfm.h"
arch=$("$CLANG" -dumpmachine | sed 's/-.*//; s/powerpc64.*/ppc64/')
[ -d "harness/host/arch/$arch" ] || arch=generic

# All of the program but main, once, with coverage; the checked variant.
compile="$CLANG -std=c11 $flags -fsanitize=fuzzer-no-link -D_GNU_SOURCE -DIOMMU_CHECKED -Iinclude
	-Isrc -Iharness -Ibench -Itests -Itests/fuzz -Iharness/host/arch/$arch -Iharness/host/arch/generic -I$B/gen
	$(pkg-config --cflags hwloc jansson zlib)"
sources=$(find src bench harness/[a-z]*/ -maxdepth 1 -name '*.c' ! -path 'harness/sim/*' \
	! -path 'harness/tools/*' ! -name main.c ! -name cmd_sim.c | sort)
sources="$sources harness/kernel/cut/items.c harness/kernel/cut/lexer.c harness/sim/machine.c $B/gen/profiles.c $B/gen/events.c $B/gen/figures.c"
objects=
for source in $sources; do
	objects="$objects $out/$(basename "$source" .c).o"
done
# shellcheck disable=SC2086,SC2016
printf '%s\n' $sources | xargs -P "$(nproc)" -I '{}' sh -c \
	'out=$1 source=$2; shift 2; exec "$@" -c "$source" -o "$out/$(basename "$source" .c).o"' \
	- "$out" '{}' $compile
# shellcheck disable=SC2086
"$CLANG++" -std=c++17 $flags -Iinclude -c harness/gbench.cc -o "$out/gbench.o"
objects="$objects $out/gbench.o"

# What the golden traces do not have.
seed_of_all_syntax()
{
	cat <<-'END'
		# allocator=pooled entries=256 npools=2 large_pool=1 lazy_flush=1 base_pages=7 seg_boundary_pages=64 cpus=8 mask=0x6f reserved=0-3,90 seed=1
		a cpu=1 n=4 align=1 handle=- mask=0x1f boundary=8 -> 4 flushes=0
		a cpu=1 n=4 align=0 handle=8 boundary=16 mask=0xff -> 9 flushes=0
		f 6 n=5
		a cpu=1 n=1 align=0 handle=- -> 15 flushes=0
		a cpu=2 n=2 align=0 handle=- -> 13 flushes=0
		f 4 n=2
		f 13 n=3
	END
}

# Heads of the golden traces, whole so far as they go; words, profiles and models as people write.
seed()
{
	dir=$out/$1.seeds
	mkdir -p "$dir"
	case $1 in
	trace)
		for f in tests/golden/*.trace; do
			head -n 60 "$f" >"$dir/$(basename "$f")"
			head -n 60 "$f" | gzip -n >"$dir/$(basename "$f").gz"
		done
		seed_of_all_syntax >"$dir/all" ;;
	options)
		printf '%s\n' --allocators sun4u,pooled/pools:16,stale-1 --pools 1,4 --cpus=1,2 \
			--flush none --flush=mmio:16,150,600 --lock tas,queued >"$dir/lists"
		printf '%s\n' --workloads ring,sg --occupancy=5,50 --think 0,9 --entries 4096 \
			--seconds 0.1 --repetitions=3 --seed 7 --quick --dry-run --out x >"$dir/values"
		printf '%s\n' --benchmark_filter=-ring.*cpus:2 --benchmark_format=json \
			--counters=auto --events cycles,r1c2 --likwid-group=L3 --benchmark_list_tests --benchmark_min_time=0.5s >"$dir/benchmark"
		printf '%s\n' --old sun4u --new=pooled/pools:1 --budget 5m --undecided 'a b' \
			--for-sim=new --cpus 1,2 --side base=x --side new=y >"$dir/compare"
		printf '%s\n' --free-order random,lifo --operations 9 --threads=2 --iotlb 16,4,fifo \
			--draws=independent --occupancy 10 --trace-out x --shrink >"$dir/audit"
		printf '%s\n' --profile=power8 --rounds 2 --audit --jobs=3 --explore 4 --seconds 1e-5 \
			--utilization=50 >"$dir/sim"
		printf '%s\n' --allocator=ppc/pools:4 --reserved 0-3,100 --concurrent trace >"$dir/replay"
		printf '%s\n' --ticks-per-ns=2.5 --flush-bias-ns=3 --details-fd=5 >"$dir/sample" ;;
	profile)
		# Machines with long sources are longer than what is tried.
		for f in harness/profiles/*; do
			head -c 4000 "$f" >"$dir/$(basename "$f")"
			sed 's/|.*/| x/; /^#/d' "$f" >"$dir/$(basename "$f").short"
		done ;;
	cut)
		for f in src/*.c harness/kernel/*/*.h tests/kernel/tree/*/*.c; do
			head -c 4000 "$f" >"$dir/$(echo "$f" | tr / _)"
		done ;;
	flush)
		for text in none spin:0 spin:500 mmio:16,150,600 psycho vt-d pooled/pools:16 stale-1; do
			printf '%s' "$text" >"$dir/$(echo "$text" | tr / _)"
		done ;;
	esac
}

failed=
for name in trace options profile flush cut; do
	target=$out/fuzz_$name
	$compile -c "tests/fuzz/fuzz_$name.c" -o "$target.o"
	# shellcheck disable=SC2046,SC2086
	"$CLANG++" $flags -fsanitize=fuzzer "$target.o" $objects \
		$(pkg-config --libs hwloc jansson zlib) -lbenchmark $(cat "$B/gen/libpfm.libs") -lpthread -lm -o "$target"
	seed "$name"
	mkdir -p "$out/$name.corpus"
	echo "== $target, $seconds s"
	if "$target" "-max_total_time=$seconds" -timeout=10 -max_len=4096 -print_final_stats=0 \
		-verbosity=0 "-artifact_prefix=$out/$name.found-" "$out/$name.corpus" \
		"$out/$name.seeds" >"$out/$name.log" 2>&1; then
		echo "$(find "$out/$name.corpus" -type f | wc -l) inputs kept, none fails"
	else
		tail -n 40 "$out/$name.log"
		failed="$failed $name"
	fi
done
[ -z "$failed" ] || { echo "FAILED:$failed: see $out/*.found-*"; exit 1; }
