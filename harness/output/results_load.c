// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the results file of a run that was interrupted, so that it can be resumed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "version.h"
#include "host/host_facts.h"
#include "output/results.h"

static const char *suite_string(const struct results *r, const char *key)
{
	const char *s = json_string_value(json_object_get(r->suite, key));

	return s ? s : "?";
}

/* A run may only be resumed on the host and by the build that began it. */
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

/* The file's text with room for RESULTS_END; NULL if it cannot be read. */
static char *read_text(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	struct stat st;
	size_t got;

	if (f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode))
		text = malloc((size_t)st.st_size + sizeof(RESULTS_END));
	if (text) {
		got = fread(text, 1, (size_t)st.st_size, f);
		text[got] = '\0';
	}
	if (f)
		fclose(f);
	return text;
}

json_t *results_load_torn(const char *path)
{
	char *text = read_text(path), *last = NULL;
	json_t *root, *suite;

	/* Samples are a line each. */
	for (char *at = text; at && (at = strstr(at, ",\n")); at++)
		last = at;
	if (last)
		strcpy(last, RESULTS_END);
	root = last ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	free(text);
	suite = json_object_get(json_object_get(root, "context"), "iommubench");
	/* Only comparisons append; any other file was not cut off by us. */
	if (!json_is_object(json_object_get(suite, "comparison"))) {
		json_decref(root);
		return NULL;
	}
	return root;
}

/* Has it what says which sample it is? */
static bool is_sample(const json_t *sample)
{
	return json_is_string(json_object_get(sample, "name")) &&
	       json_is_string(json_object_get(sample, "pass")) &&
	       json_is_integer(json_object_get(sample, "family_index")) &&
	       json_is_integer(json_object_get(sample, "repetition_index"));
}

static int check_arguments(const struct results *r, struct error *e)
{
	json_t *list = json_object_get(r->suite, "arguments"), *item;
	bool good = json_is_array(list);
	size_t i;

	json_array_foreach (list, i, item)
		good &= json_is_string(item);
	return good ? 0 : error_set(e, "%s: its arguments are no list of words", r->path);
}

int results_load(struct results *r, const char *path, struct error *e)
{
	json_t *format, *sample;
	json_error_t why;
	size_t i;

	memset(r, 0, sizeof(*r));
	r->loaded = true;
	r->path = strdup(path);
	if (!r->path)
		return error_set(e, "no memory for results");
	r->root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (!r->root) {
		r->root = results_load_torn(path);
		r->torn = r->root;
	}
	if (!r->root)
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
	if (check_arguments(r, e))
		return -EINVAL;
	json_array_foreach (r->benchmarks, i, sample) {
		if (!is_sample(sample))
			return error_set(e,
					 "%s: its sample %zu is none of iommubench's: start anew",
					 path, i);
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
		if (words && !(words[i] = strdup(json_string_value(item))))
			break;
		++*count;
	}
	if (!words || *count == (int)json_array_size(list))
		return words;
	for (char **w = words; *w; w++)
		free(*w);
	free(words);
	return NULL;
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
