#ifndef REFERENCE_H
#define REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What libpng makes of a PNG in memory.
typedef struct reference_picture {
  uint32_t width;
  uint32_t height;
  /// 1 to 4.
  int channels;
  /// 8 or 16, in the machine's byte order.
  int depth;
  /// To be freed; NULL without a picture.
  uint8_t *pixels;
  size_t count;
  /// libpng's word for why there is none.
  char message[200];
  /// There is none because the bytes end.
  bool truncated;
} reference_picture;

/// Decodes up to `most` pixels: tRNS to alpha, a palette to RGB, at least eight bits; every chunk but IHDR, PLTE, tRNS,
/// IDAT and IEND is skipped, a warning about tRNS is an error, and the bytes must go on to IEND.
reference_picture reference_png(const uint8_t *bytes, size_t count, size_t most);

#endif
