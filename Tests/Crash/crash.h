#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

enum kind { NONE, OPEN, WRITE, SYNC, RENAME, UNLINK, MKDIR, LINK, TRUNCATE, MODE, SEND, CONNECT, KINDS };

// One counted call, from just before it to just behind it.
struct turn {
  enum kind kind;
  int error;  // it fails with this instead of being made
  bool dies;  // behind it the process ends; what writes or sends does half
};

struct turn crash_enter(enum kind, int file, const char *path);
void crash_leave(struct turn);
// WRITE for a regular file, SEND for a socket, else NONE.
enum kind crash_kind(int file);
// The function that would have been called without this library.
void *crash_next(const char *name);
long crash_open(const char *path, int flags);
void crash_put(int file, const void *bytes, size_t length);

// journal.c. Objects are files, directories and sockets, known by device and inode number. Each of these is called with
// calls in order; errno stays as it is.
struct object {
  dev_t device;
  ino_t inode;
};

void journal_open(const char *path);
bool journal_is_open(void);
struct object journal_object(int file);
// At a path; nothing is followed at its end. Inode 0 when there is nothing.
struct object journal_object_at(int folder, const char *path);
void journal_made(int folder, const char *path, bool is_folder);
// Something that is there has this name as well.
void journal_linked(int folder, const char *path);
void journal_removed(int folder, const char *path, struct object);
void journal_renamed(int from, const char *old, int to, const char *name, unsigned flags, struct object);
// `position` is where the bytes begin, or -1: they end at the descriptor's offset.
void journal_written(int file, const struct iovec *, int parts, off_t position, ssize_t length);
void journal_truncated(int file, const char *path, off_t size);
void journal_synced(int file);
void journal_sent(int file, const struct iovec *, int parts, ssize_t length);
// Something that cannot be replayed.
void journal_unknown(const char *call);

// lost.c: what an fsync(2) that fails loses.
void lost_written(int file, off_t position, ssize_t length);
void lost_synced(int file);
// Zeroes what was written since the last fsync: Linux marks such pages clean, and may drop them at once.
void lost_failed(int file);

// identity.c
void identity_read(const char *path);
int identity_next_fstat(int file, struct stat *);
