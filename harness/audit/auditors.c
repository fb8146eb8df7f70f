// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the threads of an audit. */
#include <errno.h>
#include <string.h>

#include "audit/auditor.h"

static void *thread_main(void *arg)
{
	struct auditor *t = arg;
	struct audit *a = t->a;

	pthread_mutex_lock(&a->gate);
	pthread_mutex_unlock(&a->gate);
	if (atomic_load(&a->failed))
		return NULL;
	t->err = auditor_prepare(t);
	if (t->err)
		atomic_store(&a->failed, true);
	pthread_barrier_wait(&a->barrier);
	if (atomic_load(&a->failed))
		return NULL;
	auditor_fill(t);
	pthread_barrier_wait(&a->barrier);
	auditor_forget_fill(t);
	pthread_barrier_wait(&a->barrier);
	auditor_work(t);
	return NULL;
}

static void run_alone(struct auditor *t)
{
	t->err = auditor_prepare(t);
	if (t->err)
		return;
	auditor_fill(t);
	auditor_forget_fill(t);
	auditor_work(t);
}

static int run_threads(struct audit *a, struct error *e)
{
	int err = 0;

	pthread_mutex_init(&a->gate, NULL);
	pthread_barrier_init(&a->barrier, NULL, a->threads);
	pthread_mutex_lock(&a->gate);
	for (unsigned int i = 0; i < a->threads && !err; i++) {
		struct auditor *t = &a->auditor[i];

		err = pthread_create(&t->thread, NULL, thread_main, t);
		t->started = !err;
		if (err) {
			atomic_store(&a->failed, true);
			error_set(e, "cannot start thread %u: %s", i, strerror(err));
		}
	}
	pthread_mutex_unlock(&a->gate);
	for (unsigned int i = 0; i < a->threads; i++) {
		if (a->auditor[i].started)
			pthread_join(a->auditor[i].thread, NULL);
	}
	pthread_barrier_destroy(&a->barrier);
	pthread_mutex_destroy(&a->gate);
	return err ? -EINVAL : 0;
}

int auditors_run(struct audit *a, struct error *e)
{
	if (a->threads > 1)
		return run_threads(a, e);
	run_alone(&a->auditor[0]);
	return 0;
}
