#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "codecs_png.h"

struct codecs_png_reader {
  png_structp png;
  png_infop info;
  jmp_buf leave;
  codecs_result result;
  const uint8_t *next;
  size_t left;
};

static const codecs_result done = {codecs_outcome_done, ""};

// The outcome is set before by what knows better (the end of the bytes, a failed malloc).
static _Noreturn void leave(png_structp png, png_const_charp message) {
  codecs_png_reader *reader = png_get_error_ptr(png);
  if (reader->result.outcome == codecs_outcome_done) reader->result.outcome = codecs_outcome_malformed;
  snprintf(reader->result.message, sizeof reader->result.message, "%s", message);
  longjmp(reader->leave, 1);
}

// Warnings concern metadata, but for tRNS: libpng drops a damaged one, and the picture would silently turn opaque.
static void warn(png_structp png, png_const_charp message) {
  if (strncmp(message, "tRNS: ", 6) == 0) leave(png, message);
}

static png_voidp allocate(png_structp png, png_alloc_size_t count) {
  codecs_png_reader *reader = png_get_mem_ptr(png);
  void *memory = malloc(count);
  if (memory == NULL) reader->result.outcome = codecs_outcome_no_memory;
  return memory;
}

static void release(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  codecs_png_reader *reader = png_get_io_ptr(png);
  if (count > reader->left) {
    reader->result.outcome = codecs_outcome_truncated;
    png_error(png, "the bytes end early");
  }
  memcpy(target, reader->next, count);
  reader->next += count;
  reader->left -= count;
}

codecs_png_reader *codecs_png_reader_create(void) {
  codecs_png_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  if (setjmp(reader->leave) == 0) {
    reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, reader, leave, warn, reader, allocate, release);
    if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
  }
  if (reader->info == NULL) {
    codecs_png_reader_destroy(reader);
    return NULL;
  }
  return reader;
}

codecs_result codecs_png_reader_header(
    codecs_png_reader *reader, const uint8_t *bytes, size_t count, codecs_png_header *header) {
  png_structp png = reader->png;
  reader->next = bytes;
  reader->left = count;
  if (setjmp(reader->leave) != 0) return reader->result;
  png_set_read_fn(png, reader, read_bytes);
  // Every chunk but IHDR, PLTE, tRNS, IDAT, IEND is skipped unread: no text to inflate, no profile, no gamma.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  // libpng's own limit is a million on each side; here Limits decides, once the header is known.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(png, reader->info);
  *header = (codecs_png_header){
      .width = png_get_image_width(png, reader->info),
      .height = png_get_image_height(png, reader->info),
      .color = png_get_color_type(png, reader->info),
      .depth = png_get_bit_depth(png, reader->info),
      .interlaced = png_get_interlace_type(png, reader->info) != PNG_INTERLACE_NONE,
      .transparency = png_get_valid(png, reader->info, PNG_INFO_tRNS) != 0,
  };
  return done;
}

codecs_result codecs_png_reader_pixels(codecs_png_reader *reader, uint8_t *pixels, size_t row_bytes) {
  png_structp png = reader->png;
  if (setjmp(reader->leave) != 0) return reader->result;
  // Fewer than eight bits to eight, palette to RGB, tRNS to alpha: each only where the file has it.
  png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (png_get_bit_depth(png, reader->info) == 16) png_set_swap(png);
#endif
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  if (png_get_rowbytes(png, reader->info) != row_bytes) png_error(png, "rows are not of the size the header promises");
  uint32_t height = png_get_image_height(png, reader->info);
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < height; row++) png_read_row(png, pixels + (size_t)row * row_bytes, NULL);
  }
  png_read_end(png, NULL);
  return done;
}

void codecs_png_reader_destroy(codecs_png_reader *reader) {
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}
