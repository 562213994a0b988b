#include "codecs_inflater.h"

#include <stdlib.h>

#include <isa-l/igzip_lib.h>

struct codecs_inflater {
  struct inflate_state state;
};

codecs_inflater *codecs_inflater_create(void) {
  codecs_inflater *self = malloc(sizeof *self);
  if (self == NULL) return NULL;
  isal_inflate_init(&self->state);
  self->state.crc_flag = ISAL_ZLIB;
  return self;
}

// What the library's numbers hold.
static uint32_t piece(size_t count) { return count < (1u << 30) ? (uint32_t)count : 1u << 30; }

codecs_inflation codecs_inflater_next(
    codecs_inflater *self, const uint8_t **source, size_t *source_count, uint8_t **target, size_t *target_count) {
  struct inflate_state *state = &self->state;
  uint32_t input = piece(*source_count), room = piece(*target_count);
  // It only reads there.
  state->next_in = (uint8_t *)*source;
  state->avail_in = input;
  state->next_out = *target;
  state->avail_out = room;
  int status = isal_inflate(state);
  *source += input - state->avail_in;
  *source_count -= input - state->avail_in;
  *target += room - state->avail_out;
  *target_count -= room - state->avail_out;
  if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT && status != ISAL_OUT_OVERFLOW) {
    return codecs_inflation_refused;
  }
  return state->block_state == ISAL_BLOCK_FINISH ? codecs_inflation_ended : codecs_inflation_goes_on;
}

void codecs_inflater_destroy(codecs_inflater *self) { free(self); }
