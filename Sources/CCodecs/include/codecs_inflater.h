#ifndef CODECS_INFLATER_H
#define CODECS_INFLATER_H

#include <stddef.h>
#include <stdint.h>

// Streams of zlib's (RFC 1950), inflated by ISA-L piece by piece. In C, because the library's state has arrays that
// Swift does not import.

typedef struct codecs_inflater codecs_inflater;

/// Before the first byte. NULL when there is no memory.
codecs_inflater *codecs_inflater_create(void);

typedef enum __attribute__((enum_extensibility(closed))) codecs_inflation {
  /// There is no more room, or there are no more bytes.
  codecs_inflation_goes_on = 0,
  /// The stream has ended, and its checksum is right.
  codecs_inflation_ended,
  /// The library refuses the stream.
  codecs_inflation_refused,
} codecs_inflation;

/// Reads from `*source` and writes to `*target`; both, and how many bytes are left of each, move on.
codecs_inflation codecs_inflater_next(
    codecs_inflater *inflater, const uint8_t **source, size_t *source_count, uint8_t **target, size_t *target_count);

void codecs_inflater_destroy(codecs_inflater *inflater);

#endif
