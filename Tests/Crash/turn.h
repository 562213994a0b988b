#pragma once

#include "crash.h"

#include <errno.h>

// The function of that name without this library.
#define NEXT(name) \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(next))crash_next(#name)

// Half of what a call would write, at `position` or at the descriptor's offset, for a process that dies behind it.
ssize_t crash_half(int file, const struct iovec *, int parts, off_t position);
// Tells whoever keeps track that a call has written or sent `length` bytes.
void crash_wrote(enum kind, int file, const struct iovec *, int parts, off_t position, ssize_t length);

// Makes a call in its turn; `behind` sees its result, and runs before the process may die.
#define IN_TURN(enters, call, behind) \
  ({ \
    struct turn turn = enters; \
    __typeof__(call) result; \
    if (turn.error) { \
      errno = turn.error; \
      result = -1; \
    } else { \
      result = call; \
    } \
    int error = errno; \
    behind; \
    crash_leave(turn); \
    errno = error; \
    result; \
  })
