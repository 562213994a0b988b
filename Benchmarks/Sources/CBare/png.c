#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "bare.h"

typedef struct memory {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} memory;

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  memory *source = png_get_io_ptr(png);
  if (count > source->count) png_error(png, "end of file");
  memcpy(target, source->bytes, count);
  source->bytes += count;
  source->count -= count;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  memory *target = png_get_io_ptr(png);
  if (target->count + count > target->capacity) {
    target->capacity = (target->count + count) * 2;
    target->bytes = realloc(target->bytes, target->capacity);
  }
  memcpy(target->bytes + target->count, bytes, count);
  target->count += count;
}

static void flush(png_structp png) { (void)png; }

size_t bare_png_decode(const uint8_t *bytes, size_t count) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png))) return 0;
  memory source = {(uint8_t *)bytes, count, 0};
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);
  png_set_expand(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t row_bytes = png_get_rowbytes(png, info);
  uint32_t height = png_get_image_height(png, info);
  uint8_t *pixels = malloc(row_bytes * height);
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < height; row++) png_read_row(png, pixels + row * row_bytes, NULL);
  }
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  free(pixels);
  return row_bytes * height;
}

size_t bare_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, bool alpha, int level) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png))) return 0;
  memory target = {NULL, 0, 0};
  png_set_write_fn(png, &target, write_bytes, flush);
  png_set_compression_level(png, level);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
  png_set_IHDR(
      png, info, width, height, 8, alpha ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t row = 0; row < height; row++) png_write_row(png, pixels + (size_t)row * width * (alpha ? 4 : 3));
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  free(target.bytes);
  return target.count;
}
