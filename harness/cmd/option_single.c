// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the values that only one command knows: the sides of a comparison, a machine, an IOTLB. */
#include "cmd/options_table.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "device/profile.h"

#define MACHINE_NAME_MAX 31

int option_read_variant(const struct option_value *v, struct error *e)
{
	struct variant *to = option_field(v);
	const unsigned int *pools;
	struct error why;

	if (variant_parse(v->text, to, &why))
		return error_set(e, "%s: %s", v->name, why.text);
	pools = to->allocator->default_pools;
	if (!to->npools && pools[1])
		return error_set(e, "%s: how many pools? Say %s/pools:%u or another number",
				 v->name, to->allocator->name, pools[0]);
	if (!to->npools)
		to->npools = pools[0];
	return 0;
}

int option_read_side(const struct option_value *v, struct error *e)
{
	for (enum side side = 0; side < SIDES; side++) {
		const char *folder = v->text;

		if (!parse_word(&folder, side_names[side]) || !parse_word(&folder, "="))
			continue;
		v->to->compare.side_folder[side] = folder;
		return *folder ? 0 : error_set(e, "%s: needs a folder", v->name);
	}
	return error_set(e, "%s: '%.40s': expected base=FOLDER or new=FOLDER", v->name, v->text);
}

/* Whether there is such a profile is seen when it is loaded: it may be a file. */
int option_read_machine(const struct option_value *v, struct error *e)
{
	if (strlen(v->text) > MACHINE_NAME_MAX && !strchr(v->text, '/'))
		return error_set(e, "%s: no profile '%.40s': see iommubench list --profiles",
				 v->name, v->text);
	v->to->plan.machine = v->text;
	return *v->text ? 0 : error_set(e, "%s: needs a profile's name or a file's", v->name);
}

int option_read_profile(const struct option_value *v, struct error *e)
{
	struct profile p;
	int err = profile_load(v->text, &p, e);

	if (err == -ENOENT)
		return error_set(e, "%s: no profile '%.40s': see iommubench list --profiles",
				 v->name, v->text);
	if (err)
		return err;
	if (!p.has_iotlb)
		return error_set(e, "%s: %s does not describe its IOTLB: give one with --iotlb",
				 v->name, v->text);
	v->to->audit.iotlb = p.iotlb;
	v->to->audit.profile = v->text;
	return 0;
}

/* TAGS[,WAYS[,RULE]]: fully associative and LRU where it does not say. */
int option_read_iotlb(const struct option_value *v, struct error *e)
{
	struct iotlb_shape shape = {.replacement = IOTLB_LRU};
	uint64_t tags = 0, ways;
	const char *p = v->text, *why;
	bool good = parse_u64_prefix(&p, &tags) && tags <= IOTLB_TAGS_MAX;

	ways = tags;
	if (good && parse_word(&p, ","))
		good = parse_u64_prefix(&p, &ways) && ways <= IOTLB_TAGS_MAX;
	if (good && parse_word(&p, ",")) {
		good = iotlb_replacement_parse(p, &shape.replacement);
		p += strlen(p);
	}
	shape.tags = (unsigned int)tags;
	shape.ways = (unsigned int)ways;
	why = good && !*p ?
		      iotlb_check(&shape) :
		      "expected TAGS, TAGS,WAYS or TAGS,WAYS,lru|fifo|random, up to 4096 tags";
	if (why)
		return error_set(e, "%s: '%.40s': %s", v->name, v->text, why);
	v->to->audit.iotlb = shape;
	v->to->audit.profile = NULL;
	return 0;
}
