#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

#include "codecs_png.h"

typedef struct writer {
  png_structp png;
  png_infop info;
  jmp_buf leave;
  codecs_result result;
  codecs_sink sink;
  void *context;
} writer;

static _Noreturn void leave(png_structp png, png_const_charp message) {
  writer *self = png_get_error_ptr(png);
  if (self->result.outcome == codecs_outcome_done) self->result.outcome = codecs_outcome_malformed;
  snprintf(self->result.message, sizeof self->result.message, "%s", message);
  longjmp(self->leave, 1);
}

// The default prints to standard error.
static void warn(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t count) {
  writer *self = png_get_mem_ptr(png);
  void *memory = malloc(count);
  if (memory == NULL) self->result.outcome = codecs_outcome_no_memory;
  return memory;
}

static void release(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  writer *self = png_get_io_ptr(png);
  self->sink(self->context, bytes, count);
}

// The default flushes a FILE.
static void flush(png_structp png) { (void)png; }

static void write_picture(writer *self, const codecs_png_picture *picture) {
  self->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, self, leave, warn, self, allocate, release);
  if (self->png != NULL) self->info = png_create_info_struct(self->png);
  if (self->info == NULL) {
    self->result.outcome = codecs_outcome_no_memory;
    return;
  }
  png_structp png = self->png;
  png_set_write_fn(png, self, write_bytes, flush);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, picture->compression);
  // Filters make rows easier to compress; stored rows have nothing to gain.
  if (picture->compression == 0) png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_IHDR(
      png, self->info, picture->width, picture->height, picture->depth, (int)picture->color, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, self->info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (picture->depth == 16) png_set_swap(png);
#endif
  for (uint32_t row = 0; row < picture->height; row++) {
    png_write_row(png, picture->pixels + (size_t)row * picture->row_bytes);
  }
  png_write_end(png, NULL);
}

codecs_result codecs_png_write(const codecs_png_picture *picture, codecs_sink sink, void *context) {
  writer *self = calloc(1, sizeof *self);
  if (self == NULL) return (codecs_result){codecs_outcome_no_memory, "malloc"};
  self->sink = sink;
  self->context = context;
  if (setjmp(self->leave) == 0) write_picture(self, picture);
  codecs_result result = self->result;
  png_destroy_write_struct(&self->png, &self->info);
  free(self);
  return result;
}
