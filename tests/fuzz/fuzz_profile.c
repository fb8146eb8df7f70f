// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a profile, and what is one of a machine as a machine. */
#include "fuzz.h"

#include "flush.h"
#include "device/profile.h"
#include "sim/machine.h"

static void check_cache(const struct machine_cache *c)
{
	FUZZ_CHECK(!c->sets == !c->ways);
	FUZZ_CHECK(!(c->sets & (c->sets - 1)) || !c->sets);
}

/* Each figure has a source; together they are a machine, or one line says why not. */
static void check_machine(const struct profile *p)
{
	struct error e = {""};
	struct machine m;
	int err;

	for (unsigned int f = 0; f < MACHINE_FIGURES; f++)
		FUZZ_CHECK(p->machine[f].source[0]);
	err = machine_make(p, &m, &e);
	fuzz_check_error(err, &e);
	if (err)
		return;
	FUZZ_CHECK(m.cpus >= 1 && m.cpus <= MACHINE_CPUS_MAX);
	FUZZ_CHECK(machine_cores(&m) * m.threads_per_core == m.cpus);
	FUZZ_CHECK(machine_cores(&m) % m.cores_per_llc == 0 && m.issue_threads && m.store_buffer);
	FUZZ_CHECK(UINT64_C(1) << m.line_shift == p->machine[MACHINE_LINE_BYTES].value);
	FUZZ_CHECK(m.l1.sets);
	check_cache(&m.l1);
	check_cache(&m.l2);
	check_cache(&m.llc);
	for (unsigned int cpu = 0; cpu < m.cpus; cpu++) {
		unsigned int core = machine_core_of(&m, cpu);

		FUZZ_CHECK(machine_distance(&m, core, core) == SAME_CORE);
		FUZZ_CHECK(machine_llc_of(&m, core) < machine_cores(&m) / m.cores_per_llc);
		FUZZ_CHECK(machine_distance(&m, 0, core) < DISTANCES);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct profile p;
	struct error e = {""};
	int err;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	err = profile_parse("t", text, &p, &e);
	fuzz_check_error(err, &e);
	if (!err && p.has_flush) {
		FUZZ_CHECK(p.flush_writes.source[0] && p.flush_write_ns.source[0] &&
			   p.flush_read_ns.source[0]);
		FUZZ_CHECK(p.flush_writes.value * p.flush_write_ns.value + p.flush_read_ns.value <=
			   FLUSH_NS_MAX);
	}
	if (!err && p.has_machine)
		check_machine(&p);
	free(text);
	return 0;
}
