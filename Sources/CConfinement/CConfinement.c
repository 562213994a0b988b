#define _GNU_SOURCE

#include "CConfinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// MARK: Limits

static int limit(__rlimit_resource_t resource, rlim_t amount) {
  struct rlimit limit = {.rlim_cur = amount, .rlim_max = amount};
  return setrlimit(resource, &limit);
}

// Standard descriptors, the socket, a picture, an output or two.
enum { MOST_FILES = 16 };

// MARK: Landlock

// <linux/landlock.h> of the machine that builds this may be older than the kernel it runs on.
struct ruleset {
  uint64_t file_system;
  uint64_t network;  // since version 4
  uint64_t scope;    // since version 6
};

// A ruleset without a rule: what it handles, it refuses.
const char *cconfinement_refuse_paths(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return "prctl(PR_SET_NO_NEW_PRIVS)";
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  // Not in this kernel, or not switched on.
  if (version < 1) return NULL;
  // Rights to files by the version that brought them: 13, LANDLOCK_ACCESS_FS_REFER, _TRUNCATE, and _IOCTL_DEV.
  unsigned int rights = version == 1 ? 13 : version == 2 ? 14 : version < 5 ? 15 : 16;
  struct ruleset ruleset = {.file_system = (UINT64_C(1) << rights) - 1};
  // LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP.
  if (version >= 4) ruleset.network = 3;
  // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET and _SIGNAL.
  if (version >= 6) ruleset.scope = 3;
  // What an older kernel does not know is zero, and may be there.
  int file = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
  if (file < 0) return "landlock_create_ruleset";
  long result = syscall(SYS_landlock_restrict_self, file, 0);
  int error = errno;
  close(file);
  errno = error;
  return result < 0 ? "landlock_restrict_self" : NULL;
}

// MARK: System calls

#define ALLOW(call) seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(call), 0)
#define ALLOW_IF(call, ...) seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(call), __VA_ARGS__)
#define ANSWER(number, call) seccomp_rule_add(filter, SCMP_ACT_ERRNO(number), SCMP_SYS(call), 0)
#define FATAL(call) seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(call), 0)

// All that pthread_create(3) asks for and fork(2) does not; other flags may be there.
static const scmp_datum_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

// Each rule returns 0 or a negative errno: or-ed together they are 0 when all are.
static int add_rules(scmp_filter_ctx filter) {
  int failure = 0;

  // Memory: private, never executable.
  failure |= ALLOW(brk) | ALLOW(munmap) | ALLOW(madvise) | ALLOW(mremap);
  failure |= ALLOW_IF(mmap, 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_SHARED, 0));
  failure |= ALLOW_IF(mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

  // What it was given: files and the socket. Words go to the standard descriptors alone.
  failure |= ALLOW(pread64) | ALLOW(pwrite64) | ALLOW(lseek) | ALLOW(close);
  failure |= ALLOW(recvmsg) | ALLOW(sendmsg) | ALLOW(poll) | ALLOW(ppoll);
  failure |= ALLOW_IF(write, 1, SCMP_A0(SCMP_CMP_LE, STDERR_FILENO));
  failure |= ALLOW_IF(writev, 1, SCMP_A0(SCMP_CMP_LE, STDERR_FILENO));

  // Threads, locks, time, chance, and the end.
  failure |= ALLOW_IF(clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
  failure |= ALLOW(set_robust_list) | ALLOW(rseq) | ALLOW(set_tid_address) | ALLOW(sched_yield);
  failure |= ALLOW(sched_getaffinity) | ALLOW(futex) | ALLOW(gettid) | ALLOW(getpid);
  failure |= ALLOW(clock_gettime) | ALLOW(clock_nanosleep) | ALLOW(nanosleep) | ALLOW(gettimeofday);
  failure |= ALLOW(getrandom) | ALLOW(restart_syscall) | ALLOW(exit) | ALLOW(exit_group);
  failure |= ALLOW(rt_sigprocmask) | ALLOW(rt_sigreturn) | ALLOW(rt_sigaction) | ALLOW(sigaltstack);
  // abort(3), of itself only.
  failure |= ALLOW_IF(tgkill, 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
  // getrlimit(3), which asks and does not set.
  failure |= ALLOW_IF(prlimit64, 1, SCMP_A2(SCMP_CMP_EQ, 0));

  // Asked for by the C library for good reasons, and refused so that it takes its other way.
  failure |= ANSWER(ENOSYS, clone3);
  failure |= ANSWER(EACCES, open) | ANSWER(EACCES, openat) | ANSWER(EACCES, openat2) | ANSWER(EACCES, creat);

  // Never asked for by honest pictures.
  failure |= FATAL(execve) | FATAL(execveat) | FATAL(fork) | FATAL(vfork);
  failure |= FATAL(socket) | FATAL(socketpair) | FATAL(connect) | FATAL(bind) | FATAL(listen) | FATAL(accept) |
             FATAL(accept4) | FATAL(sendto);
  failure |= FATAL(kill) | FATAL(tkill) | FATAL(ptrace) | FATAL(process_vm_readv) | FATAL(process_vm_writev) |
             FATAL(pidfd_open) | FATAL(pidfd_getfd) | FATAL(pidfd_send_signal);
  failure |= FATAL(io_uring_setup) | FATAL(bpf) | FATAL(userfaultfd) | FATAL(perf_event_open) | FATAL(memfd_create) |
             FATAL(mount) | FATAL(unshare) | FATAL(setns) | FATAL(keyctl) | FATAL(add_key) | FATAL(request_key);
  return failure;
}

static const char *refuse_calls(void) {
  // What is in no list is refused, and goes on: a C library that is newer than the list may have another way.
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == NULL) {
    errno = ENOMEM;
    return "seccomp_init";
  }
  const char *failed = NULL;
  // Other instruction sets have other numbers for the same calls.
  int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (error == 0) error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (error != 0) {
    failed = "seccomp_attr_set";
  } else if ((error = add_rules(filter)) != 0) {
    failed = "seccomp_rule_add";
  } else if ((error = seccomp_load(filter)) != 0) {
    failed = "seccomp_load";
  }
  seccomp_release(filter);
  errno = -error;
  return failed;
}

const char *cconfinement_enter(void) {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return "prctl(PR_SET_DUMPABLE)";
  // RLIMIT_NPROC would refuse threads as well, and counts those of the whole user: processes are refused by their calls.
  if (limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_NOFILE, MOST_FILES) < 0) return "setrlimit";
  const char *failed = cconfinement_refuse_paths();
  return failed != NULL ? failed : refuse_calls();
}
