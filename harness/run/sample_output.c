// SPDX-License-Identifier: GPL-2.0-or-later
/* Collects what a sample process wrote and turns it into an entry of the results. */
#include "run/sample_output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/run_program.h"
#include "output/figure_list.h"

/* The last line with text in it that a process wrote to @fd. */
static void last_line(int fd, char *text, size_t size)
{
	char buffer[4096];
	const off_t end = lseek(fd, 0, SEEK_END), most = sizeof(buffer) - 1;
	ssize_t got = pread(fd, buffer, (size_t)most, end > most ? end - most : 0);

	buffer[got > 0 ? got : 0] = '\0';
	last_line_of(buffer, text, size);
	if (!*text)
		snprintf(text, size, "no message");
}

static json_t *load_output(int fd)
{
	lseek(fd, 0, SEEK_SET);
	return json_loadfd(fd, JSON_REJECT_DUPLICATES, NULL);
}

/* Both may be there: then neither is lost. */
static void rename_key(json_t *of, const char *old, const char *new)
{
	json_t *value = json_object_get(of, old);

	if (!value || json_object_get(of, new))
		return;
	json_object_set(of, new, value);
	json_object_del(of, old);
}

/*
 * The sample of a program from before results format 2, as a whole tree of `make compare` may have one, reads as
 * one of ours. report/read/format1.py does the same.
 */
static void upgrade(json_t *sample)
{
	size_t count, i;
	const struct figure *list = figure_list(&count);
	json_t *thread;

	for (i = 0; i < count; i++) {
		if (list[i].format1)
			rename_key(sample, list[i].format1, list[i].name);
	}
	json_array_foreach (json_object_get(sample, "per_thread"), i, thread)
		rename_key(thread, "pairs", "ops");
}

/* Google Benchmark's entry, under the cell's own name and with the details merged in. */
static json_t *merge(const struct sample_output *out, const char *name)
{
	json_t *report = load_output(out->json);
	json_t *entry = json_array_get(json_object_get(report, "benchmarks"), 0);
	json_t *details = load_output(out->details);

	json_incref(entry);
	if (entry) {
		/* Google Benchmark appends "/iterations:1/manual_time". */
		json_object_set_new(entry, "name", json_string(name));
		json_object_set_new(entry, "run_name", json_string(name));
		if (details)
			json_object_update(entry, details);
		upgrade(entry);
	}
	json_decref(details);
	json_decref(report);
	return entry;
}

int sample_output_collect(const struct sample_output *out, int status, const char *name,
			  json_t **sample, struct error *e)
{
	const char *message;
	char line[300];

	if (WIFSIGNALED(status)) {
		last_line(out->errors, line, sizeof(line));
		return error_set(e, "killed by signal %d (%s): %s", WTERMSIG(status),
				 strsignal(WTERMSIG(status)), line);
	}
	*sample = merge(out, name);
	message = json_string_value(json_object_get(*sample, "error_message"));
	if (WEXITSTATUS(status) == 0 && *sample && !message)
		return 0;
	last_line(out->errors, line, sizeof(line));
	error_set(e, "%.300s", message ? message : line);
	if (!message && WEXITSTATUS(status))
		error_set(e, "exit status %d: %s", WEXITSTATUS(status), line);
	json_decref(*sample);
	*sample = NULL;
	return -EINVAL;
}

int sample_output_open(struct sample_output *out)
{
	out->json = memfd_create("json", MFD_CLOEXEC);
	out->details = memfd_create("details", MFD_CLOEXEC);
	out->errors = memfd_create("errors", MFD_CLOEXEC);
	return out->json < 0 || out->details < 0 || out->errors < 0 ? -errno : 0;
}

void sample_output_close(struct sample_output *out)
{
	if (out->json >= 0)
		close(out->json);
	if (out->details >= 0)
		close(out->details);
	if (out->errors >= 0)
		close(out->errors);
}
