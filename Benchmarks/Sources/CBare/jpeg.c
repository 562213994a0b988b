#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "bare.h"

size_t bare_jpeg_decode(const uint8_t *bytes, size_t count) {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  jpeg_start_decompress(&info);
  size_t row_bytes = (size_t)info.output_width * info.output_components;
  size_t size = row_bytes * info.output_height;
  uint8_t *pixels = malloc(size);
  while (info.output_scanline < info.output_height) {
    JSAMPROW rows[2] = {pixels + info.output_scanline * row_bytes, pixels + (info.output_scanline + 1) * row_bytes};
    uint32_t left = info.output_height - info.output_scanline;
    jpeg_read_scanlines(&info, rows, left < 2 ? left : 2);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  free(pixels);
  return size;
}

size_t bare_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, bool progressive) {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  unsigned char *bytes = NULL;
  unsigned long count = 0;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &bytes, &count);
  info.image_width = width;
  info.image_height = height;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)pixels + (size_t)info.next_scanline * width * 3;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  free(bytes);
  return count;
}
