#include <string.h>

#include "codecs_png_unfilter.h"
#include "png_unfilter.h"

enum {
  // Pixels that are made at once, on the stack: of every depth they begin and end with a byte.
  block = 256,
  // Of a pixel, at most: RGBA of sixteen bits.
  pixel_bytes = 8,
};

static size_t channels(codecs_png_color color) {
  switch (color) {
    case codecs_png_color_gray:
    case codecs_png_color_palette: return 1;
    case codecs_png_color_gray_alpha: return 2;
    case codecs_png_color_rgb: return 3;
    case codecs_png_color_rgba: return 4;
  }
}

size_t codecs_png_row_bytes(const codecs_png_stored *stored, uint32_t width) {
  return ((size_t)width * channels(stored->color) * (size_t)stored->depth + 7) / 8;
}

size_t codecs_png_pixel_bytes(const codecs_png_stored *stored) {
  size_t samples = (stored->color == codecs_png_color_palette ? 3 : channels(stored->color)) + stored->transparency;
  return samples * (stored->depth == 16 ? 2 : 1);
}

static uint16_t big_endian(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

// In the machine's order.
static void put16(uint8_t *target, uint16_t sample) { memcpy(target, &sample, 2); }

static void swap(const uint8_t *restrict source, uint8_t *restrict target, size_t samples) {
  for (size_t i = 0; i < samples; i++) put16(target + 2 * i, big_endian(source + 2 * i));
}

// Samples or indices of fewer than eight bits, the first one highest (7.2); each times `factor`.
static void unpack(const uint8_t *source, uint8_t *target, size_t count, int depth, int factor) {
  for (size_t i = 0; i < count; i++) {
    size_t bit = i * (size_t)depth;
    int sample = source[bit / 8] >> (8 - depth - (int)(bit % 8)) & ((1 << depth) - 1);
    target[i] = (uint8_t)(sample * factor);
  }
}

static void look_up(const uint8_t *colors, bool has_alpha, const uint8_t *indices, uint8_t *target, size_t count) {
  if (has_alpha) {
    for (size_t i = 0; i < count; i++) memcpy(target + 4 * i, colors + 4 * indices[i], 4);
  } else {
    for (size_t i = 0; i < count; i++) memcpy(target + 3 * i, colors + 4 * indices[i], 3);
  }
}

// Alpha behind the samples: none where they are the key's.
static void add_alpha(const codecs_png_stored *stored, const uint8_t *source, uint8_t *target, size_t count) {
  size_t samples = channels(stored->color);
  if (stored->depth == 16) {
    for (size_t i = 0; i < count; i++) {
      bool is_key = true;
      for (size_t j = 0; j < samples; j++) {
        uint16_t sample = big_endian(source + 2 * (i * samples + j));
        is_key &= sample == stored->key[j];
        put16(target + 2 * (i * (samples + 1) + j), sample);
      }
      put16(target + 2 * (i * (samples + 1) + samples), is_key ? 0 : 0xFFFF);
    }
  } else {
    for (size_t i = 0; i < count; i++) {
      bool is_key = true;
      for (size_t j = 0; j < samples; j++) {
        uint8_t sample = source[i * samples + j];
        is_key &= sample == stored->key[j];
        target[i * (samples + 1) + j] = sample;
      }
      target[i * (samples + 1) + samples] = is_key ? 0 : 255;
    }
  }
}

// Up to a block of pixels; `source` and `target` are apart.
static void expand(
    const codecs_png_stored *stored, const uint8_t *restrict source, uint8_t *restrict target, size_t count) {
  codecs_png_stored bytes = *stored;
  uint8_t unpacked[block];
  bool is_palette = stored->color == codecs_png_color_palette;
  if (stored->depth < 8) {
    // A gray of all ones is white.
    int factor = is_palette ? 1 : 255 / ((1 << stored->depth) - 1);
    bool is_last = !is_palette && !stored->transparency;
    unpack(source, is_last ? target : unpacked, count, stored->depth, factor);
    if (is_last) return;
    source = unpacked;
    bytes.key[0] = (uint16_t)(bytes.key[0] * factor);
    bytes.depth = 8;
  }
  if (is_palette) {
    look_up(stored->palette, stored->transparency, source, target, count);
  } else if (stored->transparency) {
    add_alpha(&bytes, source, target, count);
  } else if (stored->depth == 16) {
    swap(source, target, count * channels(stored->color));
  } else {
    memcpy(target, source, count * channels(stored->color));
  }
}

// A row of the picture. It may lie over the one it is made of, no later at its beginning and its end: what has not been
// read by then is still there.
static void write_row(const codecs_png_stored *stored, const uint8_t *row, uint8_t *target, uint32_t width) {
  size_t bytes = codecs_png_row_bytes(stored, width);
  if (stored->depth == 8 && stored->color != codecs_png_color_palette && !stored->transparency) {
    memmove(target, row, bytes);
    return;
  }
  size_t block_bytes = codecs_png_row_bytes(stored, block), pixel = codecs_png_pixel_bytes(stored);
  uint8_t source[block * pixel_bytes];
  for (size_t x = 0; x < width; x += block) {
    size_t count = width - x < block ? width - x : block;
    memcpy(source, row, bytes < block_bytes ? bytes : block_bytes);
    expand(stored, source, target + x * pixel, count);
    row += block_bytes;
    bytes -= bytes < block_bytes ? bytes : block_bytes;
  }
}

// Pixels of a row that are `across` pixels apart.
static void scatter_row(
    const codecs_png_stored *stored, const uint8_t *row, uint8_t *target, uint32_t width, uint32_t across) {
  size_t block_bytes = codecs_png_row_bytes(stored, block), pixel = codecs_png_pixel_bytes(stored);
  uint8_t pixels[block * pixel_bytes];
  for (size_t x = 0; x < width; x += block) {
    size_t count = width - x < block ? width - x : block;
    expand(stored, row, pixels, count);
    for (size_t i = 0; i < count; i++) memcpy(target + (x + i) * across * pixel, pixels + i * pixel, pixel);
    row += block_bytes;
  }
}

bool codecs_png_unfilter(
    const codecs_png_stored *stored, const codecs_png_pass *pass, uint8_t *rows, uint8_t *picture,
    size_t picture_row_bytes) {
  size_t bytes = codecs_png_row_bytes(stored, pass->width);
  size_t stored_bits = channels(stored->color) * (size_t)stored->depth;
  size_t unit = stored_bits < 8 ? 1 : stored_bits / 8;
  picture += (size_t)pass->top * picture_row_bytes + (size_t)pass->left * codecs_png_pixel_bytes(stored);
  const uint8_t *above = NULL;
  // A row is written when the one below it has been unfiltered, which needs it as it is stored.
  for (uint32_t y = 0; y <= pass->height; y++) {
    uint8_t *row = rows + (size_t)y * (bytes + 1) + 1;
    if (y < pass->height) {
      int filter = row[-1];
      if (filter > 4) return false;
      png_unfilter_row(filter, row, above, bytes, unit);
    }
    if (y > 0) {
      uint8_t *target = picture + (size_t)(y - 1) * pass->down * picture_row_bytes;
      if (pass->across == 1 && pass->down == 1) {
        write_row(stored, above, target, pass->width);
      } else {
        scatter_row(stored, above, target, pass->width, pass->across);
      }
    }
    above = row;
  }
  return true;
}
