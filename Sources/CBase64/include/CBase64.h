// Base64 by vector instructions.
//
// Why C: Swift has no byte shuffle among its SIMD operations, and cannot compile one function for a newer processor than
// the rest of the program.

#ifndef DARKROOM_CBASE64_H
#define DARKROOM_CBASE64_H

#include <stddef.h>
#include <stdint.h>

// Decodes up to `groups` groups of 32 characters of the standard alphabet (RFC 4648 section 4) into 24 bytes each. Stops
// before the first group that holds any other character, padding included.
//
// Reads 32 bytes a group. Each group stores 32 bytes, of which the last 8 mean nothing: `bytes` must hold
// 24 * groups + 8.
//
// Returns how many groups were decoded; 0 on a processor without AVX2.
size_t cbase64_decode(const uint8_t *_Nonnull text, size_t groups, uint8_t *_Nonnull bytes);

#endif
