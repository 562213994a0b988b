// Calls on what files hold: opening, writing, syncing.

#define _GNU_SOURCE
#include "turn.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

// MARK: Opening

static bool writes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC); }

static void opened(int folder, const char *path, int flags, struct object before, int file) {
  if (file < 0) return;
  if (before.inode == 0 && flags & O_CREAT) journal_made(folder, path, false);
  else if (flags & O_TRUNC) journal_truncated(file, NULL, 0);
}

#define OPENS(next_call, folder, path, flags) \
  IN_TURN( \
      crash_enter(writes(flags) ? OPEN : NONE, folder == AT_FDCWD ? -1 : folder, path); \
      struct object before = turn.kind == NONE ? (struct object){0} : journal_object_at(folder, path), next_call, \
      if (turn.kind != NONE) opened(folder, path, flags, before, result))

#define MODE_ARGUMENT \
  mode_t mode = 0; \
  if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list list; \
    va_start(list, flags); \
    mode = va_arg(list, mode_t); \
    va_end(list); \
  }

int open(const char *path, int flags, ...) {
  NEXT(open);
  MODE_ARGUMENT
  return OPENS(next(path, flags, mode), AT_FDCWD, path, flags);
}

int open64(const char *path, int flags, ...) {
  NEXT(open64);
  MODE_ARGUMENT
  return OPENS(next(path, flags, mode), AT_FDCWD, path, flags);
}

int openat(int folder, const char *path, int flags, ...) {
  NEXT(openat);
  MODE_ARGUMENT
  return OPENS(next(folder, path, flags, mode), folder, path, flags);
}

int openat64(int folder, const char *path, int flags, ...) {
  NEXT(openat64);
  MODE_ARGUMENT
  return OPENS(next(folder, path, flags, mode), folder, path, flags);
}

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

FILE *fopen(const char *path, const char *how) {
  NEXT(fopen);
  // Opened inside the C library, past the hooks above; what is written to it would be missed.
  if (strpbrk(how, "wa+")) journal_unknown("fopen");
  return next(path, how);
}

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
  NEXT(mmap);
  // SQLite maps its -shm file with mmap64; anything else would be written behind our back.
  if (file > 2 && protection & PROT_WRITE && flags & MAP_SHARED) journal_unknown("mmap");
  return next(address, length, protection, flags, file, offset);
}

// MARK: Writing

ssize_t crash_half(int file, const struct iovec *parts, int count, off_t position) {
  size_t length = 0;
  for (int part = 0; part < count; part++) length += parts[part].iov_len;
  length /= 2;
  static ssize_t (*write_next)(int, const void *, size_t);
  static ssize_t (*pwrite_next)(int, const void *, size_t, off_t);
  if (!write_next) write_next = crash_next("write");
  if (!pwrite_next) pwrite_next = crash_next("pwrite");
  for (int part = 0; part < count && length > 0; part++) {
    size_t some = parts[part].iov_len < length ? parts[part].iov_len : length;
    ssize_t written = position < 0 ? write_next(file, parts[part].iov_base, some)
                                   : pwrite_next(file, parts[part].iov_base, some, position);
    if (written < 0) return written;
    if (position >= 0) position += written;
    length -= some;
  }
  return 0;
}

void crash_wrote(
    enum kind kind, int file, const struct iovec *parts, int count, off_t position, ssize_t length) {
  if (length <= 0) return;
  if (kind == SEND) journal_sent(file, parts, count, length);
  if (kind == WRITE) {
    journal_written(file, parts, count, position, length);
    lost_written(file, position, length);
  }
}

#define WRITES(file, parts, count, position, call) \
  IN_TURN( \
      crash_enter(crash_kind(file), file, NULL), turn.dies ? crash_half(file, parts, count, position) : call, \
      crash_wrote(turn.kind, file, parts, count, position, result))

ssize_t write(int file, const void *bytes, size_t length) {
  NEXT(write);
  struct iovec part = {(void *)bytes, length};
  return WRITES(file, &part, 1, -1, next(file, bytes, length));
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t position) {
  NEXT(pwrite);
  struct iovec part = {(void *)bytes, length};
  return WRITES(file, &part, 1, position, next(file, bytes, length, position));
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t position) {
  NEXT(pwrite64);
  struct iovec part = {(void *)bytes, length};
  return WRITES(file, &part, 1, position, next(file, bytes, length, position));
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  NEXT(writev);
  return WRITES(file, parts, count, -1, next(file, parts, count));
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t position) {
  NEXT(pwritev);
  return WRITES(file, parts, count, position, next(file, parts, count, position));
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t position) {
  NEXT(pwritev64);
  return WRITES(file, parts, count, position, next(file, parts, count, position));
}

ssize_t pwritev2(int file, const struct iovec *parts, int count, off_t position, int flags) {
  NEXT(pwritev2);
  return WRITES(file, parts, count, position, next(file, parts, count, position, flags));
}

ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
  NEXT(sendfile);
  journal_unknown("sendfile");
  return IN_TURN(crash_enter(crash_kind(to), to, NULL), next(to, from, offset, turn.dies ? length / 2 : length), );
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) { return sendfile(to, from, offset, length); }

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *position, size_t length, unsigned flags) {
  NEXT(copy_file_range);
  journal_unknown("copy_file_range");
  return IN_TURN(
      crash_enter(crash_kind(to), to, NULL),
      next(from, start, to, position, turn.dies ? length / 2 : length, flags), );
}

#define TRUNCATES(file, path, size, call) \
  IN_TURN(crash_enter(TRUNCATE, file, path), call, if (result == 0) journal_truncated(file, path, size))

int ftruncate(int file, off_t size) {
  NEXT(ftruncate);
  return TRUNCATES(file, NULL, size, next(file, size));
}

int ftruncate64(int file, off64_t size) {
  NEXT(ftruncate64);
  return TRUNCATES(file, NULL, size, next(file, size));
}

int truncate(const char *path, off_t size) {
  NEXT(truncate);
  return TRUNCATES(-1, path, size, next(path, size));
}

int truncate64(const char *path, off64_t size) { return truncate(path, size); }

// Sets room aside; a size that grows by it is not replayed.
int fallocate(int file, int mode, off_t offset, off_t length) {
  NEXT(fallocate);
  journal_unknown("fallocate");
  return IN_TURN(crash_enter(TRUNCATE, file, NULL), next(file, mode, offset, length), );
}

int fallocate64(int file, int mode, off64_t offset, off64_t length) { return fallocate(file, mode, offset, length); }

int posix_fallocate(int file, off_t offset, off_t length) {
  NEXT(posix_fallocate);
  journal_unknown("posix_fallocate");
  return IN_TURN(crash_enter(TRUNCATE, file, NULL), next(file, offset, length), );
}

int posix_fallocate64(int file, off64_t offset, off64_t length) { return posix_fallocate(file, offset, length); }

int fchmod(int file, mode_t mode) {
  NEXT(fchmod);
  return IN_TURN(crash_enter(MODE, file, NULL), next(file, mode), );
}

int chmod(const char *path, mode_t mode) {
  NEXT(chmod);
  return IN_TURN(crash_enter(MODE, -1, path), next(path, mode), );
}

int fchmodat(int folder, const char *path, mode_t mode, int flags) {
  NEXT(fchmodat);
  return IN_TURN(crash_enter(MODE, folder, path), next(folder, path, mode, flags), );
}

// MARK: Syncing

#define SYNCS(file, call) \
  IN_TURN( \
      crash_enter(SYNC, file, NULL), call, if (turn.error) lost_failed(file); else if (result == 0) { \
        journal_synced(file); \
        lost_synced(file); \
      })

int fsync(int file) {
  NEXT(fsync);
  return SYNCS(file, next(file));
}

int fdatasync(int file) {
  NEXT(fdatasync);
  return SYNCS(file, next(file));
}

// Promises nothing that a replay could rely on.
int sync_file_range(int file, off64_t offset, off64_t length, unsigned flags) {
  NEXT(sync_file_range);
  return IN_TURN(crash_enter(SYNC, file, NULL), next(file, offset, length, flags), );
}
