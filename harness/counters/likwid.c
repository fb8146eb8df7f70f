// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs samples under likwid-perfctr and reads its counts; likwid_marker.c is the sample's side. */
#include "counters/likwid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/run_program.h"
#include "counters/likwid_marker.h"

#define PROBE_SECONDS 15
/* Its access daemon takes a second to start, and it calibrates. */
#define MORE_SECONDS 30

#define FAILED_WORDS 3

static void unavailable(struct counter_entry *entry, const char *reason)
{
	snprintf(entry->reason, sizeof(entry->reason), "unavailable: %.250s", reason);
}

/* What likwid-perfctr said: its last line is often a blank one or a rule, the reason an ERROR. */
static void what_it_said(const char *text, int status, char *reason, size_t size)
{
	const char *error = strstr(text, "ERROR");
	char line[160];

	last_line_of(text, line, sizeof(line));
	if (error)
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(error, "\n"), error);
	if (status == -ETIMEDOUT)
		snprintf(reason, size, "likwid-perfctr hung: killed after %d s", PROBE_SECONDS);
	else if (status < 0)
		snprintf(reason, size, "likwid-perfctr: %s", strerror(-status));
	else
		snprintf(reason, size, "likwid-perfctr ended with %d: %s", status,
			 *line ? line : "no message");
}

void likwid_plan(const char *group, struct counter_plan *p)
{
	struct counter_entry *entry = &p->entry[p->count++];
	char text[4096], reason[250];
	int status;

	group = group ? group : LIKWID_DEFAULT_GROUP;
	snprintf(p->tool, sizeof(p->tool), "likwid");
	snprintf(p->tool_group, sizeof(p->tool_group), "%s", group);
	snprintf(entry->spec.name, sizeof(entry->spec.name), "likwid:%s", group);
	entry->spec.source = &counter_source_likwid;
	snprintf(entry->event, sizeof(entry->event), "group %s", group);
	if (!find_program("likwid-perfctr", p->tool_path)) {
		unavailable(entry, "likwid-perfctr is not in PATH: install likwid (x86 only)");
		return;
	}
	if (!likwid_marker_is_there()) {
		unavailable(entry,
			    "there is likwid-perfctr, but no liblikwid to mark the interval");
		return;
	}
	/* A dry run of the real thing, on the CPU this thread is pinned to. */
	const char *const words[] = {p->tool_path, "-c", "0", "-g", group, "/bin/true", NULL};

	status = run_program(words, PROBE_SECONDS, text, sizeof(text));
	if (status == 0 && !strstr(text, "ERROR")) {
		entry->present = true;
		p->groups = 1;
		return;
	}
	what_it_said(text, status, reason, sizeof(reason));
	unavailable(entry, reason);
}

int likwid_begin(const struct counter_plan *p, const unsigned int *os_cpu, unsigned int ncpus,
		 struct spawn_wrapper *w, struct error *e)
{
	size_t length = 0;

	memset(w, 0, sizeof(*w));
	/* A folder, as likwid-perfctr tells CSV by the file name's end. */
	snprintf(w->folder, sizeof(w->folder), "/tmp/iommubench.XXXXXX");
	if (!mkdtemp(w->folder))
		return error_set(e, "cannot make %s: %s", w->folder, strerror(errno));
	snprintf(w->path, sizeof(w->path), "%s/likwid.csv", w->folder);
	for (unsigned int i = 0; i < ncpus && length < sizeof(w->text); i++)
		length += (size_t)snprintf(w->text + length, sizeof(w->text) - length, "%s%u",
					   i ? "," : "", os_cpu[i]);
	if (length >= sizeof(w->text))
		return error_set(e, "too many CPUs for likwid-perfctr's command line");

	const char *const words[] = {p->tool_path,  "-c", w->text, "-g",
				     p->tool_group, "-m", "-o",    w->path};

	w->count = sizeof(words) / sizeof(words[0]);
	memcpy(w->words, words, sizeof(words));
	w->more_seconds = MORE_SECONDS;
	return 0;
}

/* The next field of a CSV line at *text, or false at the line's end. */
static bool next_field(const char **text, char *field, size_t size)
{
	size_t length = strcspn(*text, ",\n");

	if (!**text || **text == '\n')
		return false;
	snprintf(field, size, "%.*s", (int)length, *text);
	*text += length + ((*text)[length] == ',');
	return true;
}

static bool sum_of_line(const char *line, char *event, size_t size, double *sum)
{
	char field[100], *end;
	bool any = false;

	*sum = 0;
	if (!next_field(&line, event, size) || !next_field(&line, field, sizeof(field)))
		return false;
	while (next_field(&line, field, sizeof(field))) {
		double value = strtod(field, &end);

		if (end == field || *end)
			continue;
		*sum += value;
		any = true;
	}
	return any;
}

unsigned int likwid_parse(const char *text, void (*put)(void *arg, const char *event, double count),
			  void *arg)
{
	const char *table = strstr(text, "TABLE,Region ");
	const char *line = table ? strstr(table, "\nEvent,Counter,") : NULL;
	unsigned int found = 0;
	char event[100];
	double sum;

	while (line && (line = strchr(line + 1, '\n'))) {
		if (strncmp(line + 1, "TABLE,", 6) == 0 || strncmp(line + 1, "STRUCT,", 7) == 0)
			break;
		if (sum_of_line(line + 1, event, sizeof(event), &sum)) {
			put(arg, event, sum);
			found++;
		}
	}
	return found;
}

struct putting {
	json_t *sample;
	double pairs;
};

static void put_event(void *arg, const char *event, double count)
{
	const struct putting *to = arg;
	char name[120];

	snprintf(name, sizeof(name), "likwid:%s", event);
	json_object_set_new(to->sample, name, json_real(count / to->pairs));
}

int likwid_collect(struct spawn_wrapper *w, json_t *sample, struct error *e)
{
	struct putting to = {sample, json_number_value(json_object_get(sample, "iterations"))};
	char *text = sample ? spawn_wrapper_read(w) : NULL;
	bool good = text && to.pairs > 0 && likwid_parse(text, put_event, &to) > 0;

	free(text);
	spawn_wrapper_remove(w);
	if (!sample || good)
		return 0;
	return error_set(e, "likwid unavailable: likwid-perfctr wrote no counts of the interval");
}
