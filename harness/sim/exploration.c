// SPDX-License-Identifier: GPL-2.0-or-later
/* Explores schedules of each cell in processes of their own, and sums up what they found. */
#include "sim/exploration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "base/plural.h"
#include "base/shell_word.h"
#include "base/stuck.h"
#include "output/progress.h"
#include "sim/simulate.h"

/* What the processes found of one cell. */
struct finding {
	uint64_t maps, stale_reuse;
	unsigned int schedules, stale, failed;
	uint64_t stale_seed, failed_seed; /* the first that showed it */
	char why[300];                    /* what failed there */
};

static void explore_cell(const struct plan_request *o, const struct sim_request *sim,
			 const struct cell *c, const struct machine *m, struct finding *f)
{
	struct sim_config config = {
		.run =
			{
				.workload = c->workload,
				.allocator = iommu_allocator_checked(c->allocator),
				.geometry = cell_geometry(c),
				.ncpus = c->cpus,
				.occupancy = c->occupancy,
				.flush = &c->flush,
				.think_ns = c->think_ns,
				.seconds = o->seconds,
			},
		.machine = m,
		.pairs = (uint64_t)sim->rounds * c->entries,
		.polling = sim->polling,
		.audit = true,
		.explore = true,
	};

	for (unsigned int i = 0; i < sim->explore; i++) {
		struct sim_result r;
		struct error e;

		config.run.seed = (o->seed + i) & INT64_MAX;
		if (sim_run(&config, &r, &e)) {
			if (!f->failed++) {
				f->failed_seed = config.run.seed;
				snprintf(f->why, sizeof(f->why), "%.299s", e.text);
			}
		} else if (r.stale_reuse) {
			if (!f->stale++)
				f->stale_seed = config.run.seed;
		}
		f->maps += r.maps;
		f->stale_reuse += r.stale_reuse;
		free(r.run.cpu);
		free(r.run.locks);
		/* Now that it has ended: a process that died or hung has fewer. */
		f->schedules++;
	}
}

static int run_cells(const struct plan_request *o, const struct sim_request *sim,
		     const struct plan *plan, const struct machine *m, struct finding *found)
{
	unsigned int running = 0;
	int status;

	for (unsigned int i = 0; i < plan->cell_count; i++) {
		pid_t pid;

		if (running == sim->jobs && wait(&status) > 0)
			running--;
		fflush(NULL);
		pid = fork();
		if (pid < 0)
			return -errno;
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			stuck_watch(stuck_patience(plan->cells[i].entries));
			explore_cell(o, sim, &plan->cells[i], m, &found[i]);
			_exit(0);
		}
		running++;
	}
	while (wait(&status) > 0)
		;
	return 0;
}

static void print_replay(const struct plan_request *o, const struct sim_request *sim,
			 const struct cell *c, uint64_t seed)
{
	char think[40] = "", *profile = shell_word(sim->profile);

	if (c->think_ns)
		snprintf(think, sizeof(think), " --think %llu", (unsigned long long)c->think_ns);
	printf("      again: iommubench sim --explore 1 --seed %llu --profile %s --workloads %s "
	       "--allocators %s/pools:%u --cpus %u --flush %s --utilization %u --lock %s --entries "
	       "%lu "
	       "--rounds %u%s\n",
	       (unsigned long long)seed, profile ? profile : sim->profile, c->workload->name,
	       c->allocator->name, c->npools, c->cpus, c->flush.name, c->occupancy,
	       lock_kind_name(c->lock), o->entries, sim->rounds, think);
	free(profile);
}

static const char *said_of_stale_reuse(const struct iommu_allocator *a)
{
	return a->stale_safe        ? "STALE REUSE, though it promises none" :
	       a->known_stale_reuse ? "stale reuse, as is known of it" :
				      "STALE REUSE: not declared stale_safe, nor known for it";
}

/* True if it is as it should be, or as everybody knows it. */
static bool print_cell(const struct plan_request *o, const struct sim_request *sim,
		       const struct cell *c, const struct finding *f)
{
	const bool crashed = f->schedules < sim->explore;

	printf("  %-14s %5u %4u  %-8s %9u %6u %6u  %s\n", c->allocator->name, c->npools, c->cpus,
	       c->workload->name, f->schedules, f->stale, f->failed,
	       crashed   ? "its process died" :
	       f->failed ? f->why :
	       f->stale  ? said_of_stale_reuse(c->allocator) :
			   "clean");
	if (f->failed)
		print_replay(o, sim, c, f->failed_seed);
	else if (f->stale)
		print_replay(o, sim, c, f->stale_seed);
	return !crashed && !f->failed && !(f->stale && !c->allocator->known_stale_reuse);
}

int exploration_run(const struct plan_request *o, const struct sim_request *sim,
		    const struct plan *plan, const struct machine *m)
{
	const size_t bytes = plan->cell_count * sizeof(struct finding);
	struct finding *found =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool good = true;
	struct error e;

	if (found == MAP_FAILED || run_cells(o, sim, plan, m, found)) {
		error_set(&e, "cannot start the simulations: %s", strerror(errno));
		return error_usage(&e);
	}
	printf("%u schedule%s a cell, seed%s %llu", sim->explore, plural(sim->explore),
	       plural(sim->explore), (unsigned long long)o->seed);
	if (sim->explore > 1)
		printf(" to %llu", (unsigned long long)(o->seed + sim->explore - 1));
	printf(", checked allocators\n\n");
	printf("  %-14s %5s %4s  %-8s %9s %6s %6s\n", "allocator", "pools", "CPUs", "workload",
	       "schedules", "stale", "failed");
	for (unsigned int i = 0; i < plan->cell_count; i++)
		good &= print_cell(o, sim, &plan->cells[i], &found[i]);
	printf("\n%s\n", good ? "no schedule shows a violation" :
				"at least one schedule shows a violation: see above");
	munmap(found, bytes);
	return good ? EXIT_DONE : EXIT_CHECK;
}
