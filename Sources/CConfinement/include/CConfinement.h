// How a worker process gives up its rights, once, before it is told anything.
//
// Why C: libseccomp's rules are made of macros, Landlock has no wrapper in glibc, and all of it has to be done before a
// second thread can exist: a filter or a ruleset that comes later leaves threads free that are there already.

#ifndef DARKROOM_CCONFINEMENT_H
#define DARKROOM_CCONFINEMENT_H

// Gives up, for good:
// - whatever a set-user-ID program or a file capability could give (prctl(2), PR_SET_NO_NEW_PRIVS);
// - being looked into, and leaving a core file (PR_SET_DUMPABLE, RLIMIT_CORE);
// - more than a few descriptors (RLIMIT_NOFILE);
// - the whole file system, TCP, and signals to others (landlock(7)), as far as the kernel knows how to refuse them;
// - every system call but those that memory, arithmetic and open descriptors need (seccomp(2)). Opening anything is
//   refused with EACCES, clone3(2) with ENOSYS, whatever is not known here with EPERM; what no honest decoder asks for
//   (programs, sockets, processes, other processes' memory) ends this one with SIGSYS. clone(2) makes threads and nothing
//   else; memory is never executable, and never shared.
//
// The limits on memory, time and files are set from outside (clinux_limit_memory, clinux_limit_time).
//
// Returns NULL, or the name of what failed, with errno set. Where the kernel has no Landlock the rest serves.
const char *_Nullable cconfinement_enter(void);

// The part of it that is Landlock's, and that privileges are not gained again.
const char *_Nullable cconfinement_refuse_paths(void);

#endif
