// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a sample under callgrind and reads how much it counted. */
#include "counters/callgrind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/run_program.h"

#define PROBE_SECONDS 20
/* valgrind is some 50 times slower than the processor. */
#define MORE_SECONDS 600

/* The simulated caches: the same on every host, whatever it has. */
#define CACHES      "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64"
#define CACHES_TEXT "L1 32 KiB 8-way, LL 8 MiB 16-way, lines of 64 bytes"

#define ONE_CPU "valgrind runs one thread at a time: cells of one CPU only"

static const struct {
	const char *name, *event;
} figures[] = {
	{"instructions", "Ir of callgrind, user mode, exact"},
	{"simulated_l1d_misses", "D1mr + D1mw of callgrind: " CACHES_TEXT},
	{"simulated_llc_misses", "DLmr + DLmw of callgrind: " CACHES_TEXT},
};
#define FIGURES (sizeof(figures) / sizeof(figures[0]))

/* NULL if valgrind works, or why not. */
static const char *probe(struct counter_plan *p)
{
	char text[200];
	const char *const words[] = {p->tool_path, "--version", NULL};

	if (!find_program("valgrind", p->tool_path))
		return "valgrind is not in PATH: install valgrind";
	if (run_program(words, PROBE_SECONDS, text, sizeof(text)) != 0)
		return "valgrind --version fails";
	last_line_of(text, p->tool, sizeof(p->tool));
	return NULL;
}

void callgrind_plan(struct counter_plan *p)
{
	const char *why = probe(p);

	for (size_t i = 0; i < FIGURES; i++) {
		struct counter_entry *entry = &p->entry[p->count++];

		strcpy(entry->spec.name, figures[i].name);
		strcpy(entry->event, figures[i].event);
		entry->present = !why;
		if (why)
			strcpy(entry->reason, why);
	}
	p->groups = !why;
	p->one_cpu_only = true;
	p->one_cpu_reason = ONE_CPU;
}

int callgrind_begin(const struct counter_plan *p, struct spawn_wrapper *w, struct error *e)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->folder, sizeof(w->folder), "/tmp/iommubench.XXXXXX");
	if (!mkdtemp(w->folder))
		return error_set(e, "cannot make %s: %s", w->folder, strerror(errno));
	snprintf(w->path, sizeof(w->path), "%s/callgrind.out", w->folder);
	snprintf(w->text, sizeof(w->text), "--callgrind-out-file=%s", w->path);

	const char *const words[] = {
		p->tool_path,
		"--tool=callgrind",
		"--quiet",
		"--collect-atstart=no",
		"--toggle-collect=" STEPS_COUNTED,
		"--cache-sim=yes",
		CACHES,
		w->text,
	};

	w->count = sizeof(words) / sizeof(words[0]);
	memcpy(w->words, words, sizeof(words));
	w->repeatable = true;
	w->more_seconds = MORE_SECONDS;
	return 0;
}

static const char *line_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? line + strlen(key) : NULL;
}

/*
 * The value of the event called @name: as many fields into @values as @name is into @names. Fields
 * at the end that are 0 are not written. False if there is no such name.
 */
static bool field_of(const char *names, const char *values, const char *name, double *value)
{
	size_t length = strlen(name);

	for (;;) {
		char *end;

		names += strspn(names, " ");
		values += strspn(values, " ");
		if (*names == '\n' || !*names)
			return false;
		*value = *values == '\n' ? 0 : strtod(values, &end);
		if (*values != '\n' && end == values)
			return false;
		if (strncmp(names, name, length) == 0 && strchr(" \n", names[length]))
			return true;
		names += strcspn(names, " \n");
		values = *values == '\n' ? values : end;
	}
}

int callgrind_parse(const char *text, struct callgrind_counts *counts, struct error *e)
{
	const char *names = line_of(text, "\nevents:"), *values = line_of(text, "\ntotals:");
	double reads, writes;

	if (!names || !values)
		return error_set(e, "callgrind's file has no counts");
	if (!field_of(names, values, "Ir", &counts->instructions) || !(counts->instructions > 0))
		return error_set(e, "callgrind counted no instruction of the loop");
	if (!field_of(names, values, "D1mr", &reads) || !field_of(names, values, "D1mw", &writes))
		return error_set(e, "callgrind's file lacks D1mr or D1mw");
	counts->l1d_misses = reads + writes;
	if (!field_of(names, values, "DLmr", &reads) || !field_of(names, values, "DLmw", &writes))
		return error_set(e, "callgrind's file lacks DLmr or DLmw");
	counts->llc_misses = reads + writes;
	return 0;
}

int callgrind_collect(struct spawn_wrapper *w, json_t *sample, struct error *e)
{
	double pairs = json_number_value(json_object_get(sample, "iterations"));
	struct callgrind_counts counts;
	char *text;
	int err;

	if (!sample) {
		spawn_wrapper_remove(w);
		return 0;
	}
	text = spawn_wrapper_read(w);
	spawn_wrapper_remove(w);
	err = text ? callgrind_parse(text, &counts, e) :
		     error_set(e, "callgrind wrote nothing to %s", w->path);
	free(text);
	if (err)
		return err;
	json_object_set_new(sample, figures[0].name, json_real(counts.instructions / pairs));
	json_object_set_new(sample, figures[1].name, json_real(counts.l1d_misses / pairs));
	json_object_set_new(sample, figures[2].name, json_real(counts.llc_misses / pairs));
	return 0;
}
