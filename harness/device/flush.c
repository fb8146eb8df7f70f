// SPDX-License-Identifier: GPL-2.0-or-later
/* Models of what a flush costs, and the device that spends it. */
#include "flush.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "lockstat.h"
#include "base/error.h"
#include "base/parse.h"
#include "device/profile.h"
#include "host/delay.h"

static bool number(const char **p, uint64_t max, uint64_t *value)
{
	return parse_u64_prefix(p, value) && *value <= max;
}

static int from_profile(const char *text, struct flush_model *model, struct error *e)
{
	struct profile profile;
	int err = profile_load(text, &profile, e);

	if (err == -ENOENT)
		return error_set(e,
				 "flush '%.40s': expected none, spin:NS, "
				 "mmio:WRITES,WRITE_NS,READ_NS, hcall:NS "
				 "(at most %llu ns) or a profile of iommubench list --profiles",
				 text, (unsigned long long)FLUSH_NS_MAX);
	if (err)
		return err;
	if (!profile.has_flush)
		return error_set(e, "flush '%.40s': that profile says nothing of flushes", text);
	model->writes = profile.flush_writes.value;
	model->write_ns = profile.flush_write_ns.value;
	model->read_ns = profile.flush_read_ns.value;
	return 0;
}

int flush_model_parse(const char *text, struct flush_model *model, struct error *e)
{
	const char *p = text;

	memset(model, 0, sizeof(*model));
	if (strlen(text) >= sizeof(model->name))
		return error_set(e, "flush '%.40s...': too long", text);
	strcpy(model->name, text);

	if (strcmp(text, "none") == 0) {
		model->none = true;
		return 0;
	}
	/* One spelling a model: names of cells come from it. */
	model->hcall = parse_word(&p, "hcall:");
	if ((model->hcall || parse_word(&p, "spin:")) &&
	    number(&p, FLUSH_NS_MAX, &model->read_ns) && !*p) {
		snprintf(model->name, sizeof(model->name), "%s:%llu",
			 model->hcall ? "hcall" : "spin", (unsigned long long)model->read_ns);
		return 0;
	}
	p = text;
	if (parse_word(&p, "mmio:") && number(&p, FLUSH_NS_MAX, &model->writes) &&
	    parse_word(&p, ",") && number(&p, FLUSH_NS_MAX, &model->write_ns) &&
	    parse_word(&p, ",") && number(&p, FLUSH_NS_MAX, &model->read_ns) && !*p &&
	    flush_model_ns(model) <= FLUSH_NS_MAX) {
		snprintf(model->name, sizeof(model->name), "mmio:%llu,%llu,%llu",
			 (unsigned long long)model->writes, (unsigned long long)model->write_ns,
			 (unsigned long long)model->read_ns);
		return 0;
	}
	memset(model, 0, sizeof(*model));
	strcpy(model->name, text);
	return from_profile(text, model, e);
}

uint64_t flush_model_ns(const struct flush_model *model)
{
	return model->writes * model->write_ns + model->read_ns;
}

double flush_device_rate(const struct flush_device *d, double ticks_per_ns)
{
	return d->use_ticks ? ticks_per_ns : 1;
}

void flush_device_init(struct flush_device *d, const struct flush_model *model, double bias_ns,
		       double ticks_per_ns)
{
	double rate;

	memset(d, 0, sizeof(*d));
	d->parallel = model->hcall;
	d->use_ticks = clock_ticks_are_global();
	rate = flush_device_rate(d, ticks_per_ns);

	d->model_cost = (uint64_t)((double)flush_model_ns(model) * rate + 0.5);
	d->early = bias_ns > 0 ? (uint64_t)(bias_ns * rate + 0.5) : 0;
	/* A flush that is to take time takes some, however short. */
	if (d->model_cost == 0 && flush_model_ns(model))
		d->model_cost = 1;
	d->cost = d->model_cost;
}

void flush_device_spend(struct flush_device *d, bool spend)
{
	d->cost = spend ? d->model_cost : 0;
}

static inline uint64_t device_time(const struct flush_device *d)
{
	return d->use_ticks ? clock_ticks() : clock_raw_ns();
}

/*
 * The device serves flushes one after the other in the order of asking. A CPU reserves the
 * next stretch of the device's time, which begins at @begin or later: no lock, so a CPU that is
 * descheduled while it waits holds nobody up, as with a real device. Returns when that is over.
 */
static inline uint64_t reserve(struct flush_device *d, uint64_t begin)
{
	/* Relaxed: the reservation orders nothing but itself. */
	uint64_t end = atomic_load_explicit(&d->busy_until, memory_order_relaxed), over;

	do {
		over = (end > begin ? end : begin) + d->cost;
	} while (!atomic_compare_exchange_weak_explicit(
		&d->busy_until, &end, over, memory_order_relaxed, memory_order_relaxed));
	return over;
}

void flush_device_flush(void *device)
{
	struct flush_device *d = device;
	uint64_t begin, end, now;

	lockstat_flush();
	if (d->cost) {
		begin = device_time(d);
		end = d->parallel ? begin + d->cost : reserve(d, begin);
		do {
			now = device_time(d);
		} while (now + d->early < end);
		atomic_fetch_add_explicit(&d->spent, now - begin, memory_order_relaxed);
	}
	/* Relaxed: a count. */
	atomic_fetch_add_explicit(&d->count, 1, memory_order_relaxed);
}

static void flush_once(const void *device)
{
	flush_device_flush((void *)(uintptr_t)device);
}

void flush_calibrate(const struct flush_model *model, double ticks_per_ns, struct flush_cost *cost)
{
	/* The bias does not depend on the cost: short flushes show it in many calls. */
	struct flush_model probe = {.hcall = model->hcall, .read_ns = flush_model_ns(model)};
	struct flush_device d;

	cost->requested_ns = (double)flush_model_ns(model);
	cost->bias_ns = 0;
	if (probe.read_ns > DELAY_PROBE_NS)
		probe.read_ns = DELAY_PROBE_NS;
	flush_device_init(&d, &probe, 0, ticks_per_ns);
	cost->achieved_ns = delay_measure(flush_once, &d);
	/* spin:0 asks for nothing: what counting costs is its cost. */
	if (!d.cost)
		return;
	cost->bias_ns = cost->achieved_ns - (double)probe.read_ns;
	flush_device_init(&d, model, cost->bias_ns, ticks_per_ns);
	cost->achieved_ns = delay_measure(flush_once, &d);
}
