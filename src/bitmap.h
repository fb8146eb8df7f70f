/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bit operations on arrays of unsigned long, a word at a time. Bit i is bit
 * i % BITS_PER_WORD of word i / BITS_PER_WORD, so 32 and 64 bits and both byte orders
 * behave alike. Nothing here is atomic: the caller holds the lock that guards
 * the words it names, and words are never shared between two locks.
 */
#ifndef IOMMUBENCH_BITMAP_H
#define IOMMUBENCH_BITMAP_H

#include <limits.h>
#include <stddef.h>

#define BITS_PER_WORD (sizeof(unsigned long) * CHAR_BIT)

/* Words that hold @bits bits. */
static inline size_t bitmap_words(unsigned long bits)
{
	return (bits + BITS_PER_WORD - 1) / BITS_PER_WORD;
}

/* Ones from bit @bit of a word upwards; @bit < BITS_PER_WORD. */
static inline unsigned long bitmap_from(unsigned long bit)
{
	return ~0UL << bit;
}

/* Ones below bit @bits of a word; 1 <= @bits <= BITS_PER_WORD. */
static inline unsigned long bitmap_below(unsigned long bits)
{
	return ~0UL >> (BITS_PER_WORD - bits);
}

/*
 * First bit at or after @start and below @size that is 0 in @map ^ @flip (@flip 0:
 * first clear bit, ~0: first set bit), or @size.
 */
static inline unsigned long bitmap_scan(const unsigned long *map, unsigned long size,
					unsigned long start, unsigned long flip)
{
	unsigned long word, found;

	if (start >= size)
		return size;
	word = start / BITS_PER_WORD;
	found = ~(map[word] ^ flip) & bitmap_from(start % BITS_PER_WORD);
	while (!found) {
		word++;
		if (word * BITS_PER_WORD >= size)
			return size;
		found = ~(map[word] ^ flip);
	}
	found = word * BITS_PER_WORD + (unsigned long)__builtin_ctzl(found);
	return found < size ? found : size;
}

static inline unsigned long bitmap_next_clear(const unsigned long *map, unsigned long size,
					      unsigned long start)
{
	return bitmap_scan(map, size, start, 0);
}

static inline unsigned long bitmap_next_set(const unsigned long *map, unsigned long size,
					    unsigned long start)
{
	return bitmap_scan(map, size, start, ~0UL);
}

/*
 * Walks the words that [start, start + n) touches: @word is the index, @bits the
 * bits of it that belong. For use as a for statement; n >= 1.
 */
struct bitmap_walk {
	unsigned long word, bits, left;
};

static inline struct bitmap_walk bitmap_walk_begin(unsigned long start, unsigned long n)
{
	struct bitmap_walk w = {.word = start / BITS_PER_WORD};
	unsigned long bit = start % BITS_PER_WORD;
	unsigned long room = BITS_PER_WORD - bit;
	unsigned long here = n < room ? n : room;

	w.bits = bitmap_below(here) << bit;
	w.left = n - here;
	return w;
}

/* The next word, whose @bits are 0 when the range is done. */
static inline struct bitmap_walk bitmap_walk_next(struct bitmap_walk w)
{
	unsigned long here = w.left < BITS_PER_WORD ? w.left : BITS_PER_WORD;

	w.word++;
	w.bits = here ? bitmap_below(here) : 0;
	w.left -= here;
	return w;
}

#define bitmap_for_each_word(w, start, n) \
	for (struct bitmap_walk w = bitmap_walk_begin(start, n); w.bits; w = bitmap_walk_next(w))

static inline void bitmap_set(unsigned long *map, unsigned long start, unsigned long n)
{
	bitmap_for_each_word (w, start, n)
		map[w.word] |= w.bits;
}

static inline void bitmap_clear(unsigned long *map, unsigned long start, unsigned long n)
{
	bitmap_for_each_word (w, start, n)
		map[w.word] &= ~w.bits;
}

#endif
