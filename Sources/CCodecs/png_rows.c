#include "png_rows.h"

#include <string.h>

// Where the sample that is stored as the `index`th lies among the picture's.
static int source_channel(const codecs_png_form *form, int index) {
  if (form->stored_color == codecs_png_color_gray_alpha && index == 1) return form->channels - 1;
  return index;
}

// The high byte of a sample of 16 bits, in the machine's order.
static const uint8_t *high_byte(const codecs_png_form *form, const uint8_t *sample) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return sample + (form->depth == 16);
#else
  (void)form;
  return sample;
#endif
}

static void pack_deep(const codecs_png_form *form, const uint8_t *row, uint8_t *target) {
  int channels = (int)codecs_png_channels(form->stored_color);
  size_t from = (size_t)form->channels * 2, to = (size_t)channels * 2;
  for (int channel = 0; channel < channels; channel++) {
    const uint8_t *source = row + 2 * source_channel(form, channel);
    uint8_t *stored = target + 2 * channel;
    for (size_t x = 0; x < form->width; x++) {
      uint16_t sample;
      memcpy(&sample, source + x * from, 2);
      stored[x * to] = (uint8_t)(sample >> 8);
      stored[x * to + 1] = (uint8_t)sample;
    }
  }
}

static void pack_bytes(const codecs_png_form *form, const uint8_t *row, uint8_t *target) {
  int channels = (int)codecs_png_channels(form->stored_color);
  if (channels == form->channels && form->depth == 8) {
    memcpy(target, row, (size_t)form->width * (size_t)channels);
    return;
  }
  size_t depth = (size_t)form->depth / 8, from = (size_t)form->channels * depth, to = (size_t)channels;
  for (int channel = 0; channel < channels; channel++) {
    const uint8_t *source = high_byte(form, row + depth * (size_t)source_channel(form, channel));
    for (size_t x = 0; x < form->width; x++) target[x * to + (size_t)channel] = source[x * from];
  }
}

static uint8_t index_of(const codecs_png_form *form, const uint8_t *pixel) {
  size_t depth = (size_t)form->depth / 8;
  uint8_t samples[4];
  for (int i = 0; i < form->channels; i++) samples[i] = *high_byte(form, pixel + depth * (size_t)i);
  bool is_gray = form->channels < 3;
  uint32_t alpha = form->channels % 2 == 0 ? samples[form->channels - 1] : 255;
  uint32_t color = samples[0] | (uint32_t)samples[is_gray ? 0 : 1] << 8 | (uint32_t)samples[is_gray ? 0 : 2] << 16 |
                   alpha << 24;
  uint32_t slot = codecs_png_slot(color);
  while (form->slot_colors[slot] != color) slot = (slot + 1) % CODECS_PNG_SLOTS;
  return form->slot_indices[slot];
}

// Samples or indices of fewer than eight bits, the first one highest (7.2).
static void pack_bits(const codecs_png_form *form, const uint8_t *row, uint8_t *target) {
  size_t pixel = (size_t)form->channels * (size_t)form->depth / 8;
  int depth = form->stored_depth, filled = 0;
  uint8_t byte = 0;
  for (size_t x = 0; x < form->width; x++) {
    uint8_t sample = form->stored_color == codecs_png_color_palette
                         ? index_of(form, row + x * pixel)
                         : (uint8_t)(*high_byte(form, row + x * pixel) >> (8 - depth));
    byte = (uint8_t)(byte << depth | sample);
    filled += depth;
    if (filled == 8) {
      *target++ = byte;
      byte = 0;
      filled = 0;
    }
  }
  if (filled > 0) *target = (uint8_t)(byte << (8 - filled));
}

void png_pack_row(const codecs_png_form *form, uint32_t y, uint8_t *target) {
  const uint8_t *row = form->pixels + (size_t)y * form->row_bytes;
  if (form->stored_depth < 8 || form->stored_color == codecs_png_color_palette) {
    pack_bits(form, row, target);
  } else if (form->stored_depth == 16) {
    pack_deep(form, row, target);
  } else {
    pack_bytes(form, row, target);
  }
}
