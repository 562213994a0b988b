#include <string.h>

#include "CRaster.h"
#include "vectors.h"

enum { lanes = craster_taps_at_once, sums = craster_sums_at_once };

typedef float vector __attribute__((vector_size(lanes * sizeof(float))));
typedef float half __attribute__((vector_size(sums * sizeof(float))));

// Vectors are passed by address: how they are passed by value differs between the editions.
static inline void add_products(vector *total, const float *a, const float *b) {
  vector left, right;
  memcpy(&left, a, sizeof left);
  memcpy(&right, b, sizeof right);
  *total += left * right;
}

// Upper half to lower, twice over: the sums of four vectors at once, and the same order of additions on every processor.
static inline void add_up(float to[sums], const vector totals[sums]) {
  half halves[sums];
  for (int i = 0; i < sums; i++) {
    halves[i] = __builtin_shufflevector(totals[i], totals[i], 0, 1, 2, 3)
        + __builtin_shufflevector(totals[i], totals[i], 4, 5, 6, 7);
  }
  half first = __builtin_shufflevector(halves[0], halves[1], 0, 4, 1, 5)
      + __builtin_shufflevector(halves[0], halves[1], 2, 6, 3, 7);
  half second = __builtin_shufflevector(halves[2], halves[3], 0, 4, 1, 5)
      + __builtin_shufflevector(halves[2], halves[3], 2, 6, 3, 7);
  half result = __builtin_shufflevector(first, second, 0, 1, 4, 5)
      + __builtin_shufflevector(first, second, 2, 3, 6, 7);
  memcpy(to, &result, sizeof result);
}

VECTORS void craster_add_lines(
    float *restrict to, const float *const lines[craster_lines_at_once], const float weights[craster_lines_at_once],
    size_t count) {
  const float *restrict a = lines[0], *restrict b = lines[1], *restrict c = lines[2], *restrict d = lines[3];
  const float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
  for (size_t i = 0; i < count; i++) to[i] += (a[i] * wa + b[i] * wb) + (c[i] * wc + d[i] * wd);
}

VECTORS void craster_across(
    float *restrict to, size_t count, const float *restrict line, const int32_t *restrict firsts,
    const float *restrict weights, size_t taps) {
  for (size_t x = 0; x < count; x += sums, to += sums, firsts += sums, weights += sums * taps) {
    vector totals[sums] = {{0}};
    for (size_t i = 0; i < taps; i += lanes) {
      for (size_t one = 0; one < sums; one++) {
        add_products(&totals[one], line + firsts[one] + i, weights + one * taps + i);
      }
    }
    add_up(to, totals);
  }
}
