// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that several commands have: which cells, how long and how often, by which passes, where to. */
#include "cmd/option_rows.h"

#include "allocator.h"

#define ENTRIES                      \
	{                            \
		2, IOMMU_MAX_ENTRIES \
	}
#define CPUS             \
	{                \
		1, 65536 \
	}
#define PERCENT        \
	{              \
		0, 100 \
	}
#define THINK_NS              \
	{                     \
		0, 1000000000 \
	}
#define REPETITIONS       \
	{                 \
		1, 100000 \
	}
#define SEED                 \
	{                    \
		0, INT64_MAX \
	}
#define SECONDS             \
	{                   \
		0.001, 3600 \
	}
#define BUDGET            \
	{                 \
		1, 604800 \
	}
#define PLATFORM_HELP "machines to be as: sun4u, sun4v, ppc, gart, s390"
#define FILTER_HELP   "only cells whose name matches; -REGEX: only the others"
#define RESULTS_FILE  "results/HOST/DATE.json"

static const char *const formats[] = {[OUTPUT_TABLE] = "console", [OUTPUT_JSON] = "json"};
/* What results are written as. */
static const char *const out_formats[] = {"json"};

static const struct option_row rows[] = {
	{ROW("--allocators", "A,B,...", "allocators, NAME or NAME/pools:P", ALLOCATORS,
	     plan.variants, ALL),
	 .otherwise = "the platform's",
	 .manual = "Allocators, as NAME or NAME/pools:P; `pooled-1` and `stale-1` are the one-pool "
		   "variants."},
	{ROW("--platform", "P,...|all", PLATFORM_HELP, PLATFORMS, plan.platforms, ON(RUN)),
	 .otherwise = "sun4u,sun4v",
	 .manual = "Machines that existed: each sets how many entries the table has, what a flush "
		   "costs, and which allocators are measured: those that ran there, and as "
		   "hypothetical ones those that did not. "
		   "What --entries, --flush, --allocators and --pools say holds. "
		   "Where one of these is given and --platform is not, an allocator is as on the "
		   "first "
		   "machine that it ran on; so are all with --smoke. "
		   "`list --platforms` shows the figures with their sources."},
	{ROW("--platform", "P,...|all", PLATFORM_HELP, PLATFORMS, plan.platforms, ON(SIM)),
	 .otherwise = "sun4u"},
	{ROW("--platform", "P,...|all", PLATFORM_HELP, PLATFORMS, plan.platforms, ON(COMPARE)),
	 .otherwise = "the first that --old ran on"},
	{ROW("--platform", "P,...|all", "entries and allocators of these machines", PLATFORMS,
	     plan.platforms, ON(AUDIT)),
	 .otherwise = "none"},
	{ROW("--pools", "P,...", "numbers of pools: 1, 2, 4, 8, 16", POOLS, plan.pools, ALL),
	 .otherwise = "each allocator's own",
	 .manual = "Numbers of pools: 1, 2, 4, 8, 16. "
		   "An allocator is run with those of them that it can have."},
	{ROW("--workloads", "W,...|all", "workloads", WORKLOADS, plan.workloads, RUNS | ON(SIM)),
	 .preset = "ring,churn", .manual = "Workloads; `all` for all of them."},
	{ROW("--workloads", "W,...|all", "workloads", WORKLOADS, plan.workloads, ON(COMPARE)),
	 .preset = "ring,churn", .otherwise = "ring,churn; with --old and --new all"},
	{ROW("--free-order", "ORDER,...", "which live entry is freed: random, fifo, lifo, coherent",
	     ORDERS, plan.workloads, ON(AUDIT)),
	 .preset = "random,fifo,coherent",
	 .manual =
		 "Which live entry an operation frees: `random`, `fifo` (the one held longest) or "
		 "`lifo` (the one held shortest); `coherent` is random with requests of 1 to 16 "
		 "entries, aligned to their size, below a mask at half the table."},
	{ROW("--cpus", "C,...|all", "numbers of CPUs", CPUS, plan.cpus, CELLS),
	 .otherwise = "all: 1, 2, 4 ... up to the host", .whole = CPUS,
	 .manual = "Numbers of CPUs; the first so many in pinning order, cores before SMT "
		   "siblings."},
	{ROW("--cpus", "C,...", "how many CPU numbers requests are drawn from", NUMBERS, plan.cpus,
	     ON(AUDIT)),
	 .preset = "16", .whole = CPUS,
	 .manual = "How many CPU numbers requests are drawn from, whatever the host has."},
	{ROW("--flush", "MODEL", "flush model; repeat for several", FLUSHES, plan.flushes, CELLS),
	 .otherwise = "the platform's",
	 .manual =
		 "What a flush (an IOTLB invalidation) costs: `none` (the allocator gets no flush "
		 "function), spin:NS, mmio:WRITES,WRITE_NS,READ_NS, or a profile's name; or, with "
		 "hcall:NS, a hypervisor call, which dma4v-4.0 and dma4v-4.1 make at each map and "
		 "unmap, and the other allocators do not. "
		 "Repeat the option for several models. "
		 "It stands in place of what --platform says."},
	{ROW("--utilization", "PCT,...", "percent of the table kept live", NUMBERS, plan.occupancy,
	     CELLS),
	 .alias = "--occupancy", .preset = "5", .whole = PERCENT},
	{ROW("--utilization", "PCT,...", "percent of the table kept live", NUMBERS, plan.occupancy,
	     ON(AUDIT)),
	 .alias = "--occupancy", .preset = "10,50,80", .whole = PERCENT},
	{ROW("--entries", "N", "entries of the table", ULONG, plan.entries, CELLS),
	 .otherwise = "the platform's", .whole = ENTRIES,
	 .manual =
		 "Entries of the table, 2 to 268435456, in place of what --platform says; 8192 if "
		 "there is a --flush and no --platform."},
	{ROW("--entries", "N", "entries of the table", ULONG, plan.entries, ON(AUDIT)),
	 .otherwise = "16384, or the platform's", .whole = ENTRIES},
	{ROW("--lock", "KIND,...", "kinds of lock: tas, ticket, queued", LOCKS, plan.locks, ALL),
	 .preset = "tas"},
	{ROW("--think", "NS,...", "nanoseconds between ops", NUMBERS, plan.think, CELLS),
	 .preset = "0", .whole = THINK_NS,
	 .manual =
		 "Nanoseconds that a CPU spends between one op (a map and its unmap) and the next. "
		 "With 0 nothing but the allocator is measured, and its lock is fought for as much "
		 "as can be."},
	{ROW("--budget", "TIME", "how long to measure in all: 90s, 2m, 1h", TIME, plan.budget_s,
	     RUNS),
	 .number = BUDGET,
	 .manual = "How long to measure in all: 90, 90s, 2m or 1h. "
		   "The samples then are as long as fits, from 50 to 200 ms; there are 10 of a "
		   "cell, or fewer, but at least 7, where 10 of 50 ms would take longer. "
		   "A plan that takes longer even so is said to and goes on. "
		   "What --seconds, --repetitions, --quick and --smoke say holds."},
	{ROW("--seconds", "S", "length of a sample's interval", NUMBER, plan.seconds, RUNS),
	 .preset = "0.2", .number = SECONDS,
	 .manual = "Length of the measured interval of a sample."},
	{ROW("--seconds", "S", "length of a sample's interval", NUMBER, plan.seconds, ON(COMPARE)),
	 .preset = "0.005", .number = SECONDS},
	{ROW("--repetitions", "R", "samples per cell", UINT, plan.repetitions, RUNS),
	 .alias = "--benchmark_repetitions", .preset = "10", .whole = REPETITIONS},
	{ROW("--repetitions", "R", "seeds per cell, from --seed on", UINT, plan.repetitions,
	     ON(SIM)),
	 .alias = "--benchmark_repetitions", .preset = "8", .whole = REPETITIONS,
	 .manual = "Seeds per cell, from --seed on. A change is told from chance by 8 or more that "
		   "both sides have; 1 with --smoke."},
	{ROW("--repetitions", "R", "seeds per cell, from --seed on", UINT, plan.repetitions,
	     ON(AUDIT)),
	 .preset = "8", .whole = REPETITIONS,
	 .manual = "Seeds per cell, from --seed on; 1 with --draws recorded."},
	{ROW("--seed", "N", "seed of the order of samples and of random lifetimes", U64, plan.seed,
	     CELLS),
	 .preset = "1", .whole = SEED},
	{ROW("--seed", "N", "seed of everything random", U64, plan.seed, ON(AUDIT)),
	 /* With it the known figures of the original code come out, see docs/safety.md. */
	 .preset = "15", .whole = SEED},
	{ROW("--locks", NULL, "also lock statistics, in samples of their own", FLAG, plan.lock_pass,
	     ON(RUN) | ON(SIM)),
	 .manual =
		 "Also lock statistics, in samples of their own (two passes, each at most 4 a "
		 "cell) by "
		 "iommubench-stat, which must lie beside iommubench: one counts all acquisitions "
		 "and "
		 "how many were contended, without reading a clock; one times single acquisitions, "
		 "drawn at random, so few that it takes about 1 % of the time. "
		 "A simulation has them anyway."},
	{ROW("--lock-stat", NULL, "as --locks, and print them in the columns of /proc/lock_stat",
	     FLAG, cmd.lock_stat, ON(RUN) | ON(SIM)),
	 .manual = "As --locks, and print each class of locks in the columns of /proc/lock_stat."},
	{ROW("--counters", "SOURCE", "also count events: auto, perf, software, likwid, count",
	     CHOICE, plan.counters.choice, ON(RUN)),
	 .words = counters_choice_names, .word_count = COUNTERS_CHOICES, .otherwise = "none",
	 .manual =
		 "Also counters, in samples of their own. "
		 "`perf` counts the CPU's events (cycles, instructions, cache misses and more), "
		 "`software` the kernel's (context switches, migrations, page faults, time on the "
		 "CPU), `auto` both. "
		 "A counter is reported once it has counted known work right; what is absent is "
		 "named with the reason. "
		 "`count` counts instructions exactly and simulates two caches, by valgrind(1): a "
		 "fixed number of steps, cells of one CPU, on any host. "
		 "`likwid` measures a group of likwid's by likwid-perfctr(1)."},
	{ROW("--events", "E,...", "count these: names as in `list`, libpfm4's, raw (r1c2)", TEXT,
	     plan.counters.events, ON(RUN)),
	 .manual = "Count these instead, with --counters auto unless another is given: short names "
		   "as in `list`, names that libpfm4 knows (PERF_COUNT_HW_CPU_CYCLES, "
		   "zen4::RETIRED_INSTRUCTIONS:u), raw codes (r1c2). "
		   "In user mode unless a name ends in `:k` or `:u:k`. "
		   "More events than the PMU counts at once are spread over samples, at most 4 "
		   "each."},
	{ROW("--likwid-group", "GROUP", "likwid's group", GROUP, plan.counters.likwid_group,
	     ON(RUN)),
	 .otherwise = "L2CACHE", .manual = "Which group of likwid's, with --counters likwid."},
	{ROW("--quick", NULL, "a first look: ring, 3 samples of 0.05 s", SET, plan.extent, RUNS),
	 .whole = {PLAN_QUICK, 0}},
	{ROW("--smoke", NULL, "every workload on every variant, one sample of 20 ms", SET,
	     plan.extent, RUNS),
	 .whole = {PLAN_SMOKE, 0},
	 .manual = "Every workload on every variant, one sample of 20 ms on 8192 entries, to see "
		   "that it all "
		   "works."},
	{ROW("--dry-run", NULL, "print the plan and measure nothing", FLAG, cmd.dry_run,
	     ON(RUN) | ON(SIM) | ON(COMPARE)),
	 .flags = OPTION_NOT_PLANNED},
	{ROW("--out", "FILE", "where the results go", PATH, cmd.out,
	     ON(RUN) | ON(SIM) | ON(COMPARE) | ON(AUDIT)),
	 .alias = "--benchmark_out", .flags = OPTION_NOT_PLANNED, .otherwise = RESULTS_FILE,
	 .manual = "Where the results go. "
		   "What is there already is kept as FILE~."},
	{ROW("--wide", NULL, "all columns of the table, however wide it gets", FLAG, cmd.wide,
	     ON(RUN) | ON(SIM)),
	 .flags = OPTION_NOT_PLANNED,
	 .manual = "Print every column of the table, however wide it gets: fairness, failed "
		   "allocations, fallback pool share, local pool utilization, hold and wait times "
		   "and further counters too. "
		   "Without it the table has at most 100 columns."},
	{ROW("--resume", "FILE", "complete an unfinished run; takes its options from FILE", PATH,
	     cmd.resume, ON(RUN)),
	 .flags = OPTION_NOT_PLANNED | OPTION_ALONE,
	 .manual = "Complete a run that was interrupted or killed. "
		   "All other options come from the file."},
	{ROW("--resume", "FILE", "go on with an interrupted comparison, for as long again", PATH,
	     cmd.resume, ON(COMPARE)),
	 .flags = OPTION_NOT_PLANNED | OPTION_ALONE,
	 .manual = "Go on with an interrupted comparison, with the same programs and for the same "
		   "time again."},
	{ROW("--benchmark_filter", "REGEX", FILTER_HELP, FILTER, plan.filter, ALL),
	 .manual = "Only cells whose name matches the extended regular expression; with a leading "
		   "minus sign, only those whose name does not."},
	{ROW("--benchmark_list_tests", NULL, "print the cells' names", SWITCH, cmd.list_tests,
	     ON(RUN) | ON(SIM)),
	 .flags = OPTION_NOT_PLANNED},
	{ROW("--benchmark_format", "FORMAT", "console: the table; json: the results on stdout",
	     CHOICE, cmd.format, ON(RUN) | ON(SIM)),
	 .flags = OPTION_NOT_PLANNED, .words = formats,
	 .word_count = sizeof(formats) / sizeof(formats[0])},
	{ROW("--benchmark_out_format", "FORMAT", "only json", CHOICE, local.out_format,
	     ON(RUN) | ON(SIM)),
	 .flags = OPTION_NOT_PLANNED, .words = out_formats, .word_count = 1},
	{ROW("--benchmark_min_time", "S", "as --seconds; 0.5s is good too", MIN_TIME, plan.seconds,
	     RUNS),
	 .number = SECONDS},
};

const struct option_rows option_rows_shared = {rows, sizeof(rows) / sizeof(rows[0])};
