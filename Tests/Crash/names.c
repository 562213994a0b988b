// Calls on names in folders.

#define _GNU_SOURCE
#include "turn.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define RENAMES(from, old, to, name, flags, call) \
  IN_TURN( \
      crash_enter(RENAME, from == AT_FDCWD ? -1 : from, old); struct object which = journal_object_at(from, old), call, \
      if (result == 0) journal_renamed(from, old, to, name, flags, which))

int rename(const char *old, const char *name) {
  NEXT(rename);
  return RENAMES(AT_FDCWD, old, AT_FDCWD, name, 0, next(old, name));
}

int renameat(int from, const char *old, int to, const char *name) {
  NEXT(renameat);
  return RENAMES(from, old, to, name, 0, next(from, old, to, name));
}

int renameat2(int from, const char *old, int to, const char *name, unsigned flags) {
  NEXT(renameat2);
  return RENAMES(from, old, to, name, flags, next(from, old, to, name, flags));
}

#define REMOVES(folder, path, call) \
  IN_TURN( \
      crash_enter(UNLINK, folder == AT_FDCWD ? -1 : folder, path); \
      struct object which = journal_object_at(folder, path), call, \
      if (result == 0) journal_removed(folder, path, which))

int unlink(const char *path) {
  NEXT(unlink);
  return REMOVES(AT_FDCWD, path, next(path));
}

int unlinkat(int folder, const char *path, int flags) {
  NEXT(unlinkat);
  return REMOVES(folder, path, next(folder, path, flags));
}

int rmdir(const char *path) {
  NEXT(rmdir);
  return REMOVES(AT_FDCWD, path, next(path));
}

int mkdir(const char *path, mode_t mode) {
  NEXT(mkdir);
  return IN_TURN(crash_enter(MKDIR, -1, path), next(path, mode), if (result == 0) journal_made(AT_FDCWD, path, true));
}

int mkdirat(int folder, const char *path, mode_t mode) {
  NEXT(mkdirat);
  return IN_TURN(
      crash_enter(MKDIR, folder, path), next(folder, path, mode), if (result == 0) journal_made(folder, path, true));
}

#define LINKS(folder, path, call) \
  IN_TURN(crash_enter(LINK, folder == AT_FDCWD ? -1 : folder, path), call, journal_unknown("link"))

int link(const char *old, const char *path) {
  NEXT(link);
  return LINKS(AT_FDCWD, path, next(old, path));
}

int linkat(int from, const char *old, int folder, const char *path, int flags) {
  NEXT(linkat);
  return IN_TURN(
      crash_enter(LINK, folder, path), next(from, old, folder, path, flags),
      if (result == 0) journal_linked(folder, path));
}

int symlink(const char *target, const char *path) {
  NEXT(symlink);
  return LINKS(AT_FDCWD, path, next(target, path));
}

int symlinkat(const char *target, int folder, const char *path) {
  NEXT(symlinkat);
  return LINKS(folder, path, next(target, folder, path));
}
