#define _GNU_SOURCE

#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FILES = 4 };

const size_t clinux_most_files = MOST_FILES;

// Aligned as cmsg(3) wants it.
union control {
  struct cmsghdr header;
  char room[CMSG_SPACE(MOST_FILES * sizeof(int))];
};

ssize_t clinux_send(int socket, const void *bytes, size_t count, const int *files, size_t file_count) {
  if (file_count > MOST_FILES) {
    errno = EINVAL;
    return -1;
  }
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union control control;
  memset(&control, 0, sizeof control);
  if (file_count > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(file_count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(file_count * sizeof(int));
    memcpy(CMSG_DATA(header), files, file_count * sizeof(int));
  }
  return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

ssize_t clinux_receive(int socket, void *bytes, size_t count, int *files, size_t *file_count) {
  size_t capacity = *file_count < MOST_FILES ? *file_count : MOST_FILES;
  *file_count = 0;
  struct iovec part = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union control control;
  memset(&control, 0, sizeof control);
  if (capacity > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(capacity * sizeof(int));
  }
  ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (received < 0) return received;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    // The room may be a little larger than asked for; the kernel fills all of it.
    size_t came = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < came; index++) {
      int file;
      memcpy(&file, CMSG_DATA(header) + index * sizeof(int), sizeof file);
      if (*file_count < capacity) {
        files[(*file_count)++] = file;
      } else {
        close(file);
      }
    }
  }
  return received;
}

int clinux_memory_file(void) {
#ifdef MFD_NOEXEC_SEAL
  unsigned int no_exec = MFD_NOEXEC_SEAL;
#else
  // <linux/memfd.h>, since 6.3.
  unsigned int no_exec = 0x0008U;
#endif
  int file = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING | no_exec);
  if (file < 0 && errno == EINVAL) file = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return file;
}

int clinux_seal(int file) {
  return fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

static int limit(pid_t process, __rlimit_resource_t resource, uint64_t amount) {
  struct rlimit found;
  if (prlimit(process, resource, NULL, &found) < 0) return -1;
  // A lower limit that was there before stays: raising it takes a right that the daemon does not have.
  struct rlimit limit = {
      .rlim_cur = amount < found.rlim_max ? amount : found.rlim_max,
      .rlim_max = amount < found.rlim_max ? amount : found.rlim_max,
  };
  return prlimit(process, resource, &limit, NULL);
}

int clinux_limit_memory(pid_t process, uint64_t memory, uint64_t file) {
  return limit(process, RLIMIT_AS, memory) < 0 || limit(process, RLIMIT_FSIZE, file) < 0 ? -1 : 0;
}

int clinux_limit_time(pid_t process, uint64_t seconds) {
  clockid_t clock;
  struct timespec used;
  int error = clock_getcpuclockid(process, &clock);
  if (error != 0) {
    errno = error;
    return -1;
  }
  if (clock_gettime(clock, &used) < 0) return -1;
  struct rlimit found;
  if (prlimit(process, RLIMIT_CPU, NULL, &found) < 0) return -1;
  uint64_t end = (uint64_t)used.tv_sec + 1 + seconds;
  struct rlimit limit = {.rlim_cur = end < found.rlim_max ? end : found.rlim_max, .rlim_max = found.rlim_max};
  return prlimit(process, RLIMIT_CPU, &limit, NULL);
}

int clinux_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : (int)version;
}

int clinux_processors(void) {
  cpu_set_t set;
  // A machine with more processors than the set holds is refused with EINVAL, and has enough.
  if (sched_getaffinity(0, sizeof set, &set) < 0) return errno == EINVAL ? CPU_SETSIZE : 1;
  return CPU_COUNT(&set);
}
