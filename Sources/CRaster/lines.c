#include "CRaster.h"
#include "vectors.h"

// A value of a plane as a sample.
static inline float bounded(float value, float most) {
  value = value < 0 ? 0 : value;
  return (value > most ? most : value) + 0.5f;
}

// What colours are divided by, as a factor.
static inline float weight(float alpha, float most) { return alpha < 0.5f ? 0 : most / alpha; }

// Each loop has its number of channels as a constant: the compiler makes shuffles of those strides.
#define LINES(bits)                                                                                                    \
  VECTORS static void read_gray_##bits(const uint##bits##_t *restrict row, float *restrict gray, size_t count) {       \
    for (size_t x = 0; x < count; x++) gray[x] = row[x];                                                               \
  }                                                                                                                    \
  VECTORS static void read_gray_alpha_##bits(                                                                          \
      const uint##bits##_t *restrict row, float *restrict gray, float *restrict alpha, size_t count,                   \
      bool is_straight) {                                                                                              \
    for (size_t x = 0; x < count; x++) {                                                                               \
      float opacity = row[2 * x + 1];                                                                                  \
      gray[x] = row[2 * x] * (is_straight ? 1 : opacity * (1.0f / UINT##bits##_MAX));                                  \
      alpha[x] = opacity;                                                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
  VECTORS static void read_rgb_##bits(                                                                                 \
      const uint##bits##_t *restrict row, float *restrict red, float *restrict green, float *restrict blue,            \
      size_t count) {                                                                                                  \
    for (size_t x = 0; x < count; x++) {                                                                               \
      red[x] = row[3 * x];                                                                                             \
      green[x] = row[3 * x + 1];                                                                                       \
      blue[x] = row[3 * x + 2];                                                                                        \
    }                                                                                                                  \
  }                                                                                                                    \
  VECTORS static void read_rgba_##bits(                                                                                \
      const uint##bits##_t *restrict row, float *restrict red, float *restrict green, float *restrict blue,            \
      float *restrict alpha, size_t count, bool is_straight) {                                                         \
    for (size_t x = 0; x < count; x++) {                                                                               \
      float opacity = row[4 * x + 3], share = is_straight ? 1 : opacity * (1.0f / UINT##bits##_MAX);                   \
      red[x] = row[4 * x] * share;                                                                                     \
      green[x] = row[4 * x + 1] * share;                                                                               \
      blue[x] = row[4 * x + 2] * share;                                                                                \
      alpha[x] = opacity;                                                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
  static inline uint##bits##_t sample_##bits(float value) {                                                            \
    /* By way of an integer with a sign, which vectors can be turned into. */                                          \
    return (uint##bits##_t)(int32_t)bounded(value, UINT##bits##_MAX);                                                  \
  }                                                                                                                    \
  VECTORS static void write_gray_##bits(uint##bits##_t *restrict row, const float *restrict gray, size_t count) {      \
    for (size_t x = 0; x < count; x++) row[x] = sample_##bits(gray[x]);                                                \
  }                                                                                                                    \
  VECTORS static void write_gray_alpha_##bits(                                                                         \
      uint##bits##_t *restrict row, const float *restrict gray, const float *restrict alpha, size_t count,             \
      bool is_straight) {                                                                                              \
    for (size_t x = 0; x < count; x++) {                                                                               \
      row[2 * x] = sample_##bits(gray[x] * (is_straight ? 1 : weight(alpha[x], UINT##bits##_MAX)));                    \
      row[2 * x + 1] = sample_##bits(alpha[x]);                                                                        \
    }                                                                                                                  \
  }                                                                                                                    \
  VECTORS static void write_rgb_##bits(                                                                                \
      uint##bits##_t *restrict row, const float *restrict red, const float *restrict green,                            \
      const float *restrict blue, size_t count) {                                                                      \
    for (size_t x = 0; x < count; x++) {                                                                               \
      row[3 * x] = sample_##bits(red[x]);                                                                              \
      row[3 * x + 1] = sample_##bits(green[x]);                                                                        \
      row[3 * x + 2] = sample_##bits(blue[x]);                                                                         \
    }                                                                                                                  \
  }                                                                                                                    \
  VECTORS static void write_rgba_##bits(                                                                               \
      uint##bits##_t *restrict row, const float *restrict red, const float *restrict green,                            \
      const float *restrict blue, const float *restrict alpha, size_t count,                                           \
      bool is_straight) {                                                                                              \
    for (size_t x = 0; x < count; x++) {                                                                               \
      float share = is_straight ? 1 : weight(alpha[x], UINT##bits##_MAX);                                              \
      row[4 * x] = sample_##bits(red[x] * share);                                                                      \
      row[4 * x + 1] = sample_##bits(green[x] * share);                                                                \
      row[4 * x + 2] = sample_##bits(blue[x] * share);                                                                 \
      row[4 * x + 3] = sample_##bits(alpha[x]);                                                                        \
    }                                                                                                                  \
  }                                                                                                                    \
  void craster_read_##bits(                                                                                            \
      const uint##bits##_t *row, int channels, const craster_planes *to, size_t count,                                 \
      bool is_straight) {                                                                                              \
    float *const *plane = to->plane;                                                                                   \
    switch (channels) {                                                                                                \
      case 1: read_gray_##bits(row, plane[0], count); break;                                                           \
      case 2: read_gray_alpha_##bits(row, plane[0], plane[1], count, is_straight); break;                              \
      case 3: read_rgb_##bits(row, plane[0], plane[1], plane[2], count); break;                                        \
      default:                                                                                                         \
        read_rgba_##bits(                                                                                              \
            row, plane[0], plane[1], plane[2], plane[3], count, is_straight);                                          \
    }                                                                                                                  \
  }                                                                                                                    \
  void craster_write_##bits(                                                                                           \
      uint##bits##_t *row, int channels, const craster_planes *from, size_t count,                                     \
      bool is_straight) {                                                                                              \
    float *const *plane = from->plane;                                                                                 \
    switch (channels) {                                                                                                \
      case 1: write_gray_##bits(row, plane[0], count); break;                                                          \
      case 2: write_gray_alpha_##bits(row, plane[0], plane[1], count, is_straight); break;                             \
      case 3: write_rgb_##bits(row, plane[0], plane[1], plane[2], count); break;                                       \
      default:                                                                                                         \
        write_rgba_##bits(                                                                                             \
            row, plane[0], plane[1], plane[2], plane[3], count, is_straight);                                          \
    }                                                                                                                  \
  }

LINES(8)
LINES(16)
