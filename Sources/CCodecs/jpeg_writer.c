#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

#include "codecs_jpeg.h"

enum { piece_bytes = 1 << 15 };

typedef struct writer {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  jmp_buf leave;
  codecs_result result;
  codecs_sink sink;
  void *context;
  JOCTET piece[piece_bytes];
} writer;

static void error_exit(j_common_ptr info) {
  writer *self = info->client_data;
  self->result.outcome =
      info->err->msg_code == JERR_OUT_OF_MEMORY ? codecs_outcome_no_memory : codecs_outcome_malformed;
  info->err->format_message(info, self->result.message);
  longjmp(self->leave, 1);
}

// The default prints to standard error.
static void emit_message(j_common_ptr info, int level) {
  if (level < 0) info->err->num_warnings += 1;
}

static void start_piece(j_compress_ptr info) {
  writer *self = info->client_data;
  self->destination.next_output_byte = self->piece;
  self->destination.free_in_buffer = piece_bytes;
}

// libjpeg expects the whole buffer to be taken, whatever free_in_buffer says (libjpeg.txt, "Compressed data handling").
static boolean pass_piece(j_compress_ptr info) {
  writer *self = info->client_data;
  self->sink(self->context, self->piece, piece_bytes);
  start_piece(info);
  return TRUE;
}

static void pass_last_piece(j_compress_ptr info) {
  writer *self = info->client_data;
  self->sink(self->context, self->piece, piece_bytes - self->destination.free_in_buffer);
}

static void write_picture(writer *self, const codecs_jpeg_picture *picture) {
  j_compress_ptr info = &self->info;
  jpeg_create_compress(info);
  info->dest = &self->destination;
  info->image_width = picture->width;
  info->image_height = picture->height;
  info->input_components = picture->components;
  info->in_color_space = picture->components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  // Baseline tables: below quality 25 the others would need decoders to know 16-bit tables.
  jpeg_set_quality(info, picture->quality, TRUE);
  if (picture->components > 1) {
    info->comp_info[0].h_samp_factor = picture->horizontal;
    info->comp_info[0].v_samp_factor = picture->vertical;
  }
  info->optimize_coding = picture->optimize;
  info->restart_in_rows = picture->restart_rows;
  if (picture->progressive) jpeg_simple_progression(info);
  jpeg_start_compress(info, TRUE);
  enum { batch = 16 };
  while (info->next_scanline < info->image_height) {
    JSAMPROW rows[batch];
    uint32_t left = info->image_height - info->next_scanline;
    uint32_t count = left < batch ? left : batch;
    for (uint32_t i = 0; i < count; i++) {
      // libjpeg does not write to its input rows; its type has no const.
      rows[i] = (JSAMPROW)picture->pixels + (size_t)(info->next_scanline + i) * picture->row_bytes;
    }
    jpeg_write_scanlines(info, rows, count);
  }
  jpeg_finish_compress(info);
}

codecs_result codecs_jpeg_write(const codecs_jpeg_picture *picture, codecs_sink sink, void *context) {
  writer *self = calloc(1, sizeof *self);
  if (self == NULL) return (codecs_result){codecs_outcome_no_memory, "malloc"};
  self->info.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = error_exit;
  self->errors.emit_message = emit_message;
  self->info.client_data = self;
  self->destination.init_destination = start_piece;
  self->destination.empty_output_buffer = pass_piece;
  self->destination.term_destination = pass_last_piece;
  self->sink = sink;
  self->context = context;
  if (setjmp(self->leave) == 0) write_picture(self, picture);
  codecs_result result = self->result;
  jpeg_destroy_compress(&self->info);
  free(self);
  return result;
}
