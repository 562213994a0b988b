#ifndef CODECS_RESULT_H
#define CODECS_RESULT_H

#include <stddef.h>
#include <stdint.h>

/// How a call of this module ended.
typedef enum __attribute__((enum_extensibility(closed))) codecs_outcome {
  codecs_outcome_done = 0,
  /// The bytes end before the picture does.
  codecs_outcome_truncated,
  /// The bytes break the format's rules, or an encoder was asked for what its format cannot hold.
  codecs_outcome_malformed,
  /// Rule-abiding, but not in this library, or refused here.
  codecs_outcome_unsupported,
  codecs_outcome_no_memory,
} codecs_outcome;

/// The outcome with the library's own word for it: NUL-terminated, empty when done.
/// 200 is libjpeg's JMSG_LENGTH_MAX; libpng's messages are shorter.
typedef struct codecs_result {
  codecs_outcome outcome;
  char message[200];
} codecs_result;

/// Takes a piece of an encoded file. The bytes are valid for the length of the call.
typedef void (*codecs_sink)(void *context, const uint8_t *bytes, size_t count);

#endif
