#define _GNU_SOURCE

#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// What the child does between vfork(2) and execve(2). It runs in the parent's memory, while the parent waits: only
// system calls, and nothing of the parent's is written but `errno`.
//
// Returns errno; not at all when it succeeds.
static int become(
    char *const argv[], char *const envp[], int directory, int null, int output, pid_t parent) {
  // All signals are blocked until here, so that no handler of the parent runs in the child. The table of dispositions is
  // the child's own. SIGKILL, SIGSTOP and those that glibc keeps for itself refuse, and need no change.
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);

  if (setsid() < 0) return errno;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return errno;
  // A parent that died before the line above sends nothing any more.
  if (getppid() != parent) return ESRCH;
  if (fchdir(directory) < 0) return errno;
  // `null` and `output` are 3 or more: none of these overwrites the other, and the copies do not close on exec.
  if (dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) return errno;
  if (close_range(3, ~0U, 0) < 0) return errno;

  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) return errno;
  execve(argv[0], argv, envp);
  return errno;
}

// Not a function that may be inlined: what vfork(2) returns twice to must not share its frame with anything.
__attribute__((noinline)) static pid_t start(
    char *const argv[], char *const envp[], int directory, int null, int output) {
  pid_t parent = getpid();
  volatile int failure = 0;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t process = vfork();
  if (process == 0) {
    failure = become(argv, envp, directory, null, output, parent);
    _exit(127);
  }
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (process > 0 && failure != 0) {
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
    error = failure;
    process = -1;
  }
  errno = error;
  return process;
}

static char **pointers(const char *texts, size_t count) {
  char **list = malloc((count + 1) * sizeof *list);
  if (list == NULL) return NULL;
  for (size_t index = 0; index < count; index++) {
    // execve(2) takes them as writable and writes nothing.
    list[index] = (char *)texts;
    texts += strlen(texts) + 1;
  }
  list[count] = NULL;
  return list;
}

// The same file under a number that is none of the standard descriptors; the old number is closed.
static int above_standard(int file) {
  if (file < 0 || file > STDERR_FILENO) return file;
  int copy = fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int error = errno;
  close(file);
  errno = error;
  return copy;
}

static void close_if_open(int file) {
  if (file >= 0) close(file);
}

int clinux_spawn(
    const char *arguments, size_t argument_count, const char *environment, size_t environment_count, int directory,
    struct clinux_child *child) {
  char **argv = pointers(arguments, argument_count);
  char **envp = pointers(environment, environment_count);
  int null = above_standard(open("/dev/null", O_RDWR | O_CLOEXEC));
  int ends[2] = {-1, -1};
  pid_t process = -1;
  if (argv != NULL && envp != NULL && null >= 0 && pipe2(ends, O_CLOEXEC) == 0) {
    ends[1] = above_standard(ends[1]);
    // Of the reading end alone: the program's own end blocks, as programs expect.
    if (ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) {
      process = start(argv, envp, directory, null, ends[1]);
    }
  }
  if (process > 0) {
    child->process = process;
    child->output = ends[0];
    // Nobody but the caller waits for the child, so that its number is still its own. By number, because glibc has no
    // wrapper before 2.36.
    child->ended = (int)syscall(SYS_pidfd_open, process, 0);
    if (child->ended < 0) {
      int error = errno;
      kill(-process, SIGKILL);
      while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
      errno = error;
      process = -1;
    }
  }
  int error = errno;
  if (process < 0) close_if_open(ends[0]);
  close_if_open(ends[1]);
  close_if_open(null);
  free(argv);
  free(envp);
  errno = error;
  return process < 0 ? -1 : 0;
}
