#ifndef DEFLATE_BLOCK_H
#define DEFLATE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A literal byte, or a repetition of 3 to 258 bytes from 1 to 32768 bytes back.
typedef struct deflate_symbol {
  /// 0: a literal.
  uint16_t length;
  /// The literal, or the distance less one.
  uint16_t value;
} deflate_symbol;

enum { deflate_block_symbols = 16384, deflate_lengths = 29, deflate_distances = 30 };

/// Bits that come after all the bytes that are written.
typedef struct deflate_bits {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
  uint64_t pending;
  int pending_count;
} deflate_bits;

/// What the code of the last block makes of each symbol, in bits, extra bits included.
typedef struct deflate_costs {
  uint8_t literal[256];
  /// By the length itself, 3 to 258.
  uint8_t length[259];
  uint8_t distance[deflate_distances];
  /// Repetitions of fewer bytes than this hardly ever cost less than their literals: 4 to 8.
  uint8_t shortest;
} deflate_costs;

/// The code (0 to 29) of a distance less one (RFC 1951 3.2.5).
static inline int deflate_distance_code(uint32_t distance_less_one) {
  if (distance_less_one < 4) return (int)distance_less_one;
  int highest = 31 - __builtin_clz(distance_less_one);
  return highest * 2 + (int)(distance_less_one >> (highest - 1) & 1);
}

/// Costs before there is a block to learn from, by how often each byte occurs in what comes first.
void deflate_costs_guess(deflate_costs *costs, const uint8_t *bytes, size_t count);

/// Writes a block with a code made for it (RFC 1951 3.2.7) and tells what its symbols cost. False when there is no
/// memory.
bool deflate_block_write(
    deflate_bits *bits, const deflate_symbol *symbols, size_t count, bool is_last, deflate_costs *costs);

/// Fills the last byte with zeros. False when there is no memory.
bool deflate_bits_finish(deflate_bits *bits);

#endif
