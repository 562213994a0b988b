#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a C program would write to decode or encode a picture in memory with each library: the measure of Darkroom's
// codecs. Memory is taken, filled and freed again. Each returns the bytes of its result, 0 on failure.

size_t bare_webp_decode(const uint8_t *bytes, size_t count, bool alpha);
size_t bare_webp_encode(
    const uint8_t *pixels, int width, int height, bool alpha, float quality, int method, bool lossless);

size_t bare_png_decode(const uint8_t *bytes, size_t count);
size_t bare_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, bool alpha, int level);

size_t bare_jpeg_decode(const uint8_t *bytes, size_t count);
size_t bare_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, bool progressive);

#endif
