/* Debian's libseccomp: which system calls a worker may make. */
#include <seccomp.h>
