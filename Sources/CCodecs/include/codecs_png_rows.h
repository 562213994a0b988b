#ifndef CODECS_PNG_ROWS_H
#define CODECS_PNG_ROWS_H

#include "codecs_png.h"

// A picture's rows as a PNG stores them: samples packed as the colour type has it, then filtered. In C, because every
// byte of every picture passes here five times: these loops become vector instructions, which Swift's checked ones do
// not.

/// Slots of a palette's table: a power of two, four for each colour there can be.
#define CODECS_PNG_SLOTS 1024

/// Where the search for a colour begins. The table is full of `colors` at most to a quarter; what is not in the slot is
/// in the next free one, the last slot being followed by the first.
static inline uint32_t codecs_png_slot(uint32_t color) { return color * 0x9E3779B1u >> 22; }

/// What is stored of a picture, and how. The memory it points to is borrowed.
typedef struct codecs_png_form {
  /// The picture's, 8 or 16 bits a sample in the machine's byte order, `row_bytes` apart.
  const uint8_t *pixels;
  size_t row_bytes;
  uint32_t width;
  uint32_t height;
  int channels;
  int depth;
  /// What is stored: some of the picture's channels, which is for the caller to know to be enough (the first one for
  /// gray; alpha left out), or indices.
  codecs_png_color stored_color;
  /// 16 only for a picture of 16 bits, 1, 2 and 4 only for gray and palette.
  int stored_depth;
  /// For a palette: by slot, colours with red in the lowest byte and alpha in the highest (255 without alpha; gray in
  /// all three), and their indices. Every colour of the picture is there.
  const uint32_t *slot_colors;
  const uint8_t *slot_indices;
} codecs_png_form;

typedef enum __attribute__((enum_extensibility(closed))) codecs_png_filtering {
  codecs_png_filtering_none = 0,
  /// For each row the filter (PNG Third Edition 9.2) that leaves the smallest sum of absolute differences (12.7).
  codecs_png_filtering_smallest,
} codecs_png_filtering;

typedef struct codecs_png_filter codecs_png_filter;

/// A filter at the first row. NULL when there is no memory. The form is copied.
codecs_png_filter *codecs_png_filter_create(const codecs_png_form *form, codecs_png_filtering filtering);

/// Goes to another row: 0 to the height less one.
void codecs_png_filter_seek(codecs_png_filter *filter, uint32_t row);

/// Writes the next row, one byte more than `codecs_png_row_bytes`, and goes on to the one after it.
void codecs_png_filter_next(codecs_png_filter *filter, uint8_t *target);

void codecs_png_filter_destroy(codecs_png_filter *filter);

#endif
