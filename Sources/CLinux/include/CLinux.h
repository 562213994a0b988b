// Linux system calls that `import Glibc` does not show Swift.
//
// Everything else the project asks of the kernel (inotify, flock, fsync, openat, mkdirat, statvfs, ...) Glibc shows, and
// Swift calls it itself. Each function here says why it could not.

#ifndef DARKROOM_CLINUX_H
#define DARKROOM_CLINUX_H

#include <stdint.h>

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

#endif
