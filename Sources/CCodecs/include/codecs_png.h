#ifndef CODECS_PNG_H
#define CODECS_PNG_H

#include <stdbool.h>

#include "codecs_result.h"

// libpng reports an error by calling its error function, which must not return: its caller is left by longjmp. Swift
// can neither call setjmp nor be jumped over, so every call of libpng that can fail is made here, behind a setjmp.
// What does not fail (which pixels, how large, whose memory) is decided in Swift.

/// Colour types of IHDR (PNG Third Edition 11.2.1).
typedef enum __attribute__((enum_extensibility(closed))) codecs_png_color {
  codecs_png_color_gray = 0,
  codecs_png_color_rgb = 2,
  codecs_png_color_palette = 3,
  codecs_png_color_gray_alpha = 4,
  codecs_png_color_rgba = 6,
} codecs_png_color;

typedef struct codecs_png_header {
  uint32_t width;
  uint32_t height;
  codecs_png_color color;
  /// Bits of a sample or of a palette index: 1, 2, 4, 8, 16.
  int depth;
  bool interlaced;
  /// A tRNS chunk precedes the pixels.
  bool transparency;
} codecs_png_header;

typedef struct codecs_png_reader codecs_png_reader;

/// A reader. NULL when there is no memory. (png_create_read_struct_2 can fail.)
codecs_png_reader *codecs_png_reader_create(void);

/// Reads up to the first IDAT; takes memory for the palette only. `bytes` are borrowed until
/// `codecs_png_reader_destroy`. (png_read_info can fail.)
codecs_result codecs_png_reader_header(
    codecs_png_reader *reader, const uint8_t *bytes, size_t count, codecs_png_header *header);

/// Decodes the whole picture to `pixels`, `row_bytes` apart, and reads on to IEND: gray stays gray and gets at least
/// eight bits, a palette becomes RGB, tRNS becomes alpha, sixteen-bit samples are in the machine's byte order. No
/// sample is scaled for gamma or sBIT. (png_read_row can fail.)
codecs_result codecs_png_reader_pixels(codecs_png_reader *reader, uint8_t *pixels, size_t row_bytes);

/// Frees the reader, whatever state it is in.
void codecs_png_reader_destroy(codecs_png_reader *reader);

#endif
