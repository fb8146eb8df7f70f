// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a flush model, an allocator's name and a lock's. */
#include "fuzz.h"

#include "flush.h"
#include "plan/cell.h"
#include "plan/variant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct flush_model m;
	struct variant v;
	enum lock_kind kind;
	struct error e = {""};
	int err;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!strchr(text, '\n')) {
		err = flush_model_parse(text, &m, &e);
		fuzz_check_error(err, &e);
		FUZZ_CHECK(err || flush_model_ns(&m) <= FLUSH_NS_MAX);
		if (!err) {
			struct flush_model again;

			/* The name is the one spelling of the model. */
			FUZZ_CHECK(!flush_model_parse(m.name, &again, &e));
			FUZZ_CHECK(strcmp(again.name, m.name) == 0);
			FUZZ_CHECK(flush_model_ns(&again) == flush_model_ns(&m));
		}
		err = variant_parse(text, &v, &e);
		fuzz_check_error(err, &e);
		FUZZ_CHECK(err || !v.npools || variant_takes(v.allocator, v.npools));
		if (lock_kind_parse(text, &kind))
			FUZZ_CHECK(strcmp(lock_kind_name(kind),
					  strcmp(text, "mcs") ? text : "queued") == 0);
	}
	free(text);
	return 0;
}
