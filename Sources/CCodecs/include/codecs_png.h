#ifndef CODECS_PNG_H
#define CODECS_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Colour types of IHDR (PNG Third Edition 11.2.1).
typedef enum __attribute__((enum_extensibility(closed))) codecs_png_color {
  codecs_png_color_gray = 0,
  codecs_png_color_rgb = 2,
  codecs_png_color_palette = 3,
  codecs_png_color_gray_alpha = 4,
  codecs_png_color_rgba = 6,
} codecs_png_color;

/// Samples of a pixel; 1 for an index.
static inline size_t codecs_png_channels(codecs_png_color color) {
  switch (color) {
    case codecs_png_color_gray:
    case codecs_png_color_palette: return 1;
    case codecs_png_color_gray_alpha: return 2;
    case codecs_png_color_rgb: return 3;
    case codecs_png_color_rgba: return 4;
  }
}

/// The bytes of a row of so many pixels as it is stored (7.2), without the one that names its filter. `depth` is the
/// bits of a sample or of an index.
static inline size_t codecs_png_row_bytes(codecs_png_color color, int depth, size_t width) {
  return (width * codecs_png_channels(color) * (size_t)depth + 7) / 8;
}

/// Bytes from a sample to the same of the pixel before it, at least 1 (9.2, `bpp`).
static inline size_t codecs_png_pixel_step(codecs_png_color color, int depth) {
  size_t bits = codecs_png_channels(color) * (size_t)depth;
  return bits < 8 ? 1 : bits / 8;
}

#endif
