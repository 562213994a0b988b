#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "reference.h"

// What has to survive a longjmp lives here, not in locals.
typedef struct reader {
  reference_picture picture;
  jmp_buf leave;
  const uint8_t *next;
  size_t left;
} reader;

static _Noreturn void leave(png_structp png, png_const_charp message) {
  reader *self = png_get_error_ptr(png);
  snprintf(self->picture.message, sizeof self->picture.message, "%s", message);
  longjmp(self->leave, 1);
}

static void warn(png_structp png, png_const_charp message) {
  if (strncmp(message, "tRNS: ", 6) == 0) leave(png, message);
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  reader *self = png_get_io_ptr(png);
  if (count > self->left) {
    self->picture.truncated = true;
    png_error(png, "the bytes end early");
  }
  memcpy(target, self->next, count);
  self->next += count;
  self->left -= count;
}

static void read_picture(reader *self, png_structp png, png_infop info, size_t most) {
  reference_picture *picture = &self->picture;
  png_set_read_fn(png, self, read_bytes);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(png, info);
  picture->width = png_get_image_width(png, info);
  picture->height = png_get_image_height(png, info);
  if ((size_t)picture->width * picture->height > most) png_error(png, "too many pixels");
  png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
#endif
  int passes = png_set_interlace_handling(png);
  bool is_transparent = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  png_read_update_info(png, info);
  picture->channels = png_get_channels(png, info);
  picture->depth = png_get_bit_depth(png, info);
  if (is_transparent && picture->channels % 2 != 0) png_error(png, "PLTE: tRNS must be after");
  size_t row_bytes = png_get_rowbytes(png, info);
  picture->count = row_bytes * picture->height;
  picture->pixels = malloc(picture->count);
  if (picture->pixels == NULL) png_error(png, "no memory");
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < picture->height; y++) png_read_row(png, picture->pixels + y * row_bytes, NULL);
  }
  png_read_end(png, NULL);
}

reference_picture reference_png(const uint8_t *bytes, size_t count, size_t most) {
  reader *self = calloc(1, sizeof *self);
  if (self == NULL) return (reference_picture){.message = "no memory"};
  self->next = bytes;
  self->left = count;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, leave, warn);
  png_infop info = png_create_info_struct(png);
  if (setjmp(self->leave) == 0) {
    read_picture(self, png, info, most);
  } else {
    free(self->picture.pixels);
    self->picture.pixels = NULL;
  }
  reference_picture picture = self->picture;
  png_destroy_read_struct(&png, &info, NULL);
  free(self);
  return picture;
}
