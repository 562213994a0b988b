// Preloaded into darkroom: counts every call that changes what a crash leaves behind, with one counter for the whole
// process, and at the n-th ends the process, or makes the call fail. Told by the environment:
//
//   CRASH_AT=N        which call; without it calls are only counted
//   CRASH_HOW=        before: SIGKILL instead of the call
//                     after: SIGKILL behind it; what writes or sends has written half
//                     an error number: the call fails with it, once
//   CRASH_KINDS=      the kinds that count, such as write,sync; all without it
//   CRASH_REPORT=F    gets a line on the call that was hit; at a normal end, the counts
//   CRASH_JOURNAL=F   gets every change with its bytes, in order (journal.c); calls then run one at a time
//   CRASH_INODES=F    inode numbers and times of change that files had before they were rebuilt (identity.c)
//
// Counted are calls on regular files, directories and sockets. Pipes, eventfds and terminals do not outlive the process;
// what SQLite writes to its -shm file by memory mapping is volatile by design: it is thrown away after a crash.

#define _GNU_SOURCE
#include "crash.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const names[] = {
    "none", "open", "write", "sync", "rename", "unlink", "mkdir", "link", "truncate", "mode", "send", "connect",
};

static struct {
  unsigned long at;
  enum { BEFORE, AFTER, FAIL } how;
  int error;
  unsigned kinds;
  int report;
} plan = {.kinds = ~0u, .report = -1};

static atomic_ulong count;
static atomic_ulong counts[KINDS];
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

void *crash_next(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

// Without the hooks: these must not count themselves.
long crash_open(const char *path, int flags) { return syscall(SYS_openat, AT_FDCWD, path, flags, 0644); }

void crash_put(int file, const void *bytes, size_t length) {
  const char *rest = bytes;
  while (length > 0) {
    long written = syscall(SYS_write, file, rest, length);
    if (written <= 0) abort();
    rest += written;
    length -= (size_t)written;
  }
}

static unsigned kinds(const char *list) {
  unsigned found = 0;
  for (unsigned kind = 1; kind < KINDS; kind++)
    if (strstr(list, names[kind])) found |= 1u << kind;
  return found;
}

__attribute__((constructor)) static void prepare(void) {
  const char *text;
  if ((text = getenv("CRASH_AT"))) plan.at = strtoul(text, NULL, 10);
  if ((text = getenv("CRASH_KINDS"))) plan.kinds = kinds(text);
  if ((text = getenv("CRASH_HOW"))) {
    plan.how = strcmp(text, "before") == 0 ? BEFORE : strcmp(text, "after") == 0 ? AFTER : FAIL;
    if (plan.how == FAIL) plan.error = atoi(text);
  }
  if ((text = getenv("CRASH_REPORT"))) plan.report = (int)crash_open(text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC);
  if ((text = getenv("CRASH_JOURNAL"))) journal_open(text);
  if ((text = getenv("CRASH_INODES"))) identity_read(text);
  // What darkroom starts is not what is tried.
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void total(void) {
  if (plan.report < 0) return;
  for (unsigned kind = 1; kind < KINDS; kind++) {
    char line[64];
    int length = snprintf(line, sizeof line, "count %s %lu\n", names[kind], counts[kind]);
    crash_put(plan.report, line, (size_t)length);
  }
}

static void report(unsigned long number, enum kind kind, int file, const char *path) {
  char line[4400], place[4096] = "";
  if (file >= 0) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, place, sizeof place - 1);
    place[length < 0 ? 0 : length] = 0;
  }
  int length = snprintf(
      line, sizeof line, "hit %lu %s %.2000s%s%.2000s\n", number, names[kind], path && path[0] == '/' ? "" : place,
      path && path[0] != '/' ? "/" : "", path ? path : "");
  if (plan.report >= 0) crash_put(plan.report, line, (size_t)length);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

struct turn crash_enter(enum kind kind, int file, const char *path) {
  struct turn turn = {.kind = kind};
  if (kind == NONE) return turn;
  if (journal_is_open()) pthread_mutex_lock(&order);
  atomic_fetch_add(&counts[kind], 1);
  if (!(plan.kinds & 1u << kind)) return turn;
  unsigned long number = atomic_fetch_add(&count, 1) + 1;
  if (number != plan.at) return turn;
  report(number, kind, file, path);
  switch (plan.how) {
    case BEFORE: die(); break;
    case AFTER: turn.dies = true; break;
    case FAIL: turn.error = plan.error; break;
  }
  return turn;
}

void crash_leave(struct turn turn) {
  if (turn.kind == NONE) return;
  if (turn.dies) die();
  if (journal_is_open()) pthread_mutex_unlock(&order);
}

enum kind crash_kind(int file) {
  struct stat status;
  // The standard streams are whoever started it's.
  if (file <= 2 || identity_next_fstat(file, &status) != 0) return NONE;
  // A file without a name is gone with the process, like a pipe.
  if (S_ISREG(status.st_mode) && status.st_nlink == 0) return NONE;
  return S_ISREG(status.st_mode) ? WRITE : S_ISSOCK(status.st_mode) ? SEND : NONE;
}
