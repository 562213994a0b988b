#include <stdlib.h>
#include <string.h>

#include "png_rows.h"
#include "vectors.h"

enum {
  filters = 5,
  // Before a row lie zeros, which are what the filters see left of it: as many as a pixel has bytes, at most eight.
  margin = 16,
  // Magnitudes are at most 128: as many fit a sum of 16 bits.
  summed = 256,
};

struct codecs_png_filter {
  codecs_png_form form;
  codecs_png_filtering filtering;
  size_t bytes;
  size_t pixel_bytes;
  uint32_t row;
  /// The row and the one above it, unfiltered; behind their margins.
  uint8_t *current;
  uint8_t *above;
  /// A row for each filter but the first, which leaves it as it is.
  uint8_t *filtered[filters];
  uint8_t memory[];
};

codecs_png_filter *codecs_png_filter_create(const codecs_png_form *form, codecs_png_filtering filtering) {
  size_t bytes = codecs_png_row_bytes(form->stored_color, form->stored_depth, form->width);
  size_t spaced = margin + bytes;
  codecs_png_filter *self = calloc(1, sizeof *self + spaced * (1 + filters));
  if (self == NULL) return NULL;
  self->form = *form;
  self->filtering = filtering;
  self->bytes = bytes;
  self->pixel_bytes = codecs_png_pixel_step(form->stored_color, form->stored_depth);
  self->current = self->memory + margin;
  self->above = self->current + spaced;
  for (int i = 1; i < filters; i++) self->filtered[i] = self->above + spaced * (size_t)i;
  return self;
}

void codecs_png_filter_seek(codecs_png_filter *self, uint32_t row) {
  self->row = row;
  if (row == 0) {
    memset(self->above, 0, self->bytes);
  } else {
    png_pack_row(&self->form, row - 1, self->above);
  }
}

// Of a difference as a signed byte.
static inline uint8_t magnitude(uint8_t difference) {
  return difference < 128 ? difference : (uint8_t)(256 - difference);
}

static inline uint8_t average(uint8_t a, uint8_t b) { return (uint8_t)((a & b) + ((a ^ b) >> 1)); }

// 9.4: whichever of left, above and above left is nearest to a + b - c.
static inline uint8_t paeth(uint8_t a, uint8_t b, uint8_t c) {
  int16_t to_a = (int16_t)(b - c), to_b = (int16_t)(a - c), to_c = (int16_t)(to_a + to_b);
  to_a = to_a < 0 ? -to_a : to_a;
  to_b = to_b < 0 ? -to_b : to_b;
  to_c = to_c < 0 ? -to_c : to_c;
  uint8_t other = to_b <= to_c ? b : c;
  return to_a <= to_b && to_a <= to_c ? a : other;
}

// Each filter's row, and the sums of its magnitudes.
VECTORS static void filter_all(
    const uint8_t *restrict row, const uint8_t *restrict above, size_t count, size_t pixel,
    uint8_t *restrict sub, uint8_t *restrict up, uint8_t *restrict mean, uint8_t *restrict nearest,
    uint64_t sums[filters]) {
  const uint8_t *left = row - pixel, *corner = above - pixel;
  for (size_t start = 0; start < count; start += summed) {
    size_t end = count - start < summed ? count : start + summed;
    uint16_t part[filters] = {0};
    for (size_t i = start; i < end; i++) part[0] += magnitude(row[i]);
    for (size_t i = start; i < end; i++) part[1] += magnitude(sub[i] = (uint8_t)(row[i] - left[i]));
    for (size_t i = start; i < end; i++) part[2] += magnitude(up[i] = (uint8_t)(row[i] - above[i]));
    for (size_t i = start; i < end; i++) {
      part[3] += magnitude(mean[i] = (uint8_t)(row[i] - average(left[i], above[i])));
    }
    for (size_t i = start; i < end; i++) {
      part[4] += magnitude(nearest[i] = (uint8_t)(row[i] - paeth(left[i], above[i], corner[i])));
    }
    for (int i = 0; i < filters; i++) sums[i] += part[i];
  }
}

void codecs_png_filter_next(codecs_png_filter *self, uint8_t *target) {
  png_pack_row(&self->form, self->row, self->current);
  int best = 0;
  if (self->filtering == codecs_png_filtering_smallest) {
    uint64_t sums[filters] = {0};
    filter_all(
        self->current, self->above, self->bytes, self->pixel_bytes, self->filtered[1], self->filtered[2],
        self->filtered[3], self->filtered[4], sums);
    for (int i = 1; i < filters; i++) {
      if (sums[i] < sums[best]) best = i;
    }
  }
  *target = (uint8_t)best;
  memcpy(target + 1, best == 0 ? self->current : self->filtered[best], self->bytes);
  uint8_t *packed = self->current;
  self->current = self->above;
  self->above = packed;
  self->row += 1;
}

void codecs_png_filter_destroy(codecs_png_filter *self) { free(self); }
