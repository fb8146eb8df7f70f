// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that one command alone has: sim, audit, compare, the small commands, and a sample process. */
#include "cmd/option_rows.h"

#define THREADS_MAX 4096

static const struct option_row rows[] = {
	{ROW("--profile", "NAME|FILE", "the machine: a profile of `list`, or host", MACHINE,
	     plan.machine, ON(SIM)),
	 .preset = "sun4v-t5-2",
	 .manual = "The machine: a profile of `list`, a file of that format, whose name then has a "
		   "slash in it, or `host`, which is this one as measured at that moment."},
	{ROW("--rounds", "R", "an interval has R times as many ops as the table has entries", UINT,
	     sim.rounds, ON(SIM)),
	 .preset = "4", .whole = {1, 1000000},
	 .manual = "An interval lasts until all CPUs together have done R times as many ops as the "
		   "table has entries."},
	/* Virtual time: a thousandth of what makes sense natively. */
	{ROW("--seconds", "S", "an interval of so much virtual time instead", NUMBER, plan.seconds,
	     ON(SIM)),
	 .number = {1e-6, 3600}},
	{ROW("--benchmark_min_time", "S", "as --seconds; 0.5s is good too", MIN_TIME, plan.seconds,
	     ON(SIM)),
	 .number = {1e-6, 3600}},
	{ROW("--quick", NULL, "a first look: ring alone", SET, plan.extent, ON(SIM)),
	 .whole = {PLAN_QUICK, 0}},
	{ROW("--smoke", NULL, "every workload on every variant, one round each", SET, plan.extent,
	     ON(SIM)),
	 .whole = {PLAN_SMOKE, 0},
	 .manual = "Every workload on every variant, one round each, to see that it all works."},
	{ROW("--audit", NULL, "also count stale reuse, which perturbs nothing", FLAG, sim.audit,
	     ON(SIM)),
	 .manual = "Count stale reuse and exposure windows too, which perturbs nothing."},
	{ROW("--draw-locks", NULL, "time locks as run --locks does, and pay for it", FLAG,
	     sim.draw_locks, ON(SIM)),
	 .manual = "Time single acquisitions, drawn at random, and spend the time of reading a "
		   "clock, "
		   "as `run --locks` does, in place of all of them for nothing. "
		   "It shows how far such figures are from the exact ones."},
	{ROW("--jobs", "N", "cells simulated at once", UINT, sim.jobs, ON(SIM)),
	 .flags = OPTION_NOT_PLANNED, .otherwise = "as many as there are CPUs",
	 .whole = {1, THREADS_MAX}},
	{ROW("--polling", NULL, "simulate each poll of a waiting CPU: the same result, slower",
	     FLAG, sim.polling, ON(SIM))},
	{ROW("--explore", "N", "N schedules per cell, seeds from --seed on, looking for violations",
	     UINT, sim.explore, ON(SIM)),
	 .whole = {1, 1000000},
	 .manual = "Runs N schedules of each cell, with seeds from --seed on, with the checked "
		   "allocators under audit, and prints what went wrong in which. "
		   "The defaults are then a table of 1024 entries half full, 4 CPUs, churn and a "
		   "flush of 500 ns."},

	{ROW("--operations", "N", "operations per cell, each a free and an alloc", U64,
	     audit.operations, ON(AUDIT)),
	 .preset = "100000", .whole = {1, 1000000000},
	 .manual = "Operations per cell and seed, each a free and an alloc; 500000 with --draws "
		   "recorded."},
	{ROW("--threads", "N", "native threads; with one the figures are deterministic", UINT,
	     plan.audit_threads, ON(AUDIT)),
	 .preset = "1", .whole = {1, THREADS_MAX},
	 .manual = "Pinned threads that do so at once. "
		   "What several find differs from run to run; a correct allocator is never "
		   "reported."},
	{ROW("--profile", "NAME", "whose IOTLB is emulated: a profile of `list`", PROFILE,
	     audit.iotlb, ON(AUDIT)),
	 .preset = "psycho"},
	{ROW("--iotlb", "TAGS,WAYS,RULE", "another IOTLB; RULE is lru, fifo or random", IOTLB,
	     audit.iotlb, ON(AUDIT)),
	 .manual =
		 "Another IOTLB, as TAGS, TAGS,WAYS or TAGS,WAYS,RULE; fully associative and `lru` "
		 "where it does not say. "
		 "RULE is `lru`, `fifo` or `random`."},
	{ROW("--draws", "KIND", "how CPU numbers are drawn: independent, owned or recorded", CHOICE,
	     audit.draws, ON(AUDIT)),
	 .preset = "independent", .words = audit_draws_names, .word_count = DRAWS,
	 .manual =
		 "`independent`: each request comes from any CPU; `owned`: what a CPU has mapped "
		 "it "
		 "unmaps and maps anew itself, as where a driver has a ring for each CPU; "
		 "`recorded`: random numbers as those that the known figures of the original code "
		 "were made with, of one seed. "
		 "docs/safety.md of the sources says where they differ."},
	{ROW("--trace-out", "FILE", "a trace that shows the first violation, for replay", PATH,
	     audit.trace_out, ON(AUDIT)),
	 .flags = OPTION_NOT_PLANNED,
	 .manual = "Write the operations of the first cell that has a stale reuse, up to it, as a "
		   "trace for `replay`. "
		   "One thread only."},
	{ROW("--shrink", NULL, "make that trace as short as can be", FLAG, audit.shrink, ON(AUDIT)),
	 .flags = OPTION_NOT_PLANNED,
	 .manual =
		 "Leave out of that trace whatever is not needed, on as small a table as will do."},

	{ROW("--old", "A", "compare this allocator, NAME or NAME/pools:P ...", VARIANT,
	     compare.compared[SIDE_BASE], ON(COMPARE)),
	 .manual = "Compare this allocator, as NAME or NAME/pools:P, with that of --new."},
	{ROW("--new", "A", "... with this one", VARIANT, compare.compared[SIDE_NEW], ON(COMPARE)),
	 .manual = "The allocator to compare with that of --old."},
	{ROW("--side", "base|new=FOLDER", "programs of a side, as make compare builds", SIDE,
	     compare.side_folder, ON(COMPARE)),
	 .otherwise = "this program",
	 .manual =
		 "Where the programs of a side lie: iommubench-1, iommubench-2 and so on, the same "
		 "objects linked in different orders; and perhaps a file `about`, which says what "
		 "they were built from, in lines of a key (revision, commit, subject, dirty, what) "
		 "and its value. "
		 "It is given once for each side; only with --old and --new it may be left out."},
	{ROW("--budget", "TIME", "how long to measure: 90s, 5m, 1h", TIME, compare.budget_s,
	     ON(COMPARE)),
	 .preset = "5m", .number = {1, 604800},
	 .manual = "How long to measure, as 90, 90s, 5m or 1h. "
		   "Where that is too short for any verdict it takes longer, and says so."},
	{ROW("--undecided", "COMMAND",
	     "run now and then: COMMAND FILE prints the cells to go on with", TEXT,
	     compare.undecided, ON(COMPARE)),
	 .manual =
		 "About every 20 seconds COMMAND FILE is run, while nothing is measured; cells "
		 "whose names it does not print are measured no more. "
		 "It should look at how wide the intervals are and not at what they say: who stops "
		 "at a difference finds differences that are none."},
	{ROW("--width", "PERCENT",
	     "record in the results that COMMAND wants half an interval to be this wide", NUMBER,
	     compare.width_percent, ON(COMPARE)),
	 .flags = OPTION_NOT_PLANNED, .number = {0.001, 99},
	 .manual = "Record in the results that COMMAND wants half the width of an interval to be "
		   "this; `make compare` gives it."},
	{ROW("--whole", NULL, "record in the results that whole trees were asked for", FLAG,
	     compare.whole, ON(COMPARE)),
	 .flags = OPTION_NOT_PLANNED,
	 .manual =
		 "Record in the results that whole trees were asked for; `make compare` gives it."},
	{ROW("--for-sim", "base|new", "print the options with which sim runs that side's cells",
	     CHOICE, compare.for_sim_side, ON(COMPARE)),
	 .flags = OPTION_NOT_PLANNED, .words = side_names, .word_count = SIDES,
	 .manual =
		 "Measure nothing; print the options, a line each, with which iommubench sim runs "
		 "the cells of that side, on 1, 4, 16 and 64 CPUs and those of the comparison in "
		 "between."},

	{ROW("--profiles", NULL, "the profiles' figures, each with its source", SET, local.list,
	     ON(LIST)),
	 .flags = OPTION_ALONE, .whole = {LIST_PROFILES, 0}},
	{ROW("--platforms", NULL, "the platforms' figures, each with its source", SET, local.list,
	     ON(LIST)),
	 .flags = OPTION_ALONE, .whole = {LIST_PLATFORMS, 0},
	 .manual = "What --platform sets: entries, flushes and which allocators ran there, each "
		   "with its source."},
	{ROW("--events", NULL, "what counters' short names stand for on which PMU", SET, local.list,
	     ON(LIST)),
	 .flags = OPTION_ALONE, .whole = {LIST_EVENTS, 0},
	 .manual =
		 "What the short names of counters stand for on which PMU, each with its source."},
	{ROW("TRACE", "trace", "the trace; - is standard input", PATH, local.trace, ON(REPLAY)),
	 .flags = OPTION_OPERAND},
	{ROW("--allocator", "A", "another allocator than the trace names: NAME or NAME/pools:P",
	     ALLOCATOR, replay.allocator, ON(REPLAY))},
	{ROW("--reserved", "LIST", "entries taken from the start, such as 0 or 0-3,100", TEXT,
	     replay.reserved, ON(REPLAY)),
	 .manual = "Entries that are taken from the start and never freed, such as 0 or 0-3,100: "
		   "beside those that the trace's header names."},
	{ROW("--concurrent", NULL, "try requests of several CPUs in another order too", FLAG,
	     replay.concurrent, ON(REPLAY)),
	 .manual = "A recording shows a request where it returned, not where it took the lock. "
		   "Where one does not get what was recorded, do one of another CPU, up to 8 lines "
		   "further on, before it; if both then get what was recorded, count the two as a "
		   "reordered pair instead of as mismatches."},
	{ROW("--kernel", "PATH", "only which allocators of that kernel tree can be measured", PATH,
	     local.kernel, ON(DOCTOR)),
	 .manual =
		 "Only which allocators of the kernel tree PATH, a folder or a git repository, can "
		 "be measured, and why the others cannot."},
	{ROW("--man", NULL, "the options as a section of the man page", SET, local.print,
	     ON(OPTIONS)),
	 .flags = OPTION_ALONE, .whole = {OPTIONS_PRINT_MAN, 0}},
	{ROW("--bash", NULL, "what bash completes, for . or a file", SET, local.print, ON(OPTIONS)),
	 .flags = OPTION_ALONE, .whole = {OPTIONS_PRINT_BASH, 0}},

	/* What only the runner tells a sample. */
	{ROW("--ticks-per-ns", "F", "", NUMBER, sample.ticks_per_ns, ON(SAMPLE)),
	 .number = {1e-6, 1e3}},
	{ROW("--clock-read-ns", "F", "", NUMBER, sample.clock_read_ns, ON(SAMPLE)),
	 .number = {0, 1e9}},
	{ROW("--flush-bias-ns", "F", "", NUMBER, sample.flush_bias_ns, ON(SAMPLE)),
	 .number = {0, 1e9}},
	{ROW("--think-bias-ns", "F", "", NUMBER, sample.think_bias_ns, ON(SAMPLE)),
	 .number = {0, 1e9}},
	{ROW("--build", "ID", "", BUILD, sample, ON(SAMPLE)), .flags = OPTION_NOT_PLANNED},
	{ROW("--details-fd", "N", "", FD, sample.details_fd, ON(SAMPLE)), .whole = {0, 1000}},
	{ROW("--json-fd", "N", "", FD, sample.json_fd, ON(SAMPLE)), .whole = {0, 1000}},
	{ROW("--counters-of-sample", "LIST", "", TEXT, sample.counters_of_sample, ON(SAMPLE))},
	{ROW("--count-locks", NULL, "", SET, sample.locks, ON(SAMPLE)),
	 .whole = {INTERVAL_LOCKS_COUNTED, 0}},
	{ROW("--time-locks", NULL, "", SET, sample.locks, ON(SAMPLE)),
	 .whole = {INTERVAL_LOCKS_DRAWN, 0}},
	{ROW("--steps-only", NULL, "", FLAG, sample.steps_only, ON(SAMPLE))},
};

const struct option_rows option_rows_single = {rows, sizeof(rows) / sizeof(rows[0])};
