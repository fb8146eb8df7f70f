/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For cppcheck alone, which does not read jansson.h. */
#define json_array_foreach(array, index, value) \
	for (index = 0; (value = json_array_get(array, index)); index++)
