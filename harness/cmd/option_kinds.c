// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the value of an option by its kind: flags, numbers, times, words, files. */
#include "cmd/options_table.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "version.h"
#include "base/parse.h"

static int read_flag(const struct option_value *v, struct error *e)
{
	(void)e;
	*(bool *)option_field(v) = true;
	return 0;
}

static int read_set(const struct option_value *v, struct error *e)
{
	unsigned int *to = option_field(v), value = (unsigned int)v->row->whole.min;

	(void)e;
	if (*to < value)
		*to = value;
	return 0;
}

static int read_switch(const struct option_value *v, struct error *e)
{
	const bool on = !v->text || strcmp(v->text, "true") == 0;

	if (!on && strcmp(v->text, "false") != 0)
		return error_set(e, "%s: '%.40s': choose true or false", v->name, v->text);
	*(bool *)option_field(v) = on;
	return 0;
}

static int read_whole(const struct option_value *v, uint64_t *number, struct error *e)
{
	const uint64_t min = v->row->whole.min, max = v->row->whole.max;

	if (parse_u64(v->text, min, max, number))
		return 0;
	return error_set(e, "%s: '%.40s' is not a whole number from %llu to %llu", v->name, v->text,
			 (unsigned long long)min, (unsigned long long)max);
}

static int read_u64(const struct option_value *v, struct error *e)
{
	return read_whole(v, option_field(v), e);
}

static int read_uint(const struct option_value *v, struct error *e)
{
	uint64_t number = 0;
	int err = read_whole(v, &number, e);

	if (!err)
		*(unsigned int *)option_field(v) = (unsigned int)number;
	return err;
}

static int read_ulong(const struct option_value *v, struct error *e)
{
	uint64_t number = 0;
	int err = read_whole(v, &number, e);

	if (!err)
		*(unsigned long *)option_field(v) = (unsigned long)number;
	return err;
}

static int read_fd(const struct option_value *v, struct error *e)
{
	uint64_t number = 0;
	int err = read_whole(v, &number, e);

	if (!err)
		*(int *)option_field(v) = (int)number;
	return err;
}

static int not_a_number(const struct option_value *v, struct error *e)
{
	return error_set(e, "%s: '%.40s' is not a number from %g to %g", v->name, v->text,
			 v->row->number.min, v->row->number.max);
}

#define NUMBER_LENGTH_MAX 40

static int read_number(const struct option_value *v, struct error *e)
{
	if (strlen(v->text) < NUMBER_LENGTH_MAX &&
	    parse_double(v->text, v->row->number.min, v->row->number.max, option_field(v)))
		return 0;
	return not_a_number(v, e);
}

static int read_min_time(const struct option_value *v, struct error *e)
{
	size_t length = strlen(v->text);
	char text[NUMBER_LENGTH_MAX];

	snprintf(text, sizeof(text), "%s", v->text);
	if (length && length < sizeof(text) && text[length - 1] == 's')
		text[length - 1] = '\0';
	if (length < sizeof(text) &&
	    parse_double(text, v->row->number.min, v->row->number.max, option_field(v)))
		return 0;
	return not_a_number(v, e);
}

static int read_time(const struct option_value *v, struct error *e)
{
	if (parse_time(v->text, v->row->number.min, v->row->number.max, option_field(v)))
		return 0;
	return error_set(e, "%s: '%.40s' is not a time such as 90s, 5m or 1h, from %gs to %gh",
			 v->name, v->text, v->row->number.min, v->row->number.max / 3600);
}

static int read_choice(const struct option_value *v, struct error *e)
{
	char words[200] = "";

	for (unsigned int i = 0; i < v->row->word_count; i++) {
		if (strcmp(v->text, v->row->words[i]) == 0) {
			*(unsigned int *)option_field(v) = i;
			return 0;
		}
		strncat(words,
			!i                         ? "" :
			i + 1 < v->row->word_count ? ", " :
						     " or ",
			sizeof(words) - strlen(words) - 1);
		strncat(words, v->row->words[i], sizeof(words) - strlen(words) - 1);
	}
	return error_set(e, "%s: '%.40s': choose %s", v->name, v->text, words);
}

static int read_path(const struct option_value *v, struct error *e)
{
	*(const char **)option_field(v) = v->text;
	return *v->text ? 0 : error_set(e, "%s: needs a file name", v->name);
}

static int read_text(const struct option_value *v, struct error *e)
{
	*(const char **)option_field(v) = v->text;
	/* Blanks are none either. */
	return v->text[strspn(v->text, " \t\n")] ? 0 : error_set(e, "%s: needs a value", v->name);
}

static int read_filter(const struct option_value *v, struct error *e)
{
	const char *pattern = *v->text == '-' ? v->text + 1 : v->text;
	char why[100];
	regex_t regex;
	int err = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, &regex, why, sizeof(why));
		return error_set(e, "%s: '%.60s' is not a regular expression: %s", v->name, v->text,
				 why);
	}
	regfree(&regex);
	v->to->plan.filter = v->text;
	return 0;
}

static int read_group(const struct option_value *v, struct error *e)
{
	const size_t most = sizeof(((struct counter_plan *)0)->tool_group);
	size_t length = strspn(v->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (!length || v->text[length] || length >= most)
		return error_set(e,
				 "%s: '%.40s' cannot be the name of a group: likwid-perfctr -a "
				 "lists them",
				 v->name, v->text);
	v->to->plan.counters.likwid_group = v->text;
	return 0;
}

/* The runner and what it starts must come from one build. */
static int read_build(const struct option_value *v, struct error *e)
{
	if (strcmp(v->text, VERSION_BUILD) == 0)
		return 0;
	return error_set(e,
			 "this program is of build %s, the runner of build %.60s: run make again",
			 VERSION_BUILD, v->text);
}

int option_read(const struct option_value *v, struct error *e)
{
	static int (*const readers[OPTION_KINDS])(const struct option_value *, struct error *) = {
		[OPTION_FLAG] = read_flag,
		[OPTION_SET] = read_set,
		[OPTION_SWITCH] = read_switch,
		[OPTION_UINT] = read_uint,
		[OPTION_ULONG] = read_ulong,
		[OPTION_U64] = read_u64,
		[OPTION_FD] = read_fd,
		[OPTION_NUMBER] = read_number,
		[OPTION_MIN_TIME] = read_min_time,
		[OPTION_TIME] = read_time,
		[OPTION_CHOICE] = read_choice,
		[OPTION_PATH] = read_path,
		[OPTION_TEXT] = read_text,
		[OPTION_FILTER] = read_filter,
		[OPTION_GROUP] = read_group,
		[OPTION_BUILD] = read_build,
		[OPTION_ALLOCATOR] = read_text,
		[OPTION_ALLOCATORS] = option_read_allocators,
		[OPTION_PLATFORMS] = option_read_platforms,
		[OPTION_POOLS] = option_read_pools,
		[OPTION_WORKLOADS] = option_read_workloads,
		[OPTION_ORDERS] = option_read_orders,
		[OPTION_LOCKS] = option_read_locks,
		[OPTION_NUMBERS] = option_read_numbers,
		[OPTION_CPUS] = option_read_cpus,
		[OPTION_FLUSHES] = option_read_flushes,
		[OPTION_VARIANT] = option_read_variant,
		[OPTION_SIDE] = option_read_side,
		[OPTION_MACHINE] = option_read_machine,
		[OPTION_PROFILE] = option_read_profile,
		[OPTION_IOTLB] = option_read_iotlb,
	};

	return readers[v->row->kind](v, e);
}
