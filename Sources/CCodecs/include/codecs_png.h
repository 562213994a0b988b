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

#endif
