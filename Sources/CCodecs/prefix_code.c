#include "prefix_code.h"

#include <string.h>

// Rarest first, and of equals the lower symbol first. Shell's sort: there are at most 286, nearly always fewer.
static int sorted_symbols(const uint32_t *frequencies, int count, uint16_t *symbols) {
  int used = 0;
  for (int symbol = 0; symbol < count; symbol++) {
    if (frequencies[symbol] != 0) symbols[used++] = (uint16_t)symbol;
  }
  for (int gap = used / 2; gap > 0; gap /= 2) {
    for (int i = gap; i < used; i++) {
      uint16_t symbol = symbols[i];
      int place = i;
      for (; place >= gap && frequencies[symbols[place - gap]] > frequencies[symbol]; place -= gap) {
        symbols[place] = symbols[place - gap];
      }
      symbols[place] = symbol;
    }
  }
  return used;
}

// How many codes there are of each length, by merging the two rarest nodes until one is left: leaves and merged nodes
// each come in order of frequency, so that two queues serve.
static void count_lengths(
    const uint32_t *frequencies, const uint16_t *symbols, int used, int longest, int *counts) {
  uint32_t weight[2 * prefix_symbols];
  uint16_t parent[2 * prefix_symbols];
  uint8_t depth[2 * prefix_symbols];
  for (int i = 0; i < used; i++) weight[i] = frequencies[symbols[i]];
  int leaf = 0, inner = used, root = 2 * used - 2;
  for (int node = used; node <= root; node++) {
    weight[node] = 0;
    for (int child = 0; child < 2; child++) {
      int lighter = leaf < used && (inner == node || weight[leaf] <= weight[inner]) ? leaf++ : inner++;
      weight[node] += weight[lighter];
      parent[lighter] = (uint16_t)node;
    }
  }
  depth[root] = 0;
  for (int node = root - 1; node >= 0; node--) {
    // A block has fewer than 2^16 symbols: no depth reaches 255.
    depth[node] = depth[parent[node]] + 1;
    if (node < used) counts[depth[node] < longest ? depth[node] : longest] += 1;
  }
  // Codes that were cut to `longest` take too much of the code space (Kraft's sum). Each step frees one part: a shorter
  // code becomes the parent of itself and of one of the longest.
  uint32_t taken = 0;
  for (int length = 1; length <= longest; length++) taken += (uint32_t)counts[length] << (longest - length);
  for (; taken > 1u << longest; taken--) {
    int length = longest - 1;
    while (counts[length] == 0) length--;
    counts[length] -= 1;
    counts[length + 1] += 2;
    counts[longest] -= 1;
  }
}

// Canonical codes (RFC 1951 3.2.2), reversed: deflate writes them from the highest bit down into bytes that fill from
// the lowest bit up.
static void assign_bits(prefix_code *code, int count, const int *counts, int longest) {
  uint32_t next[prefix_longest + 1];
  uint32_t first = 0;
  for (int length = 1; length <= longest; length++) {
    first = (first + (uint32_t)(length > 1 ? counts[length - 1] : 0)) << 1;
    next[length] = first;
  }
  for (int symbol = 0; symbol < count; symbol++) {
    int length = code->length[symbol];
    if (length == 0) continue;
    uint32_t value = next[length]++, reversed = 0;
    for (int bit = 0; bit < length; bit++) reversed |= (value >> bit & 1) << (length - 1 - bit);
    code->bits[symbol] = (uint16_t)reversed;
  }
}

void prefix_code_build(prefix_code *code, const uint32_t *frequencies, int count, int longest) {
  uint16_t symbols[prefix_symbols];
  int counts[prefix_longest + 1] = {0};
  memset(code, 0, sizeof *code);
  int used = sorted_symbols(frequencies, count, symbols);
  if (used == 0) return;
  if (used == 1) {
    counts[1] = 1;
  } else {
    count_lengths(frequencies, symbols, used, longest, counts);
  }
  int place = 0;
  for (int length = longest; length > 0; length--) {
    for (int i = 0; i < counts[length]; i++) code->length[symbols[place++]] = (uint8_t)length;
  }
  assign_bits(code, count, counts, longest);
}
