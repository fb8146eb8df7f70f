/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of options: one row an option, of which the parser, --help, the man page and the shell's completion
 * are made. Commands whose option differs in more than its name have rows of their own for it.
 */
#ifndef IOMMUBENCH_OPTIONS_TABLE_H
#define IOMMUBENCH_OPTIONS_TABLE_H

#include <stdint.h>

#include "cmd/options.h"

/* What a value may be, and so who reads it: options_kinds.c. */
enum option_kind {
	OPTION_FLAG,   /* no value: true */
	OPTION_SET,    /* no value: whole.min, unless the field has more */
	OPTION_SWITCH, /* true or false; without a value true */
	OPTION_UINT,   /* whole numbers, by their field's type */
	OPTION_ULONG,
	OPTION_U64,
	OPTION_FD,
	OPTION_NUMBER,     /* with a decimal point */
	OPTION_MIN_TIME,   /* seconds, as Google Benchmark writes them: 0.5 or 0.5s */
	OPTION_TIME,       /* 90, 90s, 5m or 1h */
	OPTION_CHOICE,     /* one of the row's words; the field gets its number */
	OPTION_PATH,       /* a file's name */
	OPTION_TEXT,       /* anything but nothing */
	OPTION_FILTER,     /* a regular expression */
	OPTION_GROUP,      /* of likwid's */
	OPTION_BUILD,      /* must be this program's */
	OPTION_ALLOCATORS, /* comma lists */
	OPTION_PLATFORMS,
	OPTION_POOLS,
	OPTION_WORKLOADS,
	OPTION_ORDERS,
	OPTION_LOCKS,
	OPTION_NUMBERS,
	OPTION_CPUS,      /* numbers, or all */
	OPTION_FLUSHES,   /* one model; repeated for several */
	OPTION_ALLOCATOR, /* text, read later */
	OPTION_VARIANT,   /* an allocator with one number of pools */
	OPTION_SIDE,      /* base=FOLDER or new=FOLDER */
	OPTION_MACHINE,   /* a profile that sim runs on, or its file */
	OPTION_PROFILE,   /* a profile that has an IOTLB */
	OPTION_IOTLB,
	OPTION_KINDS
};

enum option_flags {
	OPTION_NOT_PLANNED = 1, /* says where or how to print, not what to measure */
	OPTION_ALONE = 2,       /* takes no other options beside it */
	OPTION_OPERAND = 4,     /* a word without a name; the row's name is what it stands for */
};

struct option_row {
	const char *name;     /* with its dashes */
	const char *alias;    /* another spelling, or NULL */
	const char *argument; /* what the value is called; NULL: there is none */
	const char *help;     /* a line for --help, without the default */
	const char *manual; /* sentences for the man page; NULL: those of help. `word` is literal */
	enum option_kind kind;
	unsigned int flags;    /* of enum option_flags */
	unsigned int commands; /* OPTIONS_BIT()s of the commands that have it */
	size_t field;          /* in struct options */
	const char *preset;    /* read where the option is not given; NULL: nothing is */
	const char *otherwise; /* what to say in place of preset */
	/* What bounds the value, by kind. */
	struct {
		uint64_t min, max;
	} whole;
	struct {
		double min, max;
	} number;
	const char *const *words;
	unsigned int word_count;
};

/* A command has fewer. */
#define OPTION_ROWS_MAX 100

#define OPTIONS_BIT(use) (1U << (use))

/* The table's row number @i, or NULL behind the last one. */
const struct option_row *option_row(unsigned int i);
/* The row of that name, or alias, that a command has; NULL: none. */
const struct option_row *option_find(const char *name, size_t length, enum options_use use);
/* The word that is not an option's, of a command; NULL: it takes none. */
const struct option_row *option_operand(enum options_use use);

/* The options of one command line while they are read. */
struct option_line {
	enum options_use use;
	struct options *to;
	unsigned int words;                              /* that were options */
	const struct option_row *given[OPTION_ROWS_MAX]; /* each once */
	unsigned int given_count;
};

/* Has an option been given that sets the field of @name's? */
bool option_was_given(const struct option_line *l, const char *name);
/* Reads @value as that of @name unless option_was_given(). It must be a good one. */
void option_default(struct option_line *l, const char *name, const char *value);

/* A value with where it belongs; @name is what the user wrote. */
struct option_value {
	const struct option_row *row;
	const char *name, *text;
	struct options *to;
};

/* Reads a value by its kind. 0, or -EINVAL with *e set. */
int option_read(const struct option_value *v, struct error *e);

/* How a shell completes a value. */
enum option_completion {
	COMPLETE_NOTHING,
	COMPLETE_WORD,   /* one of option_words() */
	COMPLETE_LIST,   /* several of them, with commas */
	COMPLETE_FILE,   /* one of them, or a file */
	COMPLETE_FOLDER, /* one of them, an equals sign and a folder */
};
enum option_completion option_completion(const struct option_row *row);
/* Calls @put with each of the words that a value may be, as far as they are known. */
void option_words(const struct option_row *row, void (*put)(void *to, const char *word), void *to);

/* Readers of comma lists, for option_read() alone. */
int option_read_allocators(const struct option_value *v, struct error *e);
int option_read_platforms(const struct option_value *v, struct error *e);
int option_read_pools(const struct option_value *v, struct error *e);
int option_read_workloads(const struct option_value *v, struct error *e);
int option_read_orders(const struct option_value *v, struct error *e);
int option_read_locks(const struct option_value *v, struct error *e);
int option_read_numbers(const struct option_value *v, struct error *e);
int option_read_cpus(const struct option_value *v, struct error *e);
int option_read_flushes(const struct option_value *v, struct error *e);
/* And of what one command alone has. */
int option_read_variant(const struct option_value *v, struct error *e);
int option_read_side(const struct option_value *v, struct error *e);
int option_read_machine(const struct option_value *v, struct error *e);
int option_read_profile(const struct option_value *v, struct error *e);
int option_read_iotlb(const struct option_value *v, struct error *e);

static inline void *option_field(const struct option_value *v)
{
	return (char *)v->to + v->row->field;
}

/* What a command makes of options that were not given, before the presets are read; 0, or -EINVAL with *e set. */
int options_run_defaults(struct option_line *l, struct error *e);
int options_sim_defaults(struct option_line *l, struct error *e);
int options_audit_defaults(struct option_line *l, struct error *e);
int options_compare_defaults(struct option_line *l, struct error *e);

#endif
