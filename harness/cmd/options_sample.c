// SPDX-License-Identifier: GPL-2.0-or-later
/* See options_table.h. What only the runner tells a sample. */
#include "cmd/options_table.h"

#include <string.h>

#include "version.h"
#include "base/parse.h"

static int read_calibration(const char *name, const char *value, double min, double max, double *to,
			    struct error *e)
{
	if (!parse_double(value, min, max, to))
		return error_set(e, "%s: '%.40s' is not a number from %g to %g", name, value, min,
				 max);
	return 0;
}

static int read_ticks(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_calibration(name, value, 1e-6, 1e3, &o->sample.ticks_per_ns, e);
}

static int read_clock_read(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_calibration(name, value, 0, 1e9, &o->sample.clock_read_ns, e);
}

/* The runner and what it starts must come from one build. */
static int read_build(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)o;
	if (strcmp(value, VERSION_BUILD) != 0)
		return error_set(e, "this is build %s, the runner's is %.60s: make again",
				 VERSION_BUILD, value);
	return 0;
}

static int read_flush_bias(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_calibration(name, value, 0, 1e9, &o->sample.flush_bias_ns, e);
}

static int read_think_bias(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_calibration(name, value, 0, 1e9, &o->sample.think_bias_ns, e);
}

static int read_details_fd(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 0, 1000, &v))
		return error_set(e, "%s: '%.40s' is not a file descriptor", name, value);
	o->sample.details_fd = (int)v;
	return 0;
}

static int read_json_fd(const char *name, const char *value, struct options *o, struct error *e)
{
	int details_fd = o->sample.details_fd;
	int err = read_details_fd(name, value, o, e);

	o->sample.json_fd = o->sample.details_fd;
	o->sample.details_fd = details_fd;
	return err;
}

static int read_counters_of_sample(const char *name, const char *value, struct options *o,
				   struct error *e)
{
	(void)name, (void)e;
	o->sample.counters_of_sample = value;
	return 0;
}

static int read_steps_only(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->sample.steps_only = true;
	return 0;
}

static const struct option sample_options[] = {
	{"--ticks-per-ns", "F", NULL, read_ticks, false},
	{"--clock-read-ns", "F", NULL, read_clock_read, false},
	{"--build", "ID", NULL, read_build, true},
	{"--flush-bias-ns", "F", NULL, read_flush_bias, false},
	{"--think-bias-ns", "F", NULL, read_think_bias, false},
	{"--details-fd", "N", NULL, read_details_fd, false},
	{"--json-fd", "N", NULL, read_json_fd, false},
	{"--counters-of-sample", "LIST", NULL, read_counters_of_sample, false},
	{"--steps-only", NULL, NULL, read_steps_only, false},
};

const struct option_table options_sample = {sample_options, COUNT(sample_options)};
