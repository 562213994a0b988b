#include "CBase64.h"

#if defined(__x86_64__)

#include <immintrin.h>

// Mula and Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", ACM Transactions on the Web 12 (2018),
// section 4. Tables are indexed by the upper or the lower four bits of a character.
__attribute__((target("avx2"))) static size_t decode_avx2(const uint8_t *text, size_t groups, uint8_t *bytes) {
  // A character is of the alphabet when its two entries here have no bit in common.
  const __m256i of_lower = _mm256_setr_epi8(
      0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A, 0x15, 0x11, 0x11,
      0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
  const __m256i of_upper = _mm256_setr_epi8(
      0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x01,
      0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  // From a character to its six bits, by the upper four bits; less one for '/', which shares them with '+'.
  const __m256i distance = _mm256_setr_epi8(
      0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0,
      0);
  // Three bytes of each four, the most significant first.
  const __m256i order = _mm256_setr_epi8(
      2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  // The two times twelve bytes side by side.
  const __m256i together = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
  // A shuffle heeds bits 0 to 3 and 7: bit 5 does no harm, and makes this the slash as well.
  const __m256i slash = _mm256_set1_epi8(0x2F);

  for (size_t group = 0; group < groups; group++) {
    __m256i characters = _mm256_loadu_si256((const __m256i *)(text + 32 * group));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi32(characters, 4), slash);
    const __m256i lower = _mm256_and_si256(characters, slash);
    const __m256i upper_class = _mm256_shuffle_epi8(of_upper, upper);
    const __m256i lower_class = _mm256_shuffle_epi8(of_lower, lower);
    if (!_mm256_testz_si256(upper_class, lower_class)) return group;
    const __m256i is_slash = _mm256_cmpeq_epi8(characters, slash);
    const __m256i sextets =
        _mm256_add_epi8(characters, _mm256_shuffle_epi8(distance, _mm256_add_epi8(is_slash, upper)));
    const __m256i twelves = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
    const __m256i twenty_fours = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
    const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(twenty_fours, order), together);
    _mm256_storeu_si256((__m256i *)(bytes + 24 * group), packed);
  }
  return groups;
}

size_t cbase64_decode(const uint8_t *text, size_t groups, uint8_t *bytes) {
  return __builtin_cpu_supports("avx2") ? decode_avx2(text, groups, bytes) : 0;
}

#else

size_t cbase64_decode(const uint8_t *text, size_t groups, uint8_t *bytes) {
  (void)text, (void)groups, (void)bytes;
  return 0;
}

#endif
