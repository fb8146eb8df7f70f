// SPDX-License-Identifier: GPL-2.0-or-later
/* See results.h. */
#include "output/results.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "version.h"

/* @word as a shell would take it; NULL if it is not UTF-8 or memory is short. */
static json_t *quoted(const char *word)
{
	json_t *text = json_string("");
	const char *quote;

	if (*word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_=.,:/+@%^")]) {
		json_decref(text);
		return json_string(word);
	}
	while (text && (quote = strchr(word, '\''))) {
		json_t *longer = json_sprintf("%s%.*s'\\''", json_string_value(text),
					      (int)(quote - word), word);

		json_decref(text);
		text = longer;
		word = quote + 1;
	}
	if (text) {
		json_t *whole = json_sprintf("'%s%s'", json_string_value(text), word);

		json_decref(text);
		text = whole;
	}
	return text;
}

/* The command line, to be given to a shell again. */
static json_t *join_words(int argc, char *const *argv)
{
	json_t *joined = json_string("iommubench");

	for (int i = 0; i < argc; i++) {
		json_t *word = quoted(argv[i]);
		/* Bytes that are not UTF-8 cannot be in JSON. */
		json_t *longer = json_sprintf("%s %s", json_string_value(joined),
					      word ? json_string_value(word) : "?");

		json_decref(word);
		json_decref(joined);
		joined = longer;
	}
	return joined;
}

static json_t *given_options(const struct plan_request *o)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < o->given_count; i++) {
		const struct option_given *g = &o->given[i];

		json_array_append_new(list, g->value ? json_sprintf("%s=%s", g->name, g->value) :
						       json_string(g->name));
	}
	return list;
}

static json_t *describe_host(const struct host_facts *h, const struct topology *t)
{
	json_t *order = json_array();

	for (unsigned int i = 0; i < t->ncpus; i++)
		json_array_append_new(order, json_integer(t->os_cpu[i]));
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i, s:i}, s:o}",
		"name", h->name, "arch", h->arch, "kernel", h->kernel, "cpu_model", h->cpu_model,
		"virtualisation", h->virtualisation, "governor", h->governor, "smt", h->smt, "aslr",
		h->aslr, "clocksource", h->clocksource, "topology", "packages", t->packages,
		"numa_nodes", t->numa_nodes, "cores", t->cores, "pus", t->ncpus, "cpu_order",
		order);
}

/* Google Benchmark's list of caches, from hwloc. */
static json_t *describe_caches(const struct topology *t)
{
	static const hwloc_obj_type_t types[] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE,
						 HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
	static const char *const names[] = {
		[HWLOC_OBJ_CACHE_UNIFIED] = "Unified",
		[HWLOC_OBJ_CACHE_DATA] = "Data",
		[HWLOC_OBJ_CACHE_INSTRUCTION] = "Instruction",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		hwloc_obj_t o = hwloc_get_next_obj_by_type(t->hwloc, types[i], NULL);

		if (!o)
			continue;
		json_array_append_new(
			list, json_pack("{s:s, s:i, s:I, s:i}", "type", names[o->attr->cache.type],
					"level", (int)o->attr->cache.depth, "size",
					(json_int_t)o->attr->cache.size, "num_sharing",
					hwloc_bitmap_weight(o->cpuset)));
	}
	return list;
}

static json_t *omissions(const struct plan *plan)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < plan->omission_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "cell", plan->omissions[i].cell,
						      "reason", plan->omissions[i].reason));
	return list;
}

static json_t *describe_suite(const struct plan_request *o, const struct plan *plan, size_t samples,
			      const struct topology *t, const struct host_facts *h,
			      const struct clock_calibration *clock, int argc, char *const *argv)
{
	return json_pack(
		"{s:i, s:s, s:s, s:b, s:s, s:s, s:o, s:o, s:b, s:b, s:I, s:o,"
		" s:{s:s, s:f, s:f, s:f, s:b}, s:I, s:I, s:f, s:i, s:[], s:[], s:o}",
		"format", RESULTS_FORMAT, "version", VERSION_STRING, "commit", VERSION_COMMIT,
		"dirty", VERSION_DIRTY, "compiler", VERSION_COMPILER, "cflags", VERSION_CFLAGS,
		"arguments", given_options(o), "command_line", join_words(argc, argv), "complete",
		0, "interrupted", 0, "planned_samples", (json_int_t)samples, "host",
		describe_host(h, t), "clock", "source", clock_source(), "ticks_per_ns",
		clock->ticks_per_ns, "step_ns", clock->step_ns, "read_ns", clock->read_ns, "global",
		clock_ticks_are_global(), "entries", (json_int_t)o->entries, "seed",
		(json_int_t)o->seed, "seconds", o->seconds, "repetitions", (int)o->repetitions,
		"flush_models", "think_times", "omitted", omissions(plan));
}

static void date_now(char text[40])
{
	time_t now = time(NULL);
	struct tm tm;

	/* ISO 8601 in UTC, as the host's zone says nothing about the figures. */
	gmtime_r(&now, &tm);
	strftime(text, 40, "%Y-%m-%dT%H:%M:%S+00:00", &tm);
}

int results_new(struct results *r, const char *path, const struct plan_request *o,
		const struct plan *plan, size_t samples, const struct topology *t,
		const struct clock_calibration *clock, int argc, char *const *argv, struct error *e)
{
	struct host_facts h;
	char date[40];

	memset(r, 0, sizeof(*r));
	host_facts_read(&h);
	date_now(date);
	r->path = strdup(path);
	r->suite = describe_suite(o, plan, samples, t, &h, clock, argc, argv);
	r->benchmarks = json_array();
	r->root =
		json_pack("{s:{s:s, s:s, s:s, s:i, s:f, s:b, s:o, s:[f,f,f], s:s, s:o}, s:o}",
			  "context", "date", date, "host_name", h.name, "executable", "iommubench",
			  "num_cpus", (int)t->ncpus, "mhz_per_cpu", h.mhz, "cpu_scaling_enabled",
			  strcmp(h.governor, "none") != 0 && strcmp(h.governor, "performance") != 0,
			  "caches", describe_caches(t), "load_avg", h.load[0], h.load[1], h.load[2],
			  "library_build_type", "release", "iommubench", r->suite, "benchmarks",
			  r->benchmarks);
	if (!r->path || !r->root)
		return error_set(e,
				 "cannot describe this host in JSON: out of memory, or its facts "
				 "are not UTF-8");
	return 0;
}

static const char *suite_string(const struct results *r, const char *key)
{
	const char *s = json_string_value(json_object_get(r->suite, key));

	return s ? s : "?";
}

/* A run may only be completed by what began it. */
static int same_maker(const struct results *r, struct error *e)
{
	const char *host =
		json_string_value(json_object_get(json_object_get(r->suite, "host"), "name"));
	struct host_facts h;

	host_facts_read(&h);
	if (!host || strcmp(host, h.name) != 0)
		return error_set(e,
				 "%s: was begun on host '%.60s', this is '%.60s': resume it there",
				 r->path, host ? host : "?", h.name);
	if (strcmp(suite_string(r, "commit"), VERSION_COMMIT) != 0 ||
	    json_boolean_value(json_object_get(r->suite, "dirty")) != VERSION_DIRTY ||
	    strcmp(suite_string(r, "compiler"), VERSION_COMPILER) != 0 ||
	    strcmp(suite_string(r, "cflags"), VERSION_CFLAGS) != 0)
		return error_set(e,
				 "%s: was begun by another build (commit %.12s, %.40s): "
				 "figures of two builds must not mix: start a new run",
				 r->path, suite_string(r, "commit"), suite_string(r, "compiler"));
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

int results_load(struct results *r, const char *path, struct error *e)
{
	json_t *format, *sample;
	json_error_t why;
	size_t i;

	memset(r, 0, sizeof(*r));
	r->path = strdup(path);
	r->root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (!r->root)
		r->root = results_load_torn(path);
	if (!r->path || !r->root)
		return why.line > 0 ? error_set(e, "%s: cannot be read as results: line %d: %.200s",
						path, why.line, why.text) :
				      error_set(e, "%s: cannot be read as results: %.200s", path,
						why.text);
	r->suite = json_object_get(json_object_get(r->root, "context"), "iommubench");
	r->benchmarks = json_object_get(r->root, "benchmarks");
	format = json_object_get(r->suite, "format");
	if (!json_is_object(r->suite) || !json_is_array(r->benchmarks))
		return error_set(e, "%s: is not a results file of iommubench", path);
	if (!json_is_integer(format) || json_integer_value(format) != RESULTS_FORMAT)
		return error_set(e, "%s: has another format than %d, which this version writes",
				 path, RESULTS_FORMAT);
	if (json_is_true(json_object_get(r->suite, "complete")))
		return error_set(e, "%s: is complete: there is nothing to resume", path);
	json_array_foreach (r->benchmarks, i, sample) {
		if (results_add_line(r, sample, e))
			return -EINVAL;
	}
	return same_maker(r, e);
}

char **results_arguments(const struct results *r, int *count)
{
	json_t *list = json_object_get(r->suite, "arguments"), *item;
	char **words = calloc(json_array_size(list) + 1, sizeof(*words));
	size_t i;

	*count = 0;
	json_array_foreach (list, i, item) {
		if (words && json_string_value(item))
			words[(*count)++] = strdup(json_string_value(item));
	}
	return words;
}

bool results_has(const struct results *r, const char *cell, const char *pass,
		 unsigned int repetition)
{
	json_t *b;
	size_t i;

	json_array_foreach (r->benchmarks, i, b) {
		const char *name = json_string_value(json_object_get(b, "name"));
		const char *of = json_string_value(json_object_get(b, "pass"));

		if (name && of && strcmp(name, cell) == 0 && strcmp(of, pass) == 0 &&
		    json_integer_value(json_object_get(b, "repetition_index")) == repetition)
			return true;
	}
	return false;
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

static bool write_document(const struct results *r, FILE *f)
{
	bool good = fputs("{\n\"context\": ", f) >= 0 &&
		    json_dumpf(json_object_get(r->root, "context"), f,
			       JSON_INDENT(1) | JSON_REAL_PRECISION(12)) == 0 &&
		    fputs(",\n\"benchmarks\": [\n", f) >= 0 &&
		    (!r->length || fwrite(r->lines, r->length, 1, f) == 1) &&
		    fputs("\n]\n}\n", f) >= 0;

	return good;
}

void results_print(const struct results *r, FILE *out)
{
	write_document(r, out);
}

int results_write(const struct results *r, struct error *e)
{
	size_t length = strlen(r->path) + sizeof(".tmp");
	char *temporary = malloc(length);
	bool good = false;
	FILE *f;

	if (!temporary)
		return error_set(e, "no memory to write %s", r->path);
	snprintf(temporary, length, "%s.tmp", r->path);
	errno = 0;
	f = fopen(temporary, "we");
	if (f) {
		good = write_document(r, f);
		good &= fclose(f) == 0;
		good = good && rename(temporary, r->path) == 0;
	}
	if (!good) {
		error_set(e, "cannot write %s: %s: choose another place with --out", r->path,
			  errno ? strerror(errno) : "disk full?");
		unlink(temporary);
	}
	free(temporary);
	return good ? 0 : -EINVAL;
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

char *results_default_path(struct error *e)
{
	char path[300], date[40];
	struct host_facts h;
	time_t now = time(NULL);
	struct tm tm;

	host_facts_read(&h);
	safe_name(h.name);
	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(path, sizeof(path), "results/%s", h.name);
	if ((mkdir("results", 0777) && errno != EEXIST) || (mkdir(path, 0777) && errno != EEXIST)) {
		error_set(e, "cannot make the folder %s: %s: choose a file with --out", path,
			  strerror(errno));
		return NULL;
	}
	snprintf(path, sizeof(path), "results/%s/%s.json", h.name, date);
	return strdup(path);
}

int results_keep_old(const char *path, struct error *e)
{
	size_t length = strlen(path) + 2;
	struct stat st;
	char *old;
	int err = 0;

	if (stat(path, &st))
		return 0;
	/* Renaming over a device or a folder would destroy it. */
	if (!S_ISREG(st.st_mode))
		return error_set(e, "%s is not a regular file: choose another with --out", path);
	old = malloc(length);
	if (!old)
		return error_set(e, "no memory");
	snprintf(old, length, "%s~", path);
	/* A second name, not a move: until the first write succeeds the file stays where it is. */
	unlink(old);
	/* Where there are no hard links, a move must do. */
	if (link(path, old) && rename(path, old))
		err = error_set(e, "cannot keep %s as %s: %s", path, old, strerror(errno));
	free(old);
	return err;
}
