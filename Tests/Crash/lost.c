// What was written since the last fsync(2) of a file. When the call is made to fail, that is zeroed: Linux marks such
// pages clean and may drop them, so that a later fsync reports success over bytes that are gone.

#define _GNU_SOURCE
#include "crash.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct range {
  struct object object;
  off_t start;
  ssize_t length;
};

static struct range *ranges;
static size_t count, room;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static bool is_watching(void) {
  static int watches = -1;
  if (watches < 0) watches = getenv("CRASH_AT") != NULL;
  return watches;
}

void lost_written(int file, off_t position, ssize_t length) {
  if (!is_watching()) return;
  if (position < 0) position = lseek(file, 0, SEEK_CUR) - length;
  pthread_mutex_lock(&guard);
  if (count == room) {
    room = room ? room * 2 : 256;
    ranges = realloc(ranges, room * sizeof *ranges);
    if (!ranges) abort();
  }
  ranges[count++] = (struct range){journal_object(file), position, length};
  pthread_mutex_unlock(&guard);
}

static void forget(int file, void (*body)(int file, struct range)) {
  if (!is_watching()) return;
  struct object object = journal_object(file);
  pthread_mutex_lock(&guard);
  size_t kept = 0;
  for (size_t index = 0; index < count; index++) {
    struct range range = ranges[index];
    bool is_same = range.object.device == object.device && range.object.inode == object.inode;
    if (!is_same) ranges[kept++] = range;
    else if (body) body(file, range);
  }
  count = kept;
  pthread_mutex_unlock(&guard);
}

static void zero(int file, struct range range) {
  static ssize_t (*pwrite_next)(int, const void *, size_t, off_t);
  if (!pwrite_next) pwrite_next = crash_next("pwrite");
  struct stat status;
  if (identity_next_fstat(file, &status) != 0) return;
  off_t end = range.start + range.length < status.st_size ? range.start + range.length : status.st_size;
  char *zeros = calloc(1, (size_t)range.length);
  if (!zeros || (end > range.start && pwrite_next(file, zeros, (size_t)(end - range.start), range.start) < 0)) abort();
  free(zeros);
}

void lost_synced(int file) { forget(file, NULL); }
void lost_failed(int file) { forget(file, zero); }
