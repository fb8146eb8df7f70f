// SPDX-License-Identifier: GPL-2.0-or-later
/* Encodes events by name with libpfm4, where that is built in. */
#include "counters/pfm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "have_libpfm.h"

#if HAVE_LIBPFM

#include <perfmon/pfmlib_perf_event.h>

static bool start(void)
{
	static int state = 1; /* libpfm4's are 0 and below */

	if (state > 0)
		state = pfm_initialize();
	return state == PFM_SUCCESS;
}

bool pfm_is_there(void)
{
	return start();
}

const char *pfm_version(void)
{
	/* Its version number is that of the interface, 4.0 for all of 4.x: not worth printing. */
	return "libpfm4";
}

/* The next PMU behind number *at, which is -1 for the first; false when there is none. */
static bool next_pmu(int *at, pfm_pmu_info_t *pmu)
{
	while (++*at < PFM_PMU_MAX) {
		memset(pmu, 0, sizeof(*pmu));
		pmu->size = sizeof(*pmu);
		if (pfm_get_pmu_info((pfm_pmu_t)*at, pmu) == PFM_SUCCESS)
			return true;
	}
	return false;
}

const char *pfm_model(void)
{
	pfm_pmu_info_t pmu = {0};
	int at = -1;

	while (start() && next_pmu(&at, &pmu)) {
		if (pmu.is_present && pmu.type == PFM_PMU_TYPE_CORE)
			return pmu.name;
	}
	return NULL;
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), n = strlen(end);

	return n && length > n && name[length - n - 1] == '_' &&
	       strcmp(name + length - n, end) == 0;
}

/* The PMU called @name, or the first whose name ends so. */
static bool find_pmu(const char *name, pfm_pmu_info_t *found)
{
	pfm_pmu_info_t pmu = {0};
	bool any = false;
	int at = -1;

	while (next_pmu(&at, &pmu)) {
		if (strcmp(pmu.name, name) == 0) {
			*found = pmu;
			return true;
		}
		if (!any && ends_with(pmu.name, name)) {
			*found = pmu;
			any = true;
		}
	}
	return any;
}

static bool pmu_has_event(const pfm_pmu_info_t *pmu, const char *event)
{
	size_t length = strcspn(event, ":");
	int i = pmu->first_event;

	while (i != -1) {
		pfm_event_info_t info = {.size = sizeof(info)};

		if (pfm_get_event_info(i, PFM_OS_PERF_EVENT, &info) == PFM_SUCCESS &&
		    strlen(info.name) == length && strncasecmp(info.name, event, length) == 0)
			return true;
		i = pfm_get_event_next(i);
	}
	return false;
}

static int unknown_host(const char *event, struct error *e)
{
	return error_set(e,
			 "'%.80s': %s does not know this host's PMU, so that only short names and "
			 "raw codes (r1c2) can be counted",
			 event, pfm_version());
}

/* Replaces a PMU's short name; refuses one that is not here. */
static int resolve_pmu(const char *event, char *full, size_t size, struct error *e)
{
	const char *colons = strstr(event, "::");
	const char *model = pfm_model();
	pfm_pmu_info_t pmu = {0};
	char name[100];

	snprintf(full, size, "%s", event);
	if (!colons)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(colons - event), event);
	if (!find_pmu(name, &pmu))
		return error_set(e, "'%.80s': %s knows no PMU '%.40s'", event, pfm_version(), name);
	if (!pmu_has_event(&pmu, colons + 2))
		return error_set(e, "'%.80s': %s knows no event '%.60s' of the PMU %s", event,
				 pfm_version(), colons + 2, pmu.name);
	if (!pmu.is_present && model)
		return error_set(e, "'%.80s': an event of the PMU %s, but this host's PMU is %s",
				 event, pmu.name, model);
	if (!pmu.is_present)
		return unknown_host(event, e);
	snprintf(full, size, "%s%s", pmu.name, colons);
	return 0;
}

static enum counter_scope scope_of(const struct perf_event_attr *attr)
{
	if (attr->exclude_kernel)
		return COUNTER_USER;
	return attr->exclude_user ? COUNTER_KERNEL : COUNTER_ALL;
}

int pfm_encode(const char *event, struct counter_spec *s, struct error *e)
{
	struct perf_event_attr attr = {.size = sizeof(attr)};
	pfm_perf_encode_arg_t arg = {.attr = &attr, .size = sizeof(arg)};
	char full[COUNTER_NAME_MAX + 200];
	int err;

	if (!start())
		return error_set(e,
				 "'%.80s': libpfm4 does not work here, so that only short names "
				 "and raw codes (r1c2) can be counted",
				 event);
	err = resolve_pmu(event, full, sizeof(full), e);
	if (err)
		return err;
	err = pfm_get_os_event_encoding(full, PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &arg);
	if (err == PFM_ERR_NOTFOUND && !pfm_model())
		return unknown_host(event, e);
	if (err == PFM_ERR_NOTFOUND)
		return error_set(e, "'%.80s': %s knows no such event of this host's PMU, %s", event,
				 pfm_version(), pfm_model());
	if (err != PFM_SUCCESS)
		return error_set(e, "'%.80s': %s says: %s", event, pfm_version(),
				 pfm_strerror(err));
	if (attr.precise_ip || attr.sample_period)
		return error_set(
			e,
			"'%.80s': events are counted here, not sampled: leave out period, freq "
			"and precise",
			event);
	s->source =
		attr.type == PERF_TYPE_SOFTWARE ? &counter_source_software : &counter_source_perf;
	s->scope = scope_of(&attr);
	s->type = attr.type;
	s->config = attr.config;
	s->config1 = attr.config1;
	s->config2 = attr.config2;
	return 0;
}

#else /* without libpfm4 */

bool pfm_is_there(void)
{
	return false;
}

const char *pfm_version(void)
{
	return "built without libpfm4";
}

const char *pfm_model(void)
{
	return NULL;
}

int pfm_encode(const char *event, struct counter_spec *s, struct error *e)
{
	(void)s;
	return error_set(e,
			 "'%.80s': this build has no libpfm4, which knows events by name: install "
			 "libpfm4-dev and make again, or use short names or raw codes (r1c2)",
			 event);
}

#endif
