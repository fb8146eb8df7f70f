// SPDX-License-Identifier: GPL-2.0-or-later
/* What the runner makes of the output of a sample's process. */
#include "unit/helpers.h"

#include <string.h>
#include <unistd.h>

#include "output/figure_list.h"
#include "run/sample_output.h"

/* The sample of a process that wrote @json and @details and exited with 0. */
static json_t *collect(const char *json, const char *details)
{
	struct sample_output out;
	struct error e = {0};
	json_t *sample;

	assert_int_equal(sample_output_open(&out), 0);
	assert_int_equal(write(out.json, json, strlen(json)), (ssize_t)strlen(json));
	assert_int_equal(write(out.details, details, strlen(details)), (ssize_t)strlen(details));
	assert_int_equal(sample_output_collect(&out, 0, "the cell", &sample, &e), 0);
	sample_output_close(&out);
	return sample;
}

static void test_the_two_become_one(void **state)
{
	json_t *sample = collect("{\"benchmarks\": [{\"name\": \"x/iterations:1\", \"ops\": 1}]}",
				 "{\"noisy\": [\"migrated\"]}");

	(void)state;
	assert_string_equal(json_string_value(json_object_get(sample, "name")), "the cell");
	assert_string_equal(json_string_value(json_object_get(sample, "run_name")), "the cell");
	assert_int_equal(json_array_size(json_object_get(sample, "noisy")), 1);
	json_decref(sample);
}

/* A whole tree of an earlier revision, as `make compare WHOLE=yes` runs it. */
static void test_names_of_earlier_revisions(void **state)
{
	json_t *sample = collect("{\"benchmarks\": [{\"pairs_per_second\": 7, "
				 "\"flushes_per_kpair\": 2, \"fallback_pool_share\": 0.5, "
				 "\"remote_pool_share\": 0.25, \"own_pool_occupancy\": 5}]}",
				 "{\"disturbed\": [], \"per_thread\": [{\"pairs\": 3}, "
				 "{\"pairs\": 4}]}");
	json_t *threads = json_object_get(sample, "per_thread");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(sample, "ops_per_second")), 7);
	assert_int_equal(json_integer_value(json_object_get(sample, "flushes_per_kop")), 2);
	assert_int_equal(json_integer_value(json_object_get(sample, "local_pool_utilization")), 5);
	assert_true(json_is_array(json_object_get(sample, "noisy")));
	assert_null(json_object_get(sample, "pairs_per_second"));
	assert_null(json_object_get(sample, "disturbed"));
	/* What has the new name is not overwritten. */
	assert_true(json_real_value(json_object_get(sample, "fallback_pool_share")) == 0.5);
	assert_int_equal(json_array_size(threads), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *thread = json_array_get(threads, i);

		assert_int_equal(json_integer_value(json_object_get(thread, "ops")), 3 + (int)i);
		assert_null(json_object_get(thread, "pairs"));
	}
	json_decref(sample);
}

/* The list of figures says what they were called, all of them. */
static void test_every_earlier_name(void **state)
{
	size_t count, renamed = 0;
	const struct figure *list = figure_list(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		char text[200];
		json_t *sample;

		if (!list[i].format1)
			continue;
		snprintf(text, sizeof(text), "{\"benchmarks\": [{\"%s\": %zu}]}", list[i].format1,
			 i);
		sample = collect(text, "{}");
		CHECK(json_integer_value(json_object_get(sample, list[i].name)) == (json_int_t)i,
		      "%s", list[i].name);
		assert_null(json_object_get(sample, list[i].format1));
		json_decref(sample);
		renamed++;
	}
	/* Those of an audit are among them. */
	assert_true(renamed > 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_two_become_one),
		cmocka_unit_test(test_names_of_earlier_revisions),
		cmocka_unit_test(test_every_earlier_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
