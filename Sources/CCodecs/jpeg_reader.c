#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "codecs_jpeg.h"

struct codecs_jpeg_reader {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf leave;
  codecs_result result;
  int most_scans;
  bool has_scan[CODECS_JPEG_COMPONENTS];
};

static const codecs_result done = {codecs_outcome_done, ""};

// A jump's target is the setjmp of the call that is under way; the message is formatted before, while its parameters
// are still in the error manager.
static _Noreturn void leave(j_common_ptr info, codecs_outcome outcome) {
  codecs_jpeg_reader *reader = info->client_data;
  reader->result.outcome = outcome;
  info->err->format_message(info, reader->result.message);
  longjmp(reader->leave, 1);
}

static _Noreturn void leave_saying(codecs_jpeg_reader *reader, codecs_outcome outcome, const char *message) {
  reader->result.outcome = outcome;
  snprintf(reader->result.message, sizeof reader->result.message, "%s", message);
  longjmp(reader->leave, 1);
}

static void error_exit(j_common_ptr info) {
  switch (info->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
      leave(info, codecs_outcome_no_memory);
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
      leave(info, codecs_outcome_truncated);
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
      leave(info, codecs_outcome_unsupported);
    default:
      leave(info, codecs_outcome_malformed);
  }
}

// libjpeg only warns where it invents pixels; a picture with invented pixels is none. Warnings that leave every pixel
// as it was written (bytes between segments, an odd version number) are let pass, as djpeg lets them.
static void emit_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
      leave(info, codecs_outcome_truncated);
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      leave(info, codecs_outcome_malformed);
    default:
      info->err->num_warnings += 1;
  }
}

// Called between the steps of a file of several scans. Each scan costs time for the whole picture, however few bytes
// it has: their number is what has to be bounded.
static void count_scans(j_common_ptr info) {
  codecs_jpeg_reader *reader = info->client_data;
  if (!info->is_decompressor || reader->most_scans == 0) return;
  j_decompress_ptr decoder = &reader->info;
  if (decoder->input_scan_number > reader->most_scans) {
    char message[64];
    snprintf(message, sizeof message, "more than %d scans", reader->most_scans);
    leave_saying(reader, codecs_outcome_unsupported, message);
  }
  for (int i = 0; i < decoder->comps_in_scan; i++) {
    int index = decoder->cur_comp_info[i]->component_index;
    if (index < CODECS_JPEG_COMPONENTS) reader->has_scan[index] = true;
  }
}

codecs_jpeg_reader *codecs_jpeg_reader_create(void) {
  codecs_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->info.err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = error_exit;
  reader->errors.emit_message = emit_message;
  reader->info.client_data = reader;
  if (setjmp(reader->leave) != 0) {
    codecs_jpeg_reader_destroy(reader);
    return NULL;
  }
  // Keeps err and client_data.
  jpeg_create_decompress(&reader->info);
  reader->progress.progress_monitor = count_scans;
  reader->info.progress = &reader->progress;
  return reader;
}

static codecs_jpeg_color color_of(J_COLOR_SPACE space) {
  switch (space) {
    case JCS_GRAYSCALE: return codecs_jpeg_color_gray;
    case JCS_RGB: return codecs_jpeg_color_rgb;
    case JCS_YCbCr: return codecs_jpeg_color_ycc;
    case JCS_CMYK: return codecs_jpeg_color_cmyk;
    case JCS_YCCK: return codecs_jpeg_color_ycck;
    default: return codecs_jpeg_color_other;
  }
}

codecs_result codecs_jpeg_reader_header(
    codecs_jpeg_reader *reader, const uint8_t *bytes, size_t count, codecs_jpeg_header *header) {
  j_decompress_ptr info = &reader->info;
  if (setjmp(reader->leave) != 0) return reader->result;
  jpeg_mem_src(info, bytes, count);
  jpeg_read_header(info, TRUE);
  *header = (codecs_jpeg_header){
      .width = info->image_width,
      .height = info->image_height,
      .color = color_of(info->jpeg_color_space),
      .components = info->num_components,
      .progressive = info->progressive_mode,
      .arithmetic = info->arith_code,
      .adobe = info->saw_Adobe_marker,
  };
  for (int i = 0; i < info->num_components && i < CODECS_JPEG_COMPONENTS; i++) {
    header->horizontal[i] = (uint8_t)info->comp_info[i].h_samp_factor;
    header->vertical[i] = (uint8_t)info->comp_info[i].v_samp_factor;
  }
  return done;
}

codecs_result codecs_jpeg_reader_start(codecs_jpeg_reader *reader, int most_scans, int divisor) {
  j_decompress_ptr info = &reader->info;
  if (setjmp(reader->leave) != 0) return reader->result;
  reader->most_scans = most_scans;
  info->scale_num = 1;
  info->scale_denom = (unsigned)divisor;
  jpeg_start_decompress(info);
  // A component without a scan would be decoded as if its coefficients were all zero.
  if (jpeg_has_multiple_scans(info)) {
    for (int i = 0; i < info->num_components && i < CODECS_JPEG_COMPONENTS; i++) {
      if (!reader->has_scan[i]) {
        char message[64];
        snprintf(message, sizeof message, "no scan has component %d", i + 1);
        leave_saying(reader, codecs_outcome_malformed, message);
      }
    }
  }
  return done;
}

codecs_result codecs_jpeg_reader_rows(
    codecs_jpeg_reader *reader, uint8_t *pixels, size_t row_bytes, uint32_t rows) {
  if (setjmp(reader->leave) != 0) return reader->result;
  if ((size_t)reader->info.output_width * (size_t)reader->info.output_components > row_bytes) {
    leave_saying(reader, codecs_outcome_malformed, "rows are longer than the header promises");
  }
  // libjpeg hands out at most one row group (four rows) a call.
  enum { batch = 4 };
  for (uint32_t row = 0; row < rows;) {
    JSAMPROW targets[batch];
    uint32_t count = rows - row < batch ? rows - row : batch;
    for (uint32_t i = 0; i < count; i++) targets[i] = pixels + (size_t)(row + i) * row_bytes;
    uint32_t decoded = jpeg_read_scanlines(&reader->info, targets, count);
    if (decoded == 0) leave_saying(reader, codecs_outcome_truncated, "no further row");
    row += decoded;
  }
  return done;
}

codecs_result codecs_jpeg_reader_finish(codecs_jpeg_reader *reader) {
  if (setjmp(reader->leave) != 0) return reader->result;
  jpeg_finish_decompress(&reader->info);
  return done;
}

void codecs_jpeg_reader_destroy(codecs_jpeg_reader *reader) {
  jpeg_destroy_decompress(&reader->info);
  free(reader);
}
