// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Marks the interval for the likwid-perfctr that started this process; that
 * program has the counts, so what is counted here is nothing.
 */
#include "counters/likwid_marker.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "counters.h"

#define REGION "interval"

enum { INIT, THREAD_INIT, REGISTER, START, STOP, CLOSE, CALLS };

static const char *const call_names[CALLS] = {
	[INIT] = "likwid_markerInit",
	[THREAD_INIT] = "likwid_markerThreadInit",
	[REGISTER] = "likwid_markerRegisterRegion",
	[START] = "likwid_markerStartRegion",
	[STOP] = "likwid_markerStopRegion",
	[CLOSE] = "likwid_markerClose",
};

typedef void (*plain_call)(void);
typedef int (*region_call)(const char *region);

static struct {
	pthread_mutex_t mutex;
	unsigned int users;
	void *call[CALLS];
} marker = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void *load(void *call[CALLS])
{
	static const char *const files[] = {"liblikwid.so.5.2", "liblikwid.so.5", "liblikwid.so"};
	void *library = NULL;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !library; i++)
		library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
	for (int i = 0; library && i < CALLS; i++) {
		call[i] = dlsym(library, call_names[i]);
		if (!call[i]) {
			dlclose(library);
			library = NULL;
		}
	}
	return library;
}

bool likwid_marker_is_there(void)
{
	void *call[CALLS];
	void *library = load(call);

	if (library)
		dlclose(library);
	return library;
}

/* ISO C converts no object pointer to a function's; POSIX wants it possible. */
static void plain(int which)
{
	plain_call call;

	memcpy(&call, &marker.call[which], sizeof(call));
	call();
}

static int of_region(int which)
{
	region_call call;

	memcpy(&call, &marker.call[which], sizeof(call));
	return call(REGION) ? -EIO : 0;
}

static int marker_open(const struct counter_spec *const *list, unsigned int count, void **set,
		       unsigned int *failed)
{
	int err = 0;

	(void)list, (void)count;
	*failed = 0;
	pthread_mutex_lock(&marker.mutex);
	if (!marker.users && !marker.call[INIT]) {
		if (load(marker.call))
			plain(INIT);
		else
			err = -ENOENT;
	}
	if (!err) {
		marker.users++;
		plain(THREAD_INIT);
		of_region(REGISTER);
		*set = &marker;
	}
	pthread_mutex_unlock(&marker.mutex);
	return err;
}

static int marker_begin(void *set)
{
	(void)set;
	return of_region(START);
}

static int marker_end(void *set, struct counter_value *values)
{
	(void)set;
	memset(values, 0, sizeof(*values));
	return of_region(STOP);
}

/* The last to close has it write what it has for likwid-perfctr. */
static void marker_close(void *set)
{
	(void)set;
	pthread_mutex_lock(&marker.mutex);
	if (--marker.users == 0)
		plain(CLOSE);
	pthread_mutex_unlock(&marker.mutex);
}

static const char *marker_how(void *set)
{
	(void)set;
	return "likwid-perfctr";
}

const struct counter_source counter_source_likwid = {
	.name = "likwid",
	.open = marker_open,
	.begin = marker_begin,
	.end = marker_end,
	.close = marker_close,
	.how = marker_how,
};
