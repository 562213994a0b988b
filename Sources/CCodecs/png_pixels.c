#include <string.h>

#include "codecs_png_unfilter.h"
#include "png_unfilter.h"

enum {
  // Pixels that are made at once, on the stack: of every depth they begin and end with a byte.
  block = 256,
  // Of a pixel, at most: RGBA of sixteen bits.
  pixel_bytes = 8,
};

static size_t row_bytes(const codecs_png_stored *stored, size_t width) {
  return codecs_png_row_bytes(stored->color, stored->depth, width);
}

size_t codecs_png_pixel_bytes(const codecs_png_stored *stored) {
  size_t samples = stored->color == codecs_png_color_palette ? 3 : codecs_png_channels(stored->color);
  return (samples + stored->transparency) * (stored->depth == 16 ? 2 : 1);
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
  size_t samples = codecs_png_channels(stored->color);
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
    swap(source, target, count * codecs_png_channels(stored->color));
  } else {
    memcpy(target, source, count * codecs_png_channels(stored->color));
  }
}

// Pixels of a row that are `across` pixels apart.
static void write_row(
    const codecs_png_stored *stored, const uint8_t *row, uint8_t *target, uint32_t width, uint32_t across) {
  size_t block_bytes = row_bytes(stored, block), pixel = codecs_png_pixel_bytes(stored);
  uint8_t pixels[block * pixel_bytes];
  for (size_t x = 0; x < width; x += block) {
    size_t count = width - x < block ? width - x : block;
    expand(stored, row, across == 1 ? target + x * pixel : pixels, count);
    for (size_t i = 0; across > 1 && i < count; i++) {
      memcpy(target + (x + i) * across * pixel, pixels + i * pixel, pixel);
    }
    row += block_bytes;
  }
}

bool codecs_png_unfilter(
    const codecs_png_stored *stored, const codecs_png_pass *pass, const codecs_png_band *band, uint8_t *picture,
    size_t picture_row_bytes) {
  size_t bytes = row_bytes(stored, pass->width), unit = codecs_png_pixel_step(stored->color, stored->depth);
  picture += pass->top * picture_row_bytes + pass->left * codecs_png_pixel_bytes(stored);
  const uint8_t *above = band->above == NULL ? NULL : band->above + 1;
  for (uint32_t y = 0; y < band->count; y++) {
    uint8_t *row = band->rows + y * (bytes + 1) + 1;
    int filter = row[-1];
    if (filter > 4) return false;
    png_unfilter_row(filter, row, above, bytes, unit);
    size_t line = ((size_t)band->first + y) * pass->down;
    write_row(stored, row, picture + line * picture_row_bytes, pass->width, pass->across);
    above = row;
  }
  return true;
}
