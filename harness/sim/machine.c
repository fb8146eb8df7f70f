// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns the figures of a profile into a machine, and refuses those that contradict each other. */
#include "sim/machine.h"

#include <string.h>

static uint64_t figure(const struct profile *p, enum machine_figure f)
{
	return p->machine[f].value;
}

static bool power_of_two(uint64_t v)
{
	return v && !(v & (v - 1));
}

static int make_cache(const struct profile *p, enum machine_figure kib, enum machine_figure ways,
		      struct machine_cache *c, struct error *e)
{
	const uint64_t lines = figure(p, kib) * 1024 / figure(p, MACHINE_LINE_BYTES);
	const uint64_t sets = figure(p, ways) ? lines / figure(p, ways) : 0;

	c->sets = (unsigned int)sets;
	c->ways = (unsigned int)figure(p, ways);
	if (!figure(p, kib) != !figure(p, ways))
		return error_set(e, "profile %s: %s and %s must both be 0, or neither", p->name,
				 profile_machine_key(kib), profile_machine_key(ways));
	if (!figure(p, kib))
		return 0;
	if (!power_of_two(sets) || sets * c->ways != lines)
		return error_set(
			e, "profile %s: %s does not divide %s KiB into a power of two of sets",
			p->name, profile_machine_key(ways), profile_machine_key(kib));
	return 0;
}

static int check(const struct profile *p, const struct machine *m, struct error *e)
{
	const unsigned int node = m->threads_per_core * m->cores_per_llc * m->llcs_per_node;

	if (!node || m->cpus % node)
		return error_set(e,
				 "profile %s: cpus must be a multiple of threads_per_core x "
				 "cores_per_llc x llcs_per_node",
				 p->name);
	return 0;
}

int machine_make(const struct profile *p, struct machine *m, struct error *e)
{
	int err;

	memset(m, 0, sizeof(*m));
	if (!p->has_machine)
		return error_set(e,
				 "profile %s describes no machine: see iommubench list --profiles",
				 p->name);
	if (!power_of_two(figure(p, MACHINE_LINE_BYTES)))
		return error_set(e, "profile %s: line_bytes must be a power of two", p->name);
	m->cpus = (unsigned int)figure(p, MACHINE_CPUS);
	m->threads_per_core = (unsigned int)figure(p, MACHINE_THREADS_PER_CORE);
	m->issue_threads = (unsigned int)figure(p, MACHINE_ISSUE_THREADS);
	m->cores_per_llc = (unsigned int)figure(p, MACHINE_CORES_PER_LLC);
	m->llcs_per_node = (unsigned int)figure(p, MACHINE_LLCS_PER_NODE);
	m->line_shift = (unsigned int)__builtin_ctzll(figure(p, MACHINE_LINE_BYTES) | 1ULL << 63);
	m->clock_mhz = figure(p, MACHINE_CLOCK_MHZ);
	m->block_ps = figure(p, MACHINE_BLOCK_PS);
	m->l2_ps = figure(p, MACHINE_L2_PS);
	m->llc_ps = figure(p, MACHINE_LLC_PS);
	for (unsigned int d = 0; d < DISTANCES; d++)
		m->memory_ps[d] =
			figure(p, d == OTHER_NODE ? MACHINE_MEMORY_REMOTE_PS : MACHINE_MEMORY_PS);
	m->transfer_ps[SAME_LLC] = figure(p, MACHINE_TRANSFER_PS);
	m->transfer_ps[SAME_NODE] = figure(p, MACHINE_TRANSFER_FAR_PS);
	m->transfer_ps[OTHER_NODE] = figure(p, MACHINE_TRANSFER_REMOTE_PS);
	m->line_busy_ps = figure(p, MACHINE_LINE_BUSY_PS);
	m->atomic_ps = figure(p, MACHINE_ATOMIC_PS);
	m->relax_ps = figure(p, MACHINE_RELAX_PS);
	m->store_buffer = (unsigned int)figure(p, MACHINE_STORE_BUFFER);
	for (unsigned int core = 0; core < machine_cores(m); core++) {
		m->llc_of[core] = (uint16_t)(core / m->cores_per_llc);
		m->node_of[core] = (uint16_t)(m->llc_of[core] / m->llcs_per_node);
	}
	err = make_cache(p, MACHINE_L1_KIB, MACHINE_L1_WAYS, &m->l1, e);
	if (!err)
		err = make_cache(p, MACHINE_L2_KIB, MACHINE_L2_WAYS, &m->l2, e);
	if (!err)
		err = make_cache(p, MACHINE_LLC_KIB, MACHINE_LLC_WAYS, &m->llc, e);
	return err ? err : check(p, m, e);
}
