// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads numbers, times and comma lists as users write them, without the liberties of strtol() and strtok(). */
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int digit_value(char c, unsigned int base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (base == 16 && c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (base == 16 && c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool parse_u64_prefix(const char **text, uint64_t *value)
{
	const char *p = *text;
	unsigned int base = 10;
	uint64_t sum = 0;

	if (p[0] == '0' && p[1] == 'x') {
		base = 16;
		p += 2;
	}
	if (digit_value(*p, base) < 0)
		return false;
	for (int digit; (digit = digit_value(*p, base)) >= 0; p++) {
		if (sum > (UINT64_MAX - (unsigned int)digit) / base)
			return false;
		sum = sum * base + (unsigned int)digit;
	}
	*text = p;
	*value = sum;
	return true;
}

bool parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t v;

	if (!parse_u64_prefix(&text, &v) || *text || v < min || v > max)
		return false;
	*value = v;
	return true;
}

bool parse_double(const char *text, double min, double max, double *value)
{
	char *end;
	double v;

	/* strtod also takes blanks, signs, hex, "inf" and "nan". */
	if (text[strspn(text, "0123456789.eE+-")] ||
	    !(isdigit((unsigned char)*text) || *text == '.'))
		return false;
	errno = 0;
	v = strtod(text, &end);
	if (*end || end == text || errno || !(v >= min && v <= max))
		return false;
	*value = v;
	return true;
}

bool parse_time(const char *text, double min, double max, double *seconds)
{
	static const struct {
		char letter;
		double seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
	size_t length = strlen(text);
	char number[40] = "";
	double unit = 1, v;

	for (size_t i = 0; length && i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[length - 1] == units[i].letter) {
			unit = units[i].seconds;
			length--;
			break;
		}
	}
	if (length >= sizeof(number))
		return false;
	memcpy(number, text, length);
	if (!parse_double(number, min / unit, max / unit, &v))
		return false;
	*seconds = v * unit;
	return true;
}

int parse_item(const char **list, char *item, size_t size)
{
	const char *text = *list;
	size_t length;

	if (!text)
		return 0;
	length = strcspn(text, ",");
	if (!length || length >= size)
		return -EINVAL;
	memcpy(item, text, length);
	item[length] = '\0';
	*list = text[length] ? text + length + 1 : NULL;
	return 1;
}

bool parse_word(const char **text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*text, word, n) != 0)
		return false;
	*text += n;
	return true;
}
