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

// What a child is to become.
struct program {
  char *const *argv;
  char *const *envp;
  // The file that is executed; -1 for the path that is the first argument.
  int executable;
  int directory;
  int null;
  int output;
  // Its fourth descriptor; -1 for none.
  int socket;
  // Whether it ends with the thread that starts it.
  int is_bound;
};

enum { SOCKET_FILENO = STDERR_FILENO + 1 };

// What the child does between vfork(2) and execve(2). It runs in the parent's memory, while the parent waits: only
// system calls, and nothing of the parent's is written but `errno`.
//
// Returns errno; not at all when it succeeds.
static int become(const struct program *program, pid_t parent) {
  // All signals are blocked until here, so that no handler of the parent runs in the child. The table of dispositions is
  // the child's own. SIGKILL, SIGSTOP and those that glibc keeps for itself refuse, and need no change.
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);

  if (setsid() < 0) return errno;
  if (program->is_bound) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return errno;
    // A parent that died before the line above sends nothing any more.
    if (getppid() != parent) return ESRCH;
  }
  if (fchdir(program->directory) < 0) return errno;
  // `null` and `output` are 3 or more: none of these overwrites the other, and the copies do not close on exec.
  if (dup2(program->null, STDIN_FILENO) < 0 || dup2(program->output, STDOUT_FILENO) < 0 ||
      dup2(program->output, STDERR_FILENO) < 0)
    return errno;
  int executable = program->executable;
  if (executable >= 0) {
    // Out of the way of the socket's number.
    executable = fcntl(executable, F_DUPFD_CLOEXEC, SOCKET_FILENO + 1);
    if (executable < 0) return errno;
  }
  if (program->socket >= 0) {
    if (program->socket != SOCKET_FILENO && dup2(program->socket, SOCKET_FILENO) < 0) return errno;
    if (fcntl(SOCKET_FILENO, F_SETFD, 0) < 0) return errno;
  }
  // Marked rather than closed: what is executed is one of them.
  if (close_range(program->socket < 0 ? SOCKET_FILENO : SOCKET_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0) return errno;

  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) return errno;
  if (executable >= 0) {
    execveat(executable, "", program->argv, program->envp, AT_EMPTY_PATH);
  } else {
    execve(program->argv[0], program->argv, program->envp);
  }
  return errno;
}

// Not a function that may be inlined: what vfork(2) returns twice to must not share its frame with anything.
__attribute__((noinline)) static pid_t start(const struct program *program) {
  pid_t parent = getpid();
  volatile int failure = 0;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t process = vfork();
  if (process == 0) {
    failure = become(program, parent);
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

// Starts a program whose words go into a pipe. `null` and `output` of `program` are set here.
static int spawn(struct program *program, struct clinux_child *child) {
  int null = above_standard(open("/dev/null", O_RDWR | O_CLOEXEC));
  int ends[2] = {-1, -1};
  pid_t process = -1;
  if (null >= 0 && pipe2(ends, O_CLOEXEC) == 0) {
    ends[1] = above_standard(ends[1]);
    // Of the reading end alone: the program's own end blocks, as programs expect.
    if (ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) {
      program->null = null;
      program->output = ends[1];
      process = start(program);
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
  errno = error;
  return process < 0 ? -1 : 0;
}

int clinux_spawn(
    const char *arguments, size_t argument_count, const char *environment, size_t environment_count, int directory,
    struct clinux_child *child) {
  char **argv = pointers(arguments, argument_count);
  char **envp = pointers(environment, environment_count);
  int result = -1;
  if (argv != NULL && envp != NULL) {
    struct program program = {
        .argv = argv, .envp = envp, .executable = -1, .directory = directory, .socket = -1, .is_bound = 1};
    result = spawn(&program, child);
  }
  int error = errno;
  free(argv);
  free(envp);
  errno = error;
  return result;
}

int clinux_spawn_worker(int executable, int socket, struct clinux_child *child) {
  int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return -1;
  char *const argv[] = {"darkroom-worker", NULL};
  char *const envp[] = {NULL};
  // Its end of the socket must not be one of the numbers that the child gives away first.
  int end = above_standard(fcntl(socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  int result = -1;
  if (end >= 0) {
    struct program program = {
        .argv = argv, .envp = envp, .executable = executable, .directory = root, .socket = end, .is_bound = 0};
    result = spawn(&program, child);
  }
  int error = errno;
  close_if_open(end);
  close(root);
  errno = error;
  return result;
}
