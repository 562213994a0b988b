#include <stdlib.h>

#include <webp/decode.h>
#include <webp/encode.h>

#include "bare.h"

size_t bare_webp_decode(const uint8_t *bytes, size_t count, bool alpha) {
  int width, height;
  if (!WebPGetInfo(bytes, count, &width, &height)) return 0;
  int stride = width * (alpha ? 4 : 3);
  size_t size = (size_t)stride * height;
  uint8_t *pixels = malloc(size);
  uint8_t *decoded = alpha ? WebPDecodeRGBAInto(bytes, count, pixels, size, stride)
                           : WebPDecodeRGBInto(bytes, count, pixels, size, stride);
  free(pixels);
  return decoded == NULL ? 0 : size;
}

size_t bare_webp_encode(
    const uint8_t *pixels, int width, int height, bool alpha, float quality, int method, bool lossless) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) return 0;
  WebPMemoryWriterInit(&writer);
  config.quality = quality;
  config.method = method;
  config.lossless = lossless;
  config.exact = lossless;
  picture.width = width;
  picture.height = height;
  picture.use_argb = lossless;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  int done = (alpha ? WebPPictureImportRGBA(&picture, pixels, width * 4)
                    : WebPPictureImportRGB(&picture, pixels, width * 3)) &&
             WebPEncode(&config, &picture);
  size_t size = done ? writer.size : 0;
  WebPPictureFree(&picture);
  WebPMemoryWriterClear(&writer);
  return size;
}
