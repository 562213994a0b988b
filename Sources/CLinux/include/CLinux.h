// Linux system calls that `import Glibc` does not show Swift.
//
// Everything else the project asks of the kernel (inotify, flock, fsync, openat, mkdirat, statvfs, poll, ...) Glibc shows,
// and Swift calls it itself. Each function here says why it could not.

#ifndef DARKROOM_CLINUX_H
#define DARKROOM_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// renameat2(2): rename that never overwrites, or that exchanges two names.
//
// Why C: <stdio.h> declares it only under _GNU_SOURCE, which Swift's Glibc module does not define. It is glibc's own
// wrapper that is called here, not the raw system call, so that a library put before glibc sees it.
//
// Returns 0, or -1 with errno set.
int clinux_renameat2(
    int old_directory, const char *_Nonnull old_name, int new_directory, const char *_Nonnull new_name,
    unsigned int flags);

// Values of `flags` for clinux_renameat2; <stdio.h> hides them like the function.
extern const unsigned int clinux_rename_noreplace;
extern const unsigned int clinux_rename_exchange;

// openat2(2): open beneath a directory, following no symbolic link on the whole way.
//
// Why C: glibc has no wrapper before 2.42, and syscall(2) is variadic, which Swift cannot call. The call always
// resolves with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS: the project has no other use for it.
//
// `flags` as for open(2), without O_CREAT. Returns a descriptor, or -1 with errno set: ENOSYS where the kernel is older
// than 5.6, EPERM where a seccomp filter from before it forbids it.
int clinux_open_beneath(int directory, const char *_Nonnull path, int flags);

// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: begins to write a part of a file to the disk, and does not wait for it.
//
// Why C: <fcntl.h> declares it only under _GNU_SOURCE.
//
// A hint: it makes nothing durable, and reports nothing. An error of the writing stays for fsync(2) to report, since
// the flags that wait, and would take it away, are not given.
void clinux_begin_writeback(int file, int64_t offset, int64_t count);

// mallopt(3): memory of `size` bytes or more goes back to the system when it is freed; a heap is trimmed when twice as
// much is free at its end.
//
// Why C: Swift's Glibc module leaves <malloc.h> out. Does nothing with another C library.
void clinux_return_buffers_from(int size);

// A program that clinux_spawn has started. Both descriptors close on exec and are the caller's to close.
struct clinux_child {
  pid_t process;
  // pidfd_open(2): readable once the program has ended.
  int ended;
  // The reading end of a pipe that is the program's standard output and standard error; never blocks.
  int output;
};

// Starts a program that shares nothing with this process but a pipe for its words.
//
// Why C: between vfork(2) and execve(2) only C can promise to allocate nothing and to call nothing that may take a lock.
// posix_spawn(3) does not suffice: it cannot ask for prctl(PR_SET_PDEATHSIG), which ends the program when this process
// dies by SIGKILL, so that a new start does not run it beside itself.
//
// The program leads a session and a process group of its own, has /dev/null as its standard input, the pipe as its
// output, no other descriptor, no blocked signal, the default disposition of every signal, and `directory` as its
// working directory. It gets SIGKILL when the THREAD that calls this ends: call it from one that waits for the program.
//
// `arguments` and `environment` are texts one after the other, each ended by a NUL; the first argument is the program's
// absolute path. `directory` is a descriptor.
//
// Returns 0, or -1 with errno set, also when the program could not be executed; then nothing is left of it.
int clinux_spawn(
    const char *_Nonnull arguments, size_t argument_count, const char *_Nonnull environment, size_t environment_count,
    int directory, struct clinux_child *_Nonnull child);

// Starts a program as clinux_spawn does, but for: it is executed from a descriptor, with an empty environment and `/` as its
// working directory; `socket` is its descriptor 3; and it does not end with the thread that calls this.
//
// Returns 0, or -1 with errno set.
int clinux_spawn_worker(int executable, int socket, struct clinux_child *_Nonnull child);

// sendmsg(2), without waiting and without SIGPIPE: bytes, and descriptors with the first of them (unix(7), SCM_RIGHTS).
//
// Why C: the ancillary data is laid out by macros (cmsg(3)).
//
// `file_count` is at most clinux_most_files. Returns how many bytes went out, or -1 with errno set.
ssize_t clinux_send(
    int socket, const void *_Nonnull bytes, size_t count, const int *_Nullable files, size_t file_count);

// recvmsg(2), without waiting: bytes, and the descriptors that came with them, which close on exec and are the caller's.
//
// `file_count` says how many descriptors `files` has room for, then how many came. What there is no room for the kernel
// closes. Returns how many bytes came, 0 at the end, or -1 with errno set.
ssize_t clinux_receive(
    int socket, void *_Nonnull bytes, size_t count, int *_Nullable files, size_t *_Nonnull file_count);

// Descriptors that go with one message.
extern const size_t clinux_most_files;

// memfd_create(2): a file without a name, which is gone with its last descriptor. It can be sealed, and not executed where
// the kernel knows how to say so (6.3).
//
// Why C: <sys/mman.h> declares it only under _GNU_SOURCE.
int clinux_memory_file(void);

// fcntl(2), F_ADD_SEALS: nobody changes the file of clinux_memory_file any more, whatever descriptor they hold.
//
// Why C: <fcntl.h> declares the seals only under _GNU_SOURCE. Returns 0, or -1 with errno set: EBUSY while somebody has it
// mapped for writing.
int clinux_seal(int file);

// prlimit(2): bounds a child's address space (RLIMIT_AS) and the files it writes (RLIMIT_FSIZE), in bytes, for good.
//
// Why C: <sys/resource.h> declares it only under _GNU_SOURCE.
int clinux_limit_memory(pid_t process, uint64_t memory, uint64_t file);

// prlimit(2): lets a child run for so many more seconds of processor time (RLIMIT_CPU); then it gets SIGXCPU.
int clinux_limit_time(pid_t process, uint64_t seconds);

// landlock_create_ruleset(2): the version of Landlock that this kernel has, with which workers give up the file system; 0 for
// none, or none that is switched on.
//
// Why C: glibc has no wrapper, and syscall(2) is variadic.
int clinux_landlock_version(void);

// fcntl(2), F_SETLEASE: whether anybody has a file open for writing. A read lease is granted only while nobody does; it
// is given back at once.
//
// Why C: <fcntl.h> declares the commands only under _GNU_SOURCE. Whoever opens the file for writing while the lease is
// held waits for those microseconds, and the kernel signals the holder: SIGURG, which is ignored unless somebody asks for
// it, instead of SIGIO, which would end the process.
//
// `file` is open for reading only. Returns 1 for yes, 0 for no, or -1 with errno set: EACCES for another user's file
// without CAP_LEASE, EINVAL where the file system has no leases.
int clinux_is_open_for_writing(int file);

// statfs(2): the number of the file system's kind (`f_type`).
//
// Why C: Swift's Glibc module has statvfs(3), which leaves it out, and not <sys/statfs.h>.
//
// Returns 0, or -1 with errno set.
int clinux_file_system_type(const char *_Nonnull path, uint32_t *_Nonnull type);

// Processors that this process may use; at least 1. sched_getaffinity(2), whose set is made of macros.
int clinux_processors(void);

#endif
