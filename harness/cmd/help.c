// SPDX-License-Identifier: GPL-2.0-or-later
/* The texts of --help, each followed by what the table says of the command's options. */
#include "cmd/help.h"

#include <stdio.h>

#include "base/error.h"
#include "cmd/options.h"

static const char main_text[] =
	"iommubench measures IOMMU address (DVMA/IOVA) allocators.\n"
	"\n"
	"  iommubench list                 what there is to measure\n"
	"  iommubench run [options]        measure on this host\n"
	"  iommubench compare [options]    two allocators, or two revisions' programs, in turn\n"
	"  iommubench sim [options]        the same on simulated CPUs, up to 1024\n"
	"  iommubench audit [options]      which allocators hand out what the IOTLB may still "
	"hold\n"
	"  iommubench replay TRACE         check an allocator against a recorded trace\n"
	"  iommubench doctor               what this host can measure, and what disturbs it\n"
	"\n"
	"Each takes --help. --version prints version and build. Exit status: 0 done, 1 measured "
	"but a\n"
	"check failed, 2 wrong usage or input, 77 nothing could be measured here.\n";

static const char list_text[] =
	"usage: iommubench list [--profiles | --events]\n"
	"\n"
	"Lists allocators, workloads, flush models, locks, counters and profiles.\n"
	"\n";

static const char run_text[] =
	"usage: iommubench run [options]\n"
	"\n"
	"Measures every combination (cell) of the lists below in pinned threads, each sample in a\n"
	"fresh process and in random order, prints a table and writes all samples to a file.\n"
	"\n";

static const char compare_text[] =
	"usage: iommubench compare --old A --new B [options]\n"
	"       iommubench compare --side base=FOLDER --side new=FOLDER [options]\n"
	"\n"
	"Takes short samples of two sides in turn, in blocks of four (base new new base, or the\n"
	"other way round) and the cells in random order, until the time is up, and writes all of\n"
	"them to one file. `make compare` builds the programs of two revisions, calls this and\n"
	"says what came out.\n"
	"\n";

static const char sim_text[] = "usage: iommubench sim [options]\n"
			       "\n"
			       "Runs every combination (cell) of the lists below on simulated CPUs "
			       "with coherent caches and\n"
			       "virtual time: the same options give the same figures, to the bit. "
			       "With --explore it looks\n"
			       "for schedules in which an allocator goes wrong.\n"
			       "\n";

static const char audit_text[] = "usage: iommubench audit [options]\n"
				 "\n"
				 "Runs each combination (cell) of the lists below on an emulated "
				 "IOMMU, counts entries that\n"
				 "were handed out again before a flush, and prints how safe each "
				 "allocator is. Exit status 1\n"
				 "if one that should be safe is not.\n"
				 "\n";

static const char replay_text[] =
	"usage: iommubench replay TRACE [options]\n"
	"\n"
	"Runs the operations of a trace (- for standard input, gzipped or not) one by one and "
	"compares\n"
	"what the allocator returns and how often it flushes. Exit status 1 if anything differs.\n"
	"\n";

static const char doctor_text[] =
	"usage: iommubench doctor [--kernel PATH]\n"
	"\n"
	"Says what this host can measure and what disturbs it, with the fix. Takes some seconds: "
	"it\n"
	"watches for time the hypervisor steals, and tries every counter.\n"
	"\n";

static const char options_text[] = "usage: iommubench options --man | --bash\n"
				   "\n"
				   "Prints all options as others use them.\n"
				   "\n";

static const struct {
	const char *text;
	enum options_use use; /* whose options follow */
} topics[] = {
	[HELP_MAIN] = {main_text, OPTIONS_USES},
	[HELP_LIST] = {list_text, OPTIONS_LIST},
	[HELP_RUN] = {run_text, OPTIONS_RUN},
	[HELP_REPLAY] = {replay_text, OPTIONS_REPLAY},
	[HELP_DOCTOR] = {doctor_text, OPTIONS_DOCTOR},
	[HELP_AUDIT] = {audit_text, OPTIONS_AUDIT},
	[HELP_SIM] = {sim_text, OPTIONS_SIM},
	[HELP_COMPARE] = {compare_text, OPTIONS_COMPARE},
	[HELP_OPTIONS] = {options_text, OPTIONS_OPTIONS},
};

int help_print(enum help_topic topic)
{
	fputs(topics[topic].text, stdout);
	if (topics[topic].use != OPTIONS_USES)
		options_help(topics[topic].use);
	return EXIT_DONE;
}
