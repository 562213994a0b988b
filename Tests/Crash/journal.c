// The journal of changes, for power.py. Each record is a line of words, the last of them the length of the bytes that
// follow it, and a line's end behind those. Objects are `device.inode`.
//
//   make PARENT OBJECT folder|file N      name
//   link PARENT OBJECT N                  name
//   remove PARENT OBJECT N                name
//   rename FROM TO OBJECT FLAGS N         old name, NUL, new name
//   write OBJECT OFFSET N                 bytes
//   truncate OBJECT SIZE 0
//   sync OBJECT 0
//   send OBJECT N                         bytes, cut after the head of a request
//   unknown N                             a call that cannot be replayed

#define _GNU_SOURCE
#include "crash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int journal = -1;

// More than any head that the client sends.
static const size_t head_limit = 16 << 10;

void journal_open(const char *path) { journal = (int)crash_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC); }

bool journal_is_open(void) { return journal >= 0; }

static struct object object_of(const struct stat *status) {
  return (struct object){status->st_dev, status->st_ino};
}

struct object journal_object(int file) {
  struct stat status;
  if (identity_next_fstat(file, &status) != 0) return (struct object){0};
  return object_of(&status);
}

struct object journal_object_at(int folder, const char *path) {
  int error = errno;
  struct stat status;
  bool is_there = journal_is_open() && fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
  errno = error;
  return is_there ? object_of(&status) : (struct object){0};
}

// The folder that holds a path's last part.
static struct object parent(int folder, const char *path) {
  char above[4096];
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 0;
  if (length >= sizeof above) length = 0;
  memcpy(above, path, length);
  above[length] = 0;
  struct stat status;
  int found = slash ? fstatat(folder, length ? above : "/", &status, 0)
      : folder == AT_FDCWD ? stat(".", &status) : identity_next_fstat(folder, &status);
  return found == 0 ? object_of(&status) : (struct object){0};
}

static const char *last(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static void put_words(size_t length, const char *format, ...) {
  char line[256];
  va_list list;
  va_start(list, format);
  int count = vsnprintf(line, sizeof line - 32, format, list);
  va_end(list);
  count += snprintf(line + count, 32, " %zu\n", length);
  crash_put(journal, line, (size_t)count);
}

static void put_end(void) { crash_put(journal, "\n", 1); }

#define WORD "%lu.%lu"
#define WORDS(object) (unsigned long)(object).device, (unsigned long)(object).inode

void journal_made(int folder, const char *path, bool is_folder) {
  if (!journal_is_open()) return;
  const char *name = last(path);
  put_words(
      strlen(name), "make " WORD " " WORD " %s", WORDS(parent(folder, path)), WORDS(journal_object_at(folder, path)),
      is_folder ? "folder" : "file");
  crash_put(journal, name, strlen(name));
  put_end();
}

void journal_linked(int folder, const char *path) {
  if (!journal_is_open()) return;
  const char *name = last(path);
  put_words(strlen(name), "link " WORD " " WORD, WORDS(parent(folder, path)), WORDS(journal_object_at(folder, path)));
  crash_put(journal, name, strlen(name));
  put_end();
}

void journal_removed(int folder, const char *path, struct object which) {
  if (!journal_is_open()) return;
  const char *name = last(path);
  put_words(strlen(name), "remove " WORD " " WORD, WORDS(parent(folder, path)), WORDS(which));
  crash_put(journal, name, strlen(name));
  put_end();
}

void journal_renamed(int from, const char *old, int to, const char *path, unsigned flags, struct object which) {
  if (!journal_is_open()) return;
  const char *before = last(old), *behind = last(path);
  put_words(
      strlen(before) + 1 + strlen(behind), "rename " WORD " " WORD " " WORD " %u", WORDS(parent(from, old)),
      WORDS(parent(to, path)), WORDS(which), flags);
  crash_put(journal, before, strlen(before) + 1);
  crash_put(journal, behind, strlen(behind));
  put_end();
}

static void put_parts(const struct iovec *parts, int count, size_t length) {
  for (int part = 0; part < count && length > 0; part++) {
    size_t some = parts[part].iov_len < length ? parts[part].iov_len : length;
    crash_put(journal, parts[part].iov_base, some);
    length -= some;
  }
  put_end();
}

void journal_written(int file, const struct iovec *parts, int count, off_t position, ssize_t length) {
  if (!journal_is_open()) return;
  if (position < 0) position = lseek(file, 0, SEEK_CUR) - length;
  put_words((size_t)length, "write " WORD " %ld", WORDS(journal_object(file)), (long)position);
  put_parts(parts, count, (size_t)length);
}

void journal_sent(int file, const struct iovec *parts, int count, ssize_t length) {
  if (!journal_is_open()) return;
  size_t some = (size_t)length < head_limit ? (size_t)length : head_limit;
  put_words(some, "send " WORD, WORDS(journal_object(file)));
  put_parts(parts, count, some);
}

void journal_truncated(int file, const char *path, off_t size) {
  if (!journal_is_open()) return;
  struct object which = path ? journal_object_at(AT_FDCWD, path) : journal_object(file);
  put_words(0, "truncate " WORD " %ld", WORDS(which), (long)size);
  put_end();
}

void journal_synced(int file) {
  if (!journal_is_open()) return;
  put_words(0, "sync " WORD, WORDS(journal_object(file)));
  put_end();
}

void journal_unknown(const char *call) {
  if (!journal_is_open()) return;
  put_words(strlen(call), "unknown");
  crash_put(journal, call, strlen(call));
  put_end();
}
