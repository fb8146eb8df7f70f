// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens the programs of a side of a comparison, and reads where they come from. */
#include "run/sides.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

/* That a mail box may have. */
#define PATCHES_MAX 100000

/* FNV-1a, 64 bits: enough to tell programs apart. */
static int hash_file(int fd, const char *path, uint64_t *hash, struct error *e)
{
	unsigned char buffer[65536];
	ssize_t got;

	*hash = UINT64_C(0xcbf29ce484222325);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			*hash = (*hash ^ buffer[i]) * UINT64_C(0x100000001b3);
	}
	return got < 0 ? error_set(e, "cannot read %.300s: %s", path, strerror(errno)) : 0;
}

/* The next layout, if @path is there. 1 if it is not. */
static int add_program(struct side_programs *s, const char *path, struct error *e)
{
	int fd;

	if (access(path, F_OK))
		return 1;
	if (access(path, X_OK))
		return error_set(e, "%.300s: cannot be executed: %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(e, "cannot read %.300s: %s", path, strerror(errno));
	s->program[s->layouts].fd = fd;
	return hash_file(fd, path, &s->hash[s->layouts++], e);
}

/* "KEY VALUE" into the facts. */
static int read_fact(struct side_programs *s, char *line, struct error *e)
{
	static const char *const texts[] = {"revision", "commit", "subject",  "what",
					    "version",  "hash",   "unchanged"};
	char *value = strchr(line, ' ');
	json_t *text;
	uint64_t patches;

	if (!value)
		return error_set(e, "'%.40s': expected KEY VALUE", line);
	*value++ = '\0';
	if (strcmp(line, "dirty") == 0) {
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return error_set(e, "dirty: '%.40s' is neither yes nor no", value);
		json_object_set_new(s->facts, line, json_boolean(strcmp(value, "yes") == 0));
		return 0;
	}
	if (strcmp(line, "patches") == 0) {
		if (!parse_u64(value, 1, PATCHES_MAX, &patches))
			return error_set(e, "patches: '%.40s' is not a whole number from 1 to %d",
					 value, PATCHES_MAX);
		json_object_set_new(s->facts, line, json_integer((json_int_t)patches));
		return 0;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(line, texts[i]) != 0)
			continue;
		text = json_string(value);
		json_object_set_new(s->facts, line, text ? text : json_string("is not UTF-8"));
		return 0;
	}
	return error_set(e,
			 "'%.40s': expected revision, commit, subject, dirty, version, hash, "
			 "patches, unchanged or what",
			 line);
}

static int check_what(struct side_programs *s, struct error *e)
{
	const char *what = json_string_value(json_object_get(s->facts, "what"));

	if (!what || (strcmp(what, "sources") != 0 && strcmp(what, "tree") != 0 &&
		      strcmp(what, "kernel") != 0))
		return error_set(e, "what: is none of sources, tree and kernel");
	s->tree = strcmp(what, "tree") == 0;
	return 0;
}

static int read_about(const char *path, struct side_programs *s, struct error *e)
{
	FILE *f = fopen(path, "re");
	char line[1000];
	struct error why;
	unsigned int number = 0;
	int err = 0;

	if (!f)
		return errno == ENOENT ? 0 : error_set(e, "%.300s: %s", path, strerror(errno));
	s->facts = json_object();
	while (!err && fgets(line, sizeof(line), f)) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		err = read_fact(s, line, &why);
	}
	if (!err)
		err = check_what(s, &why);
	fclose(f);
	return err ? error_set(e, "%.200s: line %u: %.200s", path, number, why.text) : 0;
}

int side_open(const char *path, struct side_programs *s, struct error *e)
{
	char file[PATH_MAX];
	int err = 0;

	memset(s, 0, sizeof(*s));
	if (strlen(path) > PATH_MAX - 32)
		return error_set(e, "the name of a folder is too long: '%.40s...'", path);
	while (!err && s->layouts < SIDE_LAYOUTS_MAX) {
		snprintf(file, sizeof(file), "%s/iommubench-%u", path, s->layouts + 1);
		err = add_program(s, file, e);
	}
	if (err < 0)
		return err;
	if (!s->layouts)
		return error_set(e,
				 "%.300s: has no iommubench-1: expected a folder with programs to "
				 "compare, as make compare builds",
				 path);
	snprintf(file, sizeof(file), "%s/about", path);
	return read_about(file, s, e);
}

int side_open_self(struct side_programs *s, struct error *e)
{
	memset(s, 0, sizeof(*s));
	return add_program(s, "/proc/self/exe", e) ? -EINVAL : 0;
}

void side_close(struct side_programs *s)
{
	for (unsigned int i = 0; i < s->layouts; i++)
		close(s->program[i].fd);
	json_decref(s->facts);
	memset(s, 0, sizeof(*s));
}

json_t *side_hashes(const struct side_programs *s)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < s->layouts; i++)
		json_array_append_new(list,
				      json_sprintf("%016llx", (unsigned long long)s->hash[i]));
	return list;
}
