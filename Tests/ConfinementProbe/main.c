// Does one deed, confined or (with --free before it) not or (--landlock) by Landlock alone, and says what became of it.

#define _GNU_SOURCE

#include "CConfinement.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int end(pid_t child) {
  if (child == 0) _exit(0);
  return child < 0 ? -1 : waitpid(child, NULL, 0) < 0 ? -1 : 0;
}

static int open_a_file(void) { return open("/etc/passwd", O_RDONLY); }
static int open_beneath(void) { return openat(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY); }
static int create_a_file(void) { return creat("made", 0600); }
static int look_at_a_file(void) {
  struct stat status;
  return stat("/etc/passwd", &status);
}
static int remove_a_file(void) { return unlink("there"); }
static int list_a_folder(void) { return open("/", O_RDONLY | O_DIRECTORY); }
static int make_a_socket(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static int connect_to_a_server(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int file = socket(AF_INET, SOCK_STREAM, 0);
  // Nobody listens there: who gets that far was let.
  return connect(file, (struct sockaddr *)&address, sizeof address) < 0 && errno != ECONNREFUSED ? -1 : 0;
}
static int make_a_pair(void) {
  int ends[2];
  return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}
static int execute(void) {
  char *const argv[] = {"true", NULL};
  return execv("/bin/true", argv);
}
static int fork_by_fork(void) { return end((pid_t)syscall(SYS_fork)); }
static int fork_by_clone(void) { return end((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static int fork_by_clone3(void) {
  struct clone_args arguments = {.exit_signal = SIGCHLD};
  return end((pid_t)syscall(SYS_clone3, &arguments, sizeof arguments));
}
static int new_namespace(void) { return unshare(CLONE_NEWUSER); }
static int signal_the_parent(void) { return kill(getppid(), 0); }
static int trace_the_parent(void) { return (int)ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) < 0 && errno != EPERM ? -1 : 0; }
static int executable_memory(void) {
  return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}
static int memory_made_executable(void) {
  void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}
static int shared_memory(void) {
  return mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}
static int memory_file(void) { return memfd_create("probe", 0); }
static int write_to_a_descriptor(void) { return (int)write(3, "x", 1); }
static int raise_a_limit(void) {
  struct rlimit limit = {.rlim_cur = 1024, .rlim_max = 1024};
  return setrlimit(RLIMIT_NOFILE, &limit);
}
static int become_dumpable(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static int leave_a_core(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) < 0) return -1;
  errno = EPERM;
  return limit.rlim_max == 0 ? -1 : 0;
}
static int many_files(void) {
  for (int count = 0; count < 40; count++) {
    if (dup(STDERR_FILENO) < 0) return -1;
  }
  return 0;
}

static void *noted(void *place) {
  *(int *)place = 7;
  return NULL;
}
static int make_a_thread(void) {
  pthread_t thread;
  int seen = 0;
  errno = pthread_create(&thread, NULL, noted, &seen);
  if (errno != 0) return -1;
  pthread_join(thread, NULL);
  return seen == 7 ? 0 : -1;
}
static int take_memory(void) {
  char *memory = malloc(64 << 20);
  if (memory == NULL) return -1;
  memset(memory, 1, 64 << 20);
  free(memory);
  return 0;
}

// Version 4, which knows of the network.
static int have_landlock(void) { return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 4 ? 0 : -1; }

static const struct {
  const char *name;
  int (*deed)(void);
} deeds[] = {
    {"open-a-file", open_a_file},
    {"open-beneath", open_beneath},
    {"create-a-file", create_a_file},
    {"look-at-a-file", look_at_a_file},
    {"remove-a-file", remove_a_file},
    {"list-a-folder", list_a_folder},
    {"make-a-socket", make_a_socket},
    {"connect-to-a-server", connect_to_a_server},
    {"make-a-pair", make_a_pair},
    {"execute", execute},
    {"fork-by-fork", fork_by_fork},
    {"fork-by-clone", fork_by_clone},
    {"fork-by-clone3", fork_by_clone3},
    {"new-namespace", new_namespace},
    {"signal-the-parent", signal_the_parent},
    {"trace-the-parent", trace_the_parent},
    {"executable-memory", executable_memory},
    {"memory-made-executable", memory_made_executable},
    {"shared-memory", shared_memory},
    {"memory-file", memory_file},
    {"write-to-a-descriptor", write_to_a_descriptor},
    {"raise-a-limit", raise_a_limit},
    {"become-dumpable", become_dumpable},
    {"leave-a-core", leave_a_core},
    {"many-files", many_files},
    {"make-a-thread", make_a_thread},
    {"take-memory", take_memory},
    {"have-landlock", have_landlock},
};

int main(int count, char **arguments) {
  int is_free = count == 3 && strcmp(arguments[1], "--free") == 0;
  int is_landlocked = count == 3 && strcmp(arguments[1], "--landlock") == 0;
  const char *name = count > 1 ? arguments[count - 1] : "";
  // A descriptor 3, of no use to anybody.
  int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, 3) < 0) return 2;
  if (!is_free) {
    const char *failed = is_landlocked ? cconfinement_refuse_paths() : cconfinement_enter();
    if (failed != NULL) {
      fprintf(stderr, "%s: %s\n", failed, strerror(errno));
      return 2;
    }
  }
  for (size_t index = 0; index < sizeof deeds / sizeof *deeds; index++) {
    if (strcmp(deeds[index].name, name) != 0) continue;
    int result = deeds[index].deed();
    const char *words = result < 0 ? strerrorname_np(errno) : "done";
    fprintf(stderr, "%s\n", words);
    return 0;
  }
  fprintf(stderr, "no deed called %s\n", name);
  return 2;
}
