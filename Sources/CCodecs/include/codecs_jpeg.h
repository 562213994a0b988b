#ifndef CODECS_JPEG_H
#define CODECS_JPEG_H

#include <stdbool.h>

#include "codecs_result.h"

// libjpeg reports an error by calling error_exit, which must not return: its caller is left by longjmp. Swift can
// neither call setjmp nor be jumped over, so every call of libjpeg that can fail is made here, behind a setjmp.
// What does not fail (which pixels, how large, whose memory) is decided in Swift.

/// Most components of a JPEG that is decoded here: CMYK has four.
#define CODECS_JPEG_COMPONENTS 4

typedef enum __attribute__((enum_extensibility(closed))) codecs_jpeg_color {
  codecs_jpeg_color_gray = 0,
  codecs_jpeg_color_rgb,
  codecs_jpeg_color_ycc,
  codecs_jpeg_color_cmyk,
  codecs_jpeg_color_ycck,
  /// Two components, or more than four: no colour space is defined for it.
  codecs_jpeg_color_other,
} codecs_jpeg_color;

typedef struct codecs_jpeg_header {
  uint32_t width;
  uint32_t height;
  codecs_jpeg_color color;
  int components;
  /// Sampling factors of each component, 1 to 4 (ITU-T T.81 B.2.2).
  uint8_t horizontal[CODECS_JPEG_COMPONENTS];
  uint8_t vertical[CODECS_JPEG_COMPONENTS];
  bool progressive;
  bool arithmetic;
  /// An Adobe APP14 segment is present: CMYK samples are stored inverted.
  bool adobe;
} codecs_jpeg_header;

typedef struct codecs_jpeg_reader codecs_jpeg_reader;

/// A reader. NULL when there is no memory. (jpeg_create_decompress is a macro over a call that can fail.)
codecs_jpeg_reader *codecs_jpeg_reader_create(void);

/// Reads up to the first scan; takes memory for tables only. `bytes` are borrowed until
/// `codecs_jpeg_reader_destroy`. (jpeg_read_header can fail.)
codecs_result codecs_jpeg_reader_header(
    codecs_jpeg_reader *reader, const uint8_t *bytes, size_t count, codecs_jpeg_header *header);

/// Begins decoding with djpeg's default settings: exact integer DCT, fancy upsampling, block smoothing. Gray stays
/// gray, YCbCr and RGB become RGB, CMYK and YCCK become CMYK. Of `divisor` 1, 2, 4 and 8, the picture comes out so many
/// times smaller, its sides rounded up. A file of several scans is read to its end here, one of
/// more than `most_scans` is refused. (jpeg_start_decompress can fail.)
codecs_result codecs_jpeg_reader_start(codecs_jpeg_reader *reader, int most_scans, int divisor);

/// Decodes the next `rows` rows to `pixels`, `row_bytes` apart. (jpeg_read_scanlines can fail.)
codecs_result codecs_jpeg_reader_rows(
    codecs_jpeg_reader *reader, uint8_t *pixels, size_t row_bytes, uint32_t rows);

/// Reads what follows the last row, up to the end of image marker. (jpeg_finish_decompress can fail.)
codecs_result codecs_jpeg_reader_finish(codecs_jpeg_reader *reader);

/// Frees the reader, whatever state it is in.
void codecs_jpeg_reader_destroy(codecs_jpeg_reader *reader);

typedef struct codecs_jpeg_picture {
  const uint8_t *pixels;
  size_t row_bytes;
  uint32_t width;
  uint32_t height;
  /// 1: gray, 3: RGB.
  int components;
  /// 1 to 100.
  int quality;
  /// Sampling factors of luminance over chrominance.
  int horizontal;
  int vertical;
  bool progressive;
  bool optimize;
  /// Rows of blocks from one restart marker to the next, 0 for no markers.
  int restart_rows;
} codecs_jpeg_picture;

/// Encodes a whole picture into `sink`. (Every step of libjpeg's encoder can fail, and its destination is a struct of
/// callbacks that are called from within.)
codecs_result codecs_jpeg_write(const codecs_jpeg_picture *picture, codecs_sink sink, void *context);

#endif
