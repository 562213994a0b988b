#ifndef CODECS_PNG_UNFILTER_H
#define CODECS_PNG_UNFILTER_H

#include "codecs_png.h"

// From the rows of a PNG, inflated and still filtered, to pixels. In C, because every byte of every picture passes
// here: these loops become vector instructions. How large all memory is, is reckoned in Swift; there is nothing to be
// read from the file any more but the byte that names a row's filter.

/// What the rows hold. The memory it points to is borrowed.
typedef struct codecs_png_stored {
  codecs_png_color color;
  /// Bits of a sample or of an index: 1, 2, 4, 8, 16.
  int depth;
  /// tRNS: pixels get an alpha sample.
  bool transparency;
  /// For gray and RGB with transparency: the samples that are transparent, in as many bits as they have.
  uint16_t key[3];
  /// For a palette: 256 colours, red, green, blue and alpha of each. Indices that PLTE lacks are opaque black.
  const uint8_t *palette;
} codecs_png_stored;

/// Rows that are filtered together: the whole picture, or what one pass of Adam7 holds of it (PNG Third Edition 8.1).
typedef struct codecs_png_pass {
  uint32_t width;
  uint32_t height;
  /// Where the first pixel lies in the picture, and how far the next one is to the right and below.
  uint32_t left;
  uint32_t top;
  uint32_t across;
  uint32_t down;
} codecs_png_pass;

/// The bytes of a pixel as it comes out: gray stays gray and gets at least eight bits, a palette becomes RGB, tRNS
/// becomes alpha.
size_t codecs_png_pixel_bytes(const codecs_png_stored *stored);

/// Bytes that may be read behind the rows; what is in them does not matter.
#define CODECS_PNG_SLACK 8

/// Some of a pass's rows, one after the other.
typedef struct codecs_png_band {
  uint32_t first;
  uint32_t count;
  /// Filtered, each behind the byte that names its filter; they become what they are stored as.
  uint8_t *rows;
  /// The row above the first one, unfiltered, behind such a byte; NULL for the first of the pass.
  const uint8_t *above;
} codecs_png_band;

/// Undoes the filters and writes the pixels, the picture's rows being `picture_row_bytes` apart; sixteen bits are in the
/// machine's byte order. False for a filter that there is not (9.2): then the pixels are not all written.
bool codecs_png_unfilter(
    const codecs_png_stored *stored, const codecs_png_pass *pass, const codecs_png_band *band, uint8_t *picture,
    size_t picture_row_bytes);

#endif
