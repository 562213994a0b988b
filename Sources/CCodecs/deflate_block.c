#include "deflate_block.h"

#include <stdlib.h>
#include <string.h>

#include "prefix_code.h"

enum { end_of_block = 256, first_length = 257, most_literals = 286, length_codes = 19 };

// RFC 1951 3.2.5.
static const uint16_t length_base[deflate_lengths] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[deflate_lengths] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

static int length_code(uint32_t length) {
  if (length == 258) return 28;
  if (length < 11) return (int)length - 3;
  int highest = 31 - __builtin_clz(length - 3);
  return (highest - 1) * 4 + (int)((length - 3) >> (highest - 2) & 3);
}

static int distance_extra(int code) { return code < 4 ? 0 : code / 2 - 1; }

static uint32_t distance_base(int code) {
  return code < 4 ? (uint32_t)code : (uint32_t)(2 + (code & 1)) << distance_extra(code);
}

static bool reserve(deflate_bits *bits, size_t more) {
  if (bits->capacity - bits->count >= more) return true;
  size_t capacity = (bits->count + more) * 2;
  uint8_t *bytes = realloc(bits->bytes, capacity);
  if (bytes == NULL) return false;
  bits->bytes = bytes;
  bits->capacity = capacity;
  return true;
}

// At most 56 bits are pending before and after `put`; there is room for eight bytes more.
static inline void put(deflate_bits *bits, uint64_t value, int count) {
  bits->pending |= value << bits->pending_count;
  bits->pending_count += count;
}

static inline void flush(deflate_bits *bits) {
  uint64_t pending = bits->pending;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  pending = __builtin_bswap64(pending);
#endif
  memcpy(bits->bytes + bits->count, &pending, 8);
  int whole = bits->pending_count & ~7;
  bits->count += (size_t)whole / 8;
  // Fewer than 64: what is pending never fills the word.
  bits->pending >>= whole;
  bits->pending_count -= whole;
}

typedef struct block_codes {
  prefix_code literals;
  prefix_code distances;
  /// Of the literals, and of what else shares their code.
  uint32_t frequencies[most_literals];
} block_codes;

static void build_codes(block_codes *codes, const deflate_symbol *symbols, size_t count) {
  uint32_t *literals = codes->frequencies, distances[deflate_distances] = {0};
  memset(literals, 0, sizeof codes->frequencies);
  for (size_t i = 0; i < count; i++) {
    if (symbols[i].length == 0) {
      literals[symbols[i].value] += 1;
    } else {
      literals[first_length + length_code(symbols[i].length)] += 1;
      distances[deflate_distance_code(symbols[i].value)] += 1;
    }
  }
  literals[end_of_block] = 1;
  prefix_code_build(&codes->literals, literals, most_literals, 15);
  prefix_code_build(&codes->distances, distances, deflate_distances, 15);
}

// The lengths of both codes, runs shortened: 16 repeats the last one, 17 and 18 are runs of zeros.
typedef struct code_lengths {
  uint8_t symbols[most_literals + deflate_distances];
  uint8_t extra[most_literals + deflate_distances];
  int count;
} code_lengths;

static void add(code_lengths *lengths, int symbol, int extra) {
  lengths->symbols[lengths->count] = (uint8_t)symbol;
  lengths->extra[lengths->count] = (uint8_t)extra;
  lengths->count += 1;
}

static void add_run(code_lengths *lengths, int length, int run) {
  if (length == 0) {
    for (; run >= 11; run -= run < 138 ? run : 138) add(lengths, 18, (run < 138 ? run : 138) - 11);
    if (run >= 3) {
      add(lengths, 17, run - 3);
      run = 0;
    }
  } else {
    add(lengths, length, 0);
    for (run -= 1; run >= 3; run -= run < 6 ? run : 6) add(lengths, 16, (run < 6 ? run : 6) - 3);
  }
  for (; run > 0; run--) add(lengths, length, 0);
}

static void put_codes(deflate_bits *bits, const block_codes *codes) {
  static const uint8_t order[length_codes] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  int literals = most_literals, distances = deflate_distances;
  while (codes->literals.length[literals - 1] == 0) literals--;
  while (distances > 1 && codes->distances.length[distances - 1] == 0) distances--;
  uint8_t all[most_literals + deflate_distances];
  memcpy(all, codes->literals.length, (size_t)literals);
  memcpy(all + literals, codes->distances.length, (size_t)distances);
  code_lengths lengths = {.count = 0};
  for (int start = 0, end; start < literals + distances; start = end) {
    for (end = start + 1; end < literals + distances && all[end] == all[start];) end++;
    add_run(&lengths, all[start], end - start);
  }
  uint32_t frequencies[length_codes] = {0};
  for (int i = 0; i < lengths.count; i++) frequencies[lengths.symbols[i]] += 1;
  prefix_code code;
  prefix_code_build(&code, frequencies, length_codes, 7);
  int written = length_codes;
  while (written > 4 && code.length[order[written - 1]] == 0) written--;
  put(bits, (uint64_t)literals - first_length, 5);
  put(bits, (uint64_t)distances - 1, 5);
  put(bits, (uint64_t)written - 4, 4);
  for (int i = 0; i < written; i++) {
    put(bits, code.length[order[i]], 3);
    flush(bits);
  }
  for (int i = 0; i < lengths.count; i++) {
    int symbol = lengths.symbols[i];
    put(bits, code.bits[symbol], code.length[symbol]);
    if (symbol >= 16) put(bits, lengths.extra[i], symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
    flush(bits);
  }
}

static void put_symbols(deflate_bits *bits, const block_codes *codes, const deflate_symbol *symbols, size_t count) {
  const prefix_code *literals = &codes->literals, *distances = &codes->distances;
  for (size_t i = 0; i < count; i++) {
    uint32_t length = symbols[i].length, value = symbols[i].value;
    if (length == 0) {
      put(bits, literals->bits[value], literals->length[value]);
      // 7 bits are left from the last flush, and two literals have 30.
      if (i + 1 < count && symbols[i + 1].length == 0) {
        value = symbols[++i].value;
        put(bits, literals->bits[value], literals->length[value]);
      }
    } else {
      int code = length_code(length);
      put(bits, literals->bits[first_length + code], literals->length[first_length + code]);
      put(bits, length - length_base[code], length_extra[code]);
      code = deflate_distance_code(value);
      put(bits, distances->bits[code], distances->length[code]);
      // 7 + 15 + 5 + 15 + 13 bits at most.
      put(bits, value - distance_base(code), distance_extra(code));
    }
    flush(bits);
  }
  put(bits, literals->bits[end_of_block], literals->length[end_of_block]);
  flush(bits);
}

// A symbol that did not occur would get about the length of the rarest.
static uint8_t cost(uint8_t length, int most) { return length != 0 ? length : (uint8_t)most; }

// What a repetition from some thousand bytes back costs.
enum { repetition_cost = 24 };

static void learn_literals(deflate_costs *costs, const prefix_code *code, const uint32_t *frequencies) {
  uint64_t bits = 0, count = 0;
  for (int i = 0; i < 256; i++) {
    costs->literal[i] = cost(code->length[i], 13);
    bits += (uint64_t)frequencies[i] * costs->literal[i];
    count += frequencies[i];
  }
  // Rounded up.
  uint64_t shortest = bits == 0 ? 8 : (repetition_cost * count + bits - 1) / bits;
  costs->shortest = (uint8_t)(shortest < 4 ? 4 : shortest > 8 ? 8 : shortest);
}

static void learn(deflate_costs *costs, const block_codes *codes) {
  learn_literals(costs, &codes->literals, codes->frequencies);
  for (uint32_t length = 3; length <= 258; length++) {
    int code = length_code(length);
    costs->length[length] = cost(codes->literals.length[first_length + code], 13) + length_extra[code];
  }
  for (int i = 0; i < deflate_distances; i++) {
    costs->distance[i] = cost(codes->distances.length[i], 9) + (uint8_t)distance_extra(i);
  }
}

void deflate_costs_guess(deflate_costs *costs, const uint8_t *bytes, size_t count) {
  uint32_t frequencies[256] = {0};
  for (size_t i = 0; i < count; i++) frequencies[bytes[i]] += 1;
  prefix_code code;
  prefix_code_build(&code, frequencies, 256, 15);
  learn_literals(costs, &code, frequencies);
  for (uint32_t length = 3; length <= 258; length++) costs->length[length] = 8 + length_extra[length_code(length)];
  for (int i = 0; i < deflate_distances; i++) costs->distance[i] = 5 + (uint8_t)distance_extra(i);
}

bool deflate_block_write(
    deflate_bits *bits, const deflate_symbol *symbols, size_t count, bool is_last, deflate_costs *costs) {
  // The codes take less than 400 bytes, a repetition at most 48 bits, and a flush writes eight bytes.
  if (!reserve(bits, 512 + count * 6)) return false;
  block_codes codes;
  build_codes(&codes, symbols, count);
  put(bits, is_last, 1);
  if (count == 0) {
    // The fixed code (3.2.6), where the end of the block is seven zeros: one made for it would have a single symbol.
    put(bits, 1, 2);
    put(bits, 0, 7);
    flush(bits);
    return true;
  }
  put(bits, 2, 2);
  put_codes(bits, &codes);
  put_symbols(bits, &codes, symbols, count);
  learn(costs, &codes);
  return true;
}

bool deflate_bits_finish(deflate_bits *bits) {
  if (!reserve(bits, 8)) return false;
  put(bits, 0, (8 - bits->pending_count) & 7);
  flush(bits);
  return true;
}
