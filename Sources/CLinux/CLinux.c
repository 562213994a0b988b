#define _GNU_SOURCE

#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

const unsigned int clinux_rename_noreplace = RENAME_NOREPLACE;
const unsigned int clinux_rename_exchange = RENAME_EXCHANGE;

int clinux_renameat2(
    int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned int flags) {
  return renameat2(old_directory, old_name, new_directory, new_name, flags);
}

int clinux_open_beneath(int directory, const char *path, int flags) {
  struct open_how how = {
      .flags = (uint64_t)(unsigned int)flags,
      .mode = 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

void clinux_begin_writeback(int file, int64_t offset, int64_t count) {
  sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);
}

void clinux_return_buffers_from(int size) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, size);
  mallopt(M_TRIM_THRESHOLD, 2 * size);
#else
  (void)size;
#endif
}

int clinux_is_open_for_writing(int file) {
  if (fcntl(file, F_SETSIG, SIGURG) == -1) return -1;
  if (fcntl(file, F_SETLEASE, F_RDLCK) == -1) return errno == EAGAIN ? 1 : -1;
  (void)fcntl(file, F_SETLEASE, F_UNLCK);
  return 0;
}

int clinux_file_system_type(const char *path, uint32_t *type) {
  struct statfs status;
  if (statfs(path, &status) == -1) return -1;
  *type = (uint32_t)status.f_type;
  return 0;
}
