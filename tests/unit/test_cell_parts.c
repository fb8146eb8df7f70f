// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of cells taken apart: by their grammar, whole or not at all, whatever the text. */
#include "unit/helpers.h"

#include "flush.h"
#include "plan/cell_parts.h"
#include "workload.h"

#define REST "/flush:mmio:16,150,600/occupancy:5/lock:tas/think:0"

/* Puts the parts together again. */
static void join(const struct cell_parts *p, char *text, size_t size)
{
	char entries[40] = "";

	if (p->entries)
		snprintf(entries, sizeof(entries), "/entries:%llu", (unsigned long long)p->entries);
	snprintf(text, size,
		 "%s%s%s%s%s/%s%s%s/pools:%llu/cpus:%llu/flush:%s/occupancy:%s/lock:%s/think:%llu",
		 p->audit ? "audit/" : "", p->profile[0] ? "sim/" : "", p->profile,
		 p->profile[0] ? "/" : "", p->workload, p->allocator, entries, p->parameters,
		 (unsigned long long)p->npools, (unsigned long long)p->cpus, p->flush, p->occupancy,
		 p->lock, (unsigned long long)p->think_ns);
}

static void test_parts(void **state)
{
	char variant[3 * CELL_PART_MAX];
	struct cell_parts p;

	(void)state;
	assert_true(cell_parts_read("sim/sun4v-t5-2/ring/pooled/pad:64/policy:best.fit/pools:16"
				    "/cpus:128" REST,
				    &p));
	assert_false(p.audit);
	assert_string_equal(p.profile, "sun4v-t5-2");
	assert_string_equal(p.workload, "ring");
	assert_string_equal(p.allocator, "pooled");
	assert_string_equal(p.parameters, "/pad:64/policy:best.fit");
	assert_int_equal(p.npools, 16);
	assert_int_equal(p.cpus, 128);
	assert_string_equal(p.flush, "mmio:16,150,600");
	assert_string_equal(p.occupancy, "5");
	assert_string_equal(p.lock, "tas");
	assert_int_equal(p.think_ns, 0);
	assert_true(cell_parts_read("audit/random/sun4u/pools:1/cpus:16/flush:spin:0/"
				    "occupancy:12.5/lock:mcs/think:18446744073709551615",
				    &p));
	assert_true(p.audit && !p.profile[0] && !p.parameters[0]);
	assert_string_equal(p.occupancy, "12.5");
	assert_true(p.think_ns == UINT64_MAX);
	assert_int_equal(p.entries, 0);
	assert_true(cell_parts_read("ring/pooled/entries:262144/pad:64/pools:16/cpus:2" REST, &p));
	assert_int_equal(p.entries, 262144);
	assert_string_equal(p.parameters, "/pad:64");
	cell_parts_variant(&p, variant, sizeof(variant));
	assert_string_equal(variant, "pooled/pad:64/pools:16");
	/* A workload may be called as a prefix is, where it is none. */
	assert_true(cell_parts_read("sim/sim/sun4u/sun4u/pools:1/cpus:1" REST, &p));
	assert_string_equal(p.profile, "sim");
	assert_string_equal(p.workload, "sun4u");
}

static void test_no_names(void **state)
{
	static const char *const bad[] = {
		"",
		"ring",
		"ring/sun4u/pools:1",
		"ring/sun4u/pools:1/cpus:1",
		"/sun4u/pools:1/cpus:1" REST,
		"ring//pools:1/cpus:1" REST,
		"Ring/sun4u/pools:1/cpus:1" REST,
		"ring/4u/pools:1/cpus:1" REST,
		"ring/sun4u/pools:0/cpus:1" REST,
		"ring/sun4u/pools:01/cpus:1" REST,
		"ring/sun4u/pools:+1/cpus:1" REST,
		"ring/sun4u/pools:0x1/cpus:1" REST,
		"ring/sun4u/pools:18446744073709551616/cpus:1" REST,
		"ring/sun4u/cpus:1/pools:1" REST,
		"ring/sun4u/pools:1/cpus:1" REST "/",
		"ring/sun4u/pools:1/cpus:1" REST " ",
		"ring/sun4u/pools:1/cpus:1/flush:/occupancy:5/lock:tas/think:0",
		"ring/sun4u/pools:1/cpus:1/flush:none/occupancy:05/lock:tas/think:0",
		"ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5./lock:tas/think:0",
		"ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5.0.1/lock:tas/think:0",
		"ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5/lock:/think:0",
		"ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5/lock:tas/think:00",
		"sim/ring/sun4u/pools:1/cpus:1" REST,
		"sim//ring/sun4u/pools:1/cpus:1" REST,
		"audit/sim/x/ring/sun4u/pools:1/cpus:1" REST,
		/* Entries: one number, before the parameters. */
		"ring/sun4u/entries:0/pools:1/cpus:1" REST,
		"ring/sun4u/entries:08/pools:1/cpus:1" REST,
		"ring/sun4u/entries:8k/pools:1/cpus:1" REST,
		"ring/sun4u/entries:/pools:1/cpus:1" REST,
		"ring/sun4u/entries:8/entries:8/pools:1/cpus:1" REST,
		"ring/sun4u/pad:1/entries:8/pools:1/cpus:1" REST,
		"ring/sun4u/pools:1/entries:8/cpus:1" REST,
		/* Parameters: none of the cell's own, none twice, both halves there. */
		"ring/sun4u/lock:mcs/pools:1/cpus:1" REST,
		"ring/sun4u/pad:1/pad:2/pools:1/cpus:1" REST,
		"ring/sun4u/pad:/pools:1/cpus:1" REST,
		"ring/sun4u/:1/pools:1/cpus:1" REST,
		"ring/sun4u/pad/pools:1/cpus:1" REST,
		"ring/sun4u/pad2:1/pools:1/cpus:1" REST,
		"ring/sun4u/pad:A/pools:1/cpus:1" REST,
		"ring/sun4u/pad:1:2/pools:1/cpus:1" REST,
		"ring/sun4u/pad:1//pools:1/cpus:1" REST,
		"ring/sun4u/pad:1",
	};
	char longer[CELL_NAME_MAX + 200];
	struct cell_parts p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!cell_parts_read(bad[i], &p), "'%s'", bad[i]);
	memset(longer, 'a', CELL_PART_MAX);
	strcpy(longer + CELL_PART_MAX, "/sun4u/pools:1/cpus:1" REST);
	assert_false(cell_parts_read(longer, &p));
}

static void test_parameters(void **state)
{
	(void)state;
	assert_int_equal(cell_parameters_length(""), 0);
	assert_int_equal(cell_parameters_length("/pools:16"), 0);
	assert_int_equal(cell_parameters_length("/a:1"), 4);
	assert_int_equal(cell_parameters_length("/a:1/b:2.x/pools:16"), 10);
	assert_int_equal(cell_parameters_length("/a:1/a:2"), 4);
	/* Not the beginning of another key. */
	assert_int_equal(cell_parameters_length("/ab:1/a:2/abc:3"), 15);
	assert_int_equal(cell_parameters_length("x/a:1"), 0);
}

/* Whatever a cell is called, its parts are those that made the name. */
static void test_names_of_cells(void **state)
{
	static const char *const models[] = {"none", "spin:800", "mmio:16,150,600", "vt-d",
					     "hcall:400"};
	const struct iommu_allocator *const *all;
	char again[4 * CELL_NAME_MAX];
	struct cell_parts p;
	struct error e;
	size_t count;

	(void)state;
	all = iommu_allocators(&count);
	for (size_t i = 0; i < count * ARRAY_SIZE(models) * 3; i++) {
		struct cell c = {
			.workload = workload_find(i % 2 ? "ring" : "churn"),
			.allocator = all[i % count],
			.entries = 4096UL << i % 4,
			.npools = all[i % count]->pools[0],
			.cpus = (unsigned int)(1 + i),
			.occupancy = (unsigned int)(i % 100),
			.lock = (enum lock_kind)(i % 3),
			.think_ns = i * i,
			.audit_threads = i % 3 == 1,
			.profile = i % 3 == 2 ? "sun4v-t5-2" : NULL,
		};

		assert_int_equal(flush_model_parse(models[i % ARRAY_SIZE(models)], &c.flush, &e),
				 0);
		cell_set_name(&c);
		CHECK(cell_parts_read(c.name, &p), "%s", c.name);
		join(&p, again, sizeof(again));
		assert_string_equal(again, c.name);
	}
}

/* Names with characters changed, put in or left out: read back as they are, or refused. */
static void test_mangled_names(void **state)
{
	static const char alphabet[] = "abz09/:.,_-+ A\n";
	char name[CELL_NAME_MAX], again[4 * CELL_NAME_MAX];
	unsigned int read = 0, refused = 0;
	uint64_t seed = 13;
	struct cell_parts p;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		size_t length, changes = 1 + random_next(&seed) % 3;

		strcpy(name, "sim/t5/ring/pooled/entries:64/pad:64/pools:16/cpus:8" REST);
		for (size_t j = 0; j < changes; j++) {
			char *at;

			length = strlen(name);
			at = name + random_next(&seed) % length;
			if (random_next(&seed) % 2)
				memmove(at, at + 1, length - (size_t)(at - name));
			else
				*at = alphabet[random_next(&seed) % (sizeof(alphabet) - 1)];
		}
		if (!cell_parts_read(name, &p)) {
			refused++;
			continue;
		}
		read++;
		join(&p, again, sizeof(again));
		assert_string_equal(again, name);
	}
	assert_true(read > 1000 && refused > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),         cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_parameters),    cmocka_unit_test(test_names_of_cells),
		cmocka_unit_test(test_mangled_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
