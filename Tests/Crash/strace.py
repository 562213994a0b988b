"""The calls that the library should count, as strace saw them."""

import collections
import re

KINDS = {
    "open": ("open", "openat", "openat2", "creat"),
    "write": ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "splice"),
    "sync": ("fsync", "fdatasync", "sync_file_range", "msync"),
    "rename": ("rename", "renameat", "renameat2"),
    "unlink": ("unlink", "unlinkat", "rmdir"),
    "mkdir": ("mkdir", "mkdirat"),
    "link": ("link", "linkat", "symlink", "symlinkat", "mknod", "mknodat"),
    "truncate": ("truncate", "ftruncate", "fallocate"),
    "mode": ("chmod", "fchmod", "fchmodat", "fchmodat2"),
    "send": ("sendto", "sendmsg", "sendmmsg"),
    "connect": ("connect",),
}
KIND = {call: kind for kind, calls in KINDS.items() for call in calls}
CALL = re.compile(r"^\d+\s+(\w+)\((.*)")
# What a descriptor is, by -y: a path, or such as socket:[12], pipe:[13], anon_inode:[eventfd].
DESCRIPTOR = re.compile(r"^(\d+)<(.*?)>(\(deleted\))?")

IS_FILE = re.compile(r"/(?!dev/)|/dev/shm/")
# A worker changes nothing that outlives it, and the library is not loaded into it.
WORKER = re.compile(r'^(\d+)\s+execveat\(.*\["darkroom-worker"\]')


def counts(path, ignoring):
    """By kind; every call once, whatever came of it. `ignoring` is a file of the library's own."""
    found = collections.Counter()
    lines = list(open(path, errors="replace"))
    workers = {match[1] for match in map(WORKER.match, lines) if match}
    for line in lines:
        if line.split(" ", 1)[0] in workers: continue
        match = CALL.match(line)
        if not match or match[1] not in KIND: continue
        kind, arguments = KIND[match[1]], match[2]
        if kind == "open":
            if ignoring in arguments or not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments): continue
        elif kind in ("write", "send"):
            descriptor = DESCRIPTOR.match(arguments)
            if descriptor is None or int(descriptor[1]) <= 2 or descriptor[2] == ignoring: continue
            # What has no name is gone with the process, like a pipe: files in memory among them.
            if descriptor[3]: continue
            if re.match(r"(socket|TCP|TCPv6|UNIX|UDP)\b", descriptor[2]): kind = "send"
            elif not IS_FILE.match(descriptor[2]): continue
        # The C library's own question for the names of users and groups, asked within it.
        elif kind == "connect" and "/nscd/socket" in arguments: continue
        found[kind] += 1
    return found
