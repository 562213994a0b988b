#include "codecs_deflater.h"

#include <stdlib.h>
#include <string.h>

#include "deflate_block.h"

enum {
  reach = 32768,
  window_bytes = 10 * reach,
  hash_bits = 16,
  // What is compared at a place, and what the hash of the next one reads.
  longest = 258,
  lookahead = longest + 8,
  // A repetition this long is taken without looking for a better one.
  long_enough = 64,
  // Where so many bytes in a row began no repetition, about one byte is passed over unexamined after each that is, where
  // twice as many, two bytes, and so on: noise has none, and examining it is all that takes time.
  patience = 128,
  most_passed = 8,
  // From this effort on every byte is examined.
  patient_effort = 10,
  none = -1,
};

typedef struct repetition {
  uint32_t length;
  uint32_t distance;
  /// Bits that it saves.
  int gain;
} repetition;

struct codecs_deflater {
  deflate_bits bits;
  deflate_costs costs;
  size_t symbol_count;
  int tries;
  bool is_patient;
  /// Bytes examined since the last one that began a repetition.
  size_t fruitless;
  /// Of a linear congruential generator (Numerical Recipes 7.1).
  uint32_t random;
  bool is_begun;
  /// Found one byte before `next`, and not yet written: the one at `next` may save more.
  repetition held;
  size_t next;
  size_t filled;
  /// The last place of each hash, and from each place how far back the one before it lies, 0 when it is out of reach.
  int32_t head[1 << hash_bits];
  uint16_t before[reach];
  deflate_symbol symbols[deflate_block_symbols];
  uint8_t window[window_bytes];
};

codecs_deflater *codecs_deflater_create(int effort) {
  static const int tries[] = {1, 2, 2, 3, 4, 6, 12, 24, 48, 96, 192, 384};
  codecs_deflater *self = malloc(sizeof *self);
  if (self == NULL) return NULL;
  self->bits = (deflate_bits){0};
  self->symbol_count = 0;
  self->tries = tries[(effort < 1 ? 1 : effort > 12 ? 12 : effort) - 1];
  self->is_patient = effort >= patient_effort;
  self->fruitless = 0;
  self->random = 1;
  self->held = (repetition){0};
  self->is_begun = false;
  self->next = 0;
  self->filled = 0;
  for (int i = 0; i < 1 << hash_bits; i++) self->head[i] = none;
  return self;
}

static inline uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
  return word;
}

// The last place with the same hash, or none; this place takes its part.
static inline int32_t remember(codecs_deflater *self, size_t place) {
  uint64_t word = word_at(self->window + place);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  uint32_t hash = (uint32_t)((word << (64 - 8 * self->costs.shortest)) * 0x9E3779B185EBCA87u >> (64 - hash_bits));
  int32_t earlier = self->head[hash];
  size_t back = place - (size_t)earlier;
  self->before[place % reach] = earlier == none || back >= reach ? 0 : (uint16_t)back;
  self->head[hash] = (int32_t)place;
  return earlier != none && back <= reach ? earlier : none;
}

static inline uint32_t common_length(const uint8_t *a, const uint8_t *b, uint32_t most) {
  uint32_t length = 0;
  for (; length + 8 <= most; length += 8) {
    uint64_t difference = word_at(a + length) ^ word_at(b + length);
    if (difference != 0) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      return length + (uint32_t)__builtin_clzll(difference) / 8;
#else
      return length + (uint32_t)__builtin_ctzll(difference) / 8;
#endif
    }
  }
  while (length < most && a[length] == b[length]) length++;
  return length;
}

static int gain_of(const codecs_deflater *self, size_t place, uint32_t length, uint32_t distance) {
  int gain = -self->costs.length[length] - self->costs.distance[deflate_distance_code(distance - 1)];
  uint32_t counted = length < 32 ? length : 32;
  for (uint32_t i = 0; i < counted; i++) gain += self->costs.literal[self->window[place + i]];
  // All that matters of long ones is that they are better than short ones.
  return gain + (int)(length - counted) * 2;
}

// The longest repetition at `place`, if it saves anything and is longer than the one that is held.
static repetition find(codecs_deflater *self, size_t place, uint32_t most) {
  repetition best = {0};
  int32_t candidate = remember(self, place);
  if (candidate == none) return best;
  const uint8_t *window = self->window;
  uint32_t length = self->held.length > 0 ? self->held.length : self->costs.shortest - 1u;
  for (int tries = self->tries; tries > 0 && length < most; tries--) {
    if (window[(size_t)candidate + length] == window[place + length]) {
      uint32_t found = common_length(window + candidate, window + place, most);
      if (found > length) {
        length = found;
        best.length = found;
        best.distance = (uint32_t)(place - (size_t)candidate);
        if (found >= long_enough) break;
      }
    }
    uint32_t back = self->before[(size_t)candidate % reach];
    candidate -= (int32_t)back;
    if (back == 0 || candidate < 0 || place - (size_t)candidate > reach) break;
  }
  if (best.length == 0) return best;
  best.gain = gain_of(self, place, best.length, best.distance);
  return best.gain > 0 ? best : (repetition){0};
}

static bool add(codecs_deflater *self, uint32_t length, uint32_t value) {
  self->symbols[self->symbol_count++] = (deflate_symbol){(uint16_t)length, (uint16_t)value};
  if (self->symbol_count < deflate_block_symbols) return true;
  self->symbol_count = 0;
  return deflate_block_write(&self->bits, self->symbols, deflate_block_symbols, false, &self->costs);
}

// Literals for bytes that are not worth looking at. None while a repetition is held.
static bool pass_over(codecs_deflater *self, size_t end) {
  if (self->is_patient || self->held.length > 0) return true;
  size_t passed = self->fruitless / patience;
  if (passed > most_passed) passed = most_passed;
  // By uneven steps: with even ones, what repeats itself might never be examined where its first time was.
  self->random = self->random * 1664525u + 1013904223u;
  if (passed > 1) passed = 1 + (size_t)((uint64_t)self->random * (2 * passed - 1) >> 32);
  for (; passed > 0 && self->next + 1 < end; passed--) {
    if (!add(self, 0, self->window[self->next++])) return false;
  }
  return true;
}

// Turns bytes into symbols, as far as enough bytes follow to compare them all.
static bool advance(codecs_deflater *self, bool to_end) {
  if (!self->is_begun) {
    deflate_costs_guess(&self->costs, self->window, self->filled < reach ? self->filled : reach);
    self->is_begun = true;
  }
  size_t end = to_end ? self->filled : self->filled - (self->filled < lookahead ? self->filled : lookahead);
  size_t hashed = self->filled < 8 ? 0 : self->filled - 8;
  while (self->next < end) {
    if (!pass_over(self, end)) return false;
    size_t place = self->next;
    repetition found = {0};
    if (place < hashed) {
      size_t left = self->filled - place;
      found = find(self, place, left < longest ? (uint32_t)left : longest);
    }
    if (self->held.length > 0 && found.gain <= self->held.gain) {
      if (!add(self, self->held.length, self->held.distance - 1)) return false;
      // It began a byte before `place`, which is remembered already.
      size_t behind = place - 1 + self->held.length;
      for (place += 1; place < behind; place++) {
        if (place < hashed) remember(self, place);
      }
      self->held.length = 0;
      self->next = behind;
      continue;
    }
    if (self->held.length > 0 && !add(self, 0, self->window[place - 1])) return false;
    self->held = found;
    self->fruitless = found.length > 0 ? 0 : self->fruitless + 1;
    if (found.length == 0 && !add(self, 0, self->window[place])) return false;
    self->next = place + 1;
  }
  return true;
}

// Forgets what is out of reach. By a multiple of `reach`, so that places keep theirs in `before`.
static void slide(codecs_deflater *self) {
  size_t shift = (self->next - 1) / reach * reach;
  shift = shift < reach ? 0 : shift - reach;
  if (shift == 0) return;
  memmove(self->window, self->window + shift, self->filled - shift);
  self->next -= shift;
  self->filled -= shift;
  for (int i = 0; i < 1 << hash_bits; i++) {
    int32_t place = self->head[i];
    self->head[i] = place == none || (size_t)place < shift ? none : place - (int32_t)shift;
  }
}

bool codecs_deflater_write(codecs_deflater *self, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    size_t room = window_bytes - self->filled;
    size_t taken = count < room ? count : room;
    memcpy(self->window + self->filled, bytes, taken);
    self->filled += taken;
    bytes += taken;
    count -= taken;
    if (self->filled == window_bytes) {
      if (!advance(self, false)) return false;
      slide(self);
    }
  }
  return true;
}

bool codecs_deflater_finish(codecs_deflater *self) {
  // No repetition is looked for at the last bytes, so that none is held when they are through.
  return advance(self, true) && deflate_block_write(&self->bits, self->symbols, self->symbol_count, true, &self->costs) &&
         deflate_bits_finish(&self->bits);
}

const uint8_t *codecs_deflater_output(const codecs_deflater *self, size_t *count) {
  *count = self->bits.count;
  return self->bits.bytes;
}

void codecs_deflater_destroy(codecs_deflater *self) {
  if (self == NULL) return;
  free(self->bits.bytes);
  free(self);
}
