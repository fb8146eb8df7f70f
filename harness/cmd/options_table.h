/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the command line: each option is a row of a table, with its reader, its argument and its
 * help; each command has a table. Readers that several commands share are declared here.
 */
#ifndef IOMMUBENCH_OPTIONS_TABLE_H
#define IOMMUBENCH_OPTIONS_TABLE_H

#include "cmd/options.h"

/* Reads @value, NULL if there is none, of the option @name into *o. 0, or -EINVAL with *e set. */
typedef int (*option_reader)(const char *name, const char *value, struct options *o,
			     struct error *e);

struct option {
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *help;
	option_reader read;
	bool not_planned; /* says where or how to print, not what to measure */
};

struct option_table {
	const struct option *option;
	size_t count;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

extern const struct option_table options_run, options_sample, options_audit, options_sim,
	options_compare;

/* What was not given; set_defaults() in options.c has the defaults of all commands. */
int options_audit_defaults(struct options *o, struct error *e);
void options_sim_defaults(struct options *o);
int options_compare_defaults(struct options *o, struct error *e);

#define SECONDS_MAX 3600.0
#define THREADS_MAX 4096

/* Calls @item for each part of a comma list. */
int for_each_item(const char *name, const char *value, struct options *o, struct error *e,
		  option_reader item);
/* A comma list's reader, made of an item's. */
#define LIST_READER(list, item)                                                           \
	int list(const char *name, const char *value, struct options *o, struct error *e) \
	{                                                                                 \
		return for_each_item(name, value, o, e, item);                            \
	}
int list_full(const char *name, struct error *e);
/* A file's name; it must not be empty. */
int read_path(const char *name, const char *value, const char **path, struct error *e);

#define DECLARE_READER(reader) \
	int reader(const char *name, const char *value, struct options *o, struct error *e)
DECLARE_READER(add_cpus);
DECLARE_READER(read_allocators);
DECLARE_READER(read_pools);
DECLARE_READER(read_workloads);
DECLARE_READER(read_cpus);
DECLARE_READER(read_flush);
DECLARE_READER(read_occupancy);
DECLARE_READER(read_entries);
DECLARE_READER(read_lock);
DECLARE_READER(read_think);
DECLARE_READER(read_seconds);
DECLARE_READER(read_seed);
DECLARE_READER(read_filter);
DECLARE_READER(read_dry_run);
DECLARE_READER(read_out);
/* These the machinery itself has to know. */
DECLARE_READER(read_resume);
DECLARE_READER(read_list_tests);
DECLARE_READER(read_lock_sample);
#undef DECLARE_READER

#endif
