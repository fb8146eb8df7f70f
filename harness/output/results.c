// SPDX-License-Identifier: GPL-2.0-or-later
/* The results file as it grows: samples are added, and it is written anew. */
#include "output/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/replace_file.h"
#include "host/host_facts.h"

int results_new(struct results *r, const char *path, const struct context *c, struct error *e)
{
	struct stat st;

	memset(r, 0, sizeof(*r));
	/* Renaming over a device or a folder would destroy it. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(e, "%s is not a regular file: choose another with --out", path);
	r->keeps_old = true;
	r->path = strdup(path);
	r->root = json_pack("{s:o, s:[]}", "context", context_json(c), "benchmarks");
	r->suite = json_object_get(json_object_get(r->root, "context"), "iommubench");
	r->benchmarks = json_object_get(r->root, "benchmarks");
	if (!r->path || !r->root)
		return error_set(e,
				 "cannot describe this host in JSON: out of memory, or its facts "
				 "are not UTF-8");
	return 0;
}

int results_add_line(struct results *r, const json_t *sample, struct error *e)
{
	char *text = json_dumps(sample, JSON_COMPACT | JSON_REAL_PRECISION(12));
	size_t length = text ? strlen(text) : 0;
	char *longer = text ? realloc(r->lines, r->length + length + sizeof(",\n  ")) : NULL;

	if (!longer) {
		free(text);
		return error_set(e, "%s: no memory for one more sample", r->path);
	}
	r->lines = longer;
	r->length += (size_t)sprintf(r->lines + r->length, "%s  %s", r->length ? ",\n" : "", text);
	free(text);
	return 0;
}

json_t *results_failed_sample(const char *name, const char *message)
{
	json_t *text = json_string(message);

	return json_pack("{s:s, s:s, s:s, s:b, s:o, s:i, s:f, s:f, s:s}", "name", name, "run_name",
			 name, "run_type", "iteration", "error_occurred", 1, "error_message",
			 text ? text : json_string("message is not UTF-8"), "iterations", 0,
			 "real_time", 0.0, "cpu_time", 0.0, "time_unit", "ns");
}

void results_place(json_t *sample, const struct sample_place *p)
{
	/* Google Benchmark's own count, of the threads it started, is 1. */
	json_object_set_new(sample, "threads", json_integer(p->cpus));
	json_object_set_new(sample, "family_index", json_integer(p->cell));
	json_object_set_new(sample, "per_family_instance_index", json_integer(0));
	json_object_set_new(sample, "repetitions", json_integer(p->repetitions));
	json_object_set_new(sample, "repetition_index", json_integer(p->repetition));
	json_object_set_new(sample, "pass", json_string(p->pass));
	json_object_set_new(sample, "seed", json_integer((json_int_t)p->seed));
}

int results_add(struct results *r, json_t *sample, struct error *e)
{
	json_object_set_new(sample, "order",
			    json_integer((json_int_t)json_array_size(r->benchmarks)));
	json_array_append_new(r->benchmarks, sample);
	return results_add_line(r, sample, e);
}

static bool write_document(FILE *f, const void *results)
{
	const struct results *r = results;
	bool good = fputs("{\n\"context\": ", f) >= 0 &&
		    json_dumpf(json_object_get(r->root, "context"), f,
			       JSON_INDENT(1) | JSON_REAL_PRECISION(12)) == 0 &&
		    fputs(",\n\"benchmarks\": [\n", f) >= 0 &&
		    (!r->length || fwrite(r->lines, r->length, 1, f) == 1) &&
		    fputs(RESULTS_END, f) >= 0;

	return good;
}

void results_print(const struct results *r, FILE *out)
{
	write_document(out, r);
}

int results_write(struct results *r, struct error *e)
{
	const int err =
		(r->keeps_old ? replace_file_keep : replace_file)(r->path, write_document, r);

	r->keeps_old &= err != 0;
	return err ? error_set(e, "cannot write %s: %s: %s", r->path, strerror(-err),
			       r->loaded ? "mend that and resume it again" :
					   "choose another place with --out") :
		     0;
}

void results_close(struct results *r)
{
	json_decref(r->root);
	free(r->path);
	free(r->lines);
	memset(r, 0, sizeof(*r));
}

/* Letters that are safe in file names on any system. */
static void safe_name(char *name)
{
	for (; *name; name++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
			    *name))
			*name = '_';
	}
}

int results_default_path(char path[RESULTS_PATH_MAX], struct error *e)
{
	char date[40];
	struct host_facts h;
	time_t now = time(NULL);
	struct tm tm;

	host_facts_read(&h);
	safe_name(h.name);
	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(path, RESULTS_PATH_MAX, "results/%s", h.name);
	if ((mkdir("results", 0777) && errno != EEXIST) || (mkdir(path, 0777) && errno != EEXIST))
		return error_set(e, "cannot make the folder %s: %s: choose a file with --out", path,
				 strerror(errno));
	snprintf(path, RESULTS_PATH_MAX, "results/%s/%s.json", h.name, date);
	return 0;
}
