#ifndef PREFIX_CODE_H
#define PREFIX_CODE_H

#include <stdint.h>

enum { prefix_symbols = 288, prefix_longest = 15 };

/// A Huffman code: for each symbol its length in bits, 0 when it has none, and its bits, the first one lowest.
typedef struct prefix_code {
  uint8_t length[prefix_symbols];
  uint16_t bits[prefix_symbols];
} prefix_code;

/// The code of `count` symbols that is best for their frequencies with no length above `longest`, or nearly so where
/// that limit is felt. A single symbol gets one bit, as RFC 1951 3.2.7 has it.
void prefix_code_build(prefix_code *code, const uint32_t *frequencies, int count, int longest);

#endif
