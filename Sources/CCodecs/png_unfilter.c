#include "png_unfilter.h"

#include <string.h>

#include "vectors.h"

// Sub, Average and Paeth go from pixel to pixel: each needs the one before. Their speed is that of the chain from one
// result to the next, which these loops keep as short as they can; a pixel's bytes are the lanes of a vector. With AVX2
// a choice between lanes is one instruction.
#define INLINE static inline __attribute__((always_inline))

typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef int16_t lanes __attribute__((vector_size(16)));

// The first `count` lanes are the bytes there, each in sixteen bits; the others are 0.
INLINE lanes load(const uint8_t *source, size_t count) {
  bytes8 bytes = {0};
  memcpy(&bytes, source, count);
  return __builtin_convertvector(bytes, lanes);
}

INLINE void store(uint8_t *target, lanes value, size_t count) {
  bytes8 bytes = __builtin_convertvector(value, bytes8);
  memcpy(target, &bytes, count);
}

// Of bytes in sixteen bits, modulo 256: the high halves are 0, and stay it.
INLINE lanes add(lanes a, lanes b) { return (lanes)((bytes16)a + (bytes16)b); }

INLINE lanes choose(lanes mask, lanes yes, lanes no) { return (mask & yes) | (~mask & no); }

// 9.4, whichever of a (left), b (above), c (above left) is nearest to a + b - c, the first of equals: c, when twice the
// way from it leads beyond neither of the others, and else the end of the range of a and b that is further from it.
// Of the whole chain only what `a` is in counts: one subtraction, a comparison, two choices.
INLINE lanes paeth(lanes a, lanes b, lanes c, lanes c3_b) {
  lanes reach = c3_b - a;
  lanes is_less = a < b;
  lanes low = choose(is_less, a, b), high = choose(is_less, b, a);
  return choose(reach <= low, high, choose(high <= reach, low, c));
}

enum { sub = 1, up, average, nearest };

// One pixel: `a` is the one to the left and becomes this one, `c` above left and becomes the one above.
INLINE void step(int filter, lanes raw, lanes b, lanes *a, lanes *c) {
  if (filter == sub) {
    *a = add(raw, *a);
  } else if (filter == average) {
    *a = add(raw, (*a + b) >> 1);
  } else {
    lanes c3_b = *c + *c + *c - b;
    *a = add(raw, paeth(*a, b, *c, c3_b));
    *c = b;
  }
}

// A pixel of three or six bytes is moved with one or two bytes of the next, which are loaded before this one is stored
// over them; only the last one must not touch what follows the row.
INLINE void by_pixels(int filter, uint8_t *row, const uint8_t *above, size_t count, size_t pixel, size_t moved) {
  lanes a = {0}, b = {0}, c = {0}, raw = load(row, moved);
  size_t last = count - pixel;
  for (size_t i = 0; i < last; i += pixel) {
    lanes next = load(row + i + pixel, moved);
    if (filter != sub) b = load(above + i, moved);
    step(filter, raw, b, &a, &c);
    store(row + i, a, moved);
    raw = next;
  }
  if (filter != sub) b = load(above + last, moved);
  step(filter, raw, b, &a, &c);
  store(row + last, a, pixel);
}

INLINE int16_t predict(int filter, int16_t a, int16_t b, int16_t c) {
  if (filter == sub) return a;
  if (filter == average) return (int16_t)((a + b) >> 1);
  int16_t reach = (int16_t)(c * 3 - b - a);
  int16_t low = a < b ? a : b, high = a < b ? b : a;
  int16_t other = high <= reach ? low : c;
  return reach <= low ? high : other;
}

INLINE void by_bytes(int filter, uint8_t *row, const uint8_t *above, size_t count) {
  uint8_t a = 0, b = 0, c = 0;
  for (size_t i = 0; i < count; i++) {
    if (filter != sub) b = above[i];
    a = (uint8_t)(row[i] + predict(filter, a, b, c));
    c = b;
    row[i] = a;
  }
}

INLINE void unfilter(int filter, uint8_t *row, const uint8_t *above, size_t count, size_t pixel) {
  switch (pixel) {
    case 1: by_bytes(filter, row, above, count); break;
    case 2: by_pixels(filter, row, above, count, 2, 2); break;
    case 3: by_pixels(filter, row, above, count, 3, 4); break;
    case 4: by_pixels(filter, row, above, count, 4, 4); break;
    case 6: by_pixels(filter, row, above, count, 6, 8); break;
    case 8: by_pixels(filter, row, above, count, 8, 8); break;
    default: __builtin_unreachable();
  }
}

VECTORS static void unfilter_sub(uint8_t *row, size_t count, size_t pixel) { unfilter(sub, row, NULL, count, pixel); }

VECTORS static void unfilter_up(uint8_t *restrict row, const uint8_t *restrict above, size_t count) {
  for (size_t i = 0; i < count; i++) row[i] = (uint8_t)(row[i] + above[i]);
}

VECTORS static void unfilter_average(uint8_t *row, const uint8_t *above, size_t count, size_t pixel) {
  unfilter(average, row, above, count, pixel);
}

VECTORS static void unfilter_nearest(uint8_t *row, const uint8_t *above, size_t count, size_t pixel) {
  unfilter(nearest, row, above, count, pixel);
}

// With zeros above, Up is no filter and Paeth is Sub.
static void unfilter_first(int filter, uint8_t *row, size_t count, size_t pixel) {
  if (filter == sub || filter == nearest) unfilter_sub(row, count, pixel);
  if (filter == average) {
    for (size_t i = pixel; i < count; i++) row[i] = (uint8_t)(row[i] + (row[i - pixel] >> 1));
  }
}

void png_unfilter_row(int filter, uint8_t *row, const uint8_t *above, size_t count, size_t pixel) {
  if (above == NULL) {
    unfilter_first(filter, row, count, pixel);
  } else if (filter == sub) {
    unfilter_sub(row, count, pixel);
  } else if (filter == up) {
    unfilter_up(row, above, count);
  } else if (filter == average) {
    unfilter_average(row, above, count, pixel);
  } else if (filter == nearest) {
    unfilter_nearest(row, above, count, pixel);
  }
}
