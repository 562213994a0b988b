"""A file system served by a program: FOLDER, seen through FUSE at MOUNT. What is changed in FOLDER itself changes at MOUNT
without the kernel's knowing, as on a network's file system.

    fuse_mirror.py FOLDER MOUNT        needs root and /dev/fuse; prints "ready"; ends when MOUNT is unmounted

It speaks the kernel's protocol (linux/fuse.h, version 7.31) for one flat folder of files, no more than an inbox asks for.
"""

import ctypes
import os
import stat
import struct
import sys

FOLDER, MOUNT = sys.argv[1:3]
ROOT = 1
nodes, numbers = {ROOT: ""}, {"": ROOT}
files = {}


def path(name):
    return os.path.join(FOLDER, name) if name else FOLDER


def number(name):
    if name not in numbers:
        numbers[name] = len(numbers) + 1
        nodes[numbers[name]] = name
    return numbers[name]


def attributes(name):
    found = os.lstat(path(name))
    def split(nanoseconds):
        return divmod(nanoseconds, 10**9)
    times = [split(found.st_atime_ns), split(found.st_mtime_ns), split(found.st_ctime_ns)]
    return struct.pack(
        "<6Q10I", found.st_ino, found.st_size, found.st_blocks, *(time[0] for time in times), *(time[1] for time in times),
        found.st_mode, found.st_nlink, found.st_uid, found.st_gid, 0, 4096, 0)


def entry(name):
    # Nothing is cached: each question is asked anew.
    return struct.pack("<4Q2I", number(name), 0, 0, 0, 0, 0) + attributes(name)


def opened(descriptor):
    files[descriptor] = True
    return struct.pack("<Q2I", descriptor, 0, 0)


def text(data):
    return data.split(b"\0")[0].decode()


def answer(operation, node, data):
    """The body of the answer; None where the kernel expects none."""
    name = nodes.get(node, "")
    if operation == 26:  # INIT
        return struct.pack("<4I2H2I2H8I", 7, 31, 65536, 0, 12, 10, 65536, 1, 16, 0, *[0] * 8)
    if operation in (2, 42, 36):  # FORGET, BATCH_FORGET, INTERRUPT
        return None
    if operation == 1:  # LOOKUP
        return entry(text(data))
    if operation == 3:  # GETATTR
        return struct.pack("<Q2I", 0, 0, 0) + attributes(name)
    if operation == 4:  # SETATTR
        valid, mode = struct.unpack_from("<I", data)[0], struct.unpack_from("<I", data, 68)[0]
        if valid & 1:
            os.chmod(path(name), stat.S_IMODE(mode))
        return struct.pack("<Q2I", 0, 0, 0) + attributes(name)
    if operation in (14, 27):  # OPEN, OPENDIR
        return opened(os.open(path(name), struct.unpack_from("<I", data)[0] & os.O_ACCMODE))
    if operation == 15:  # READ
        descriptor, offset, size = struct.unpack_from("<2QI", data)
        return os.pread(descriptor, size, offset)
    if operation == 16:  # WRITE
        descriptor, offset, size = struct.unpack_from("<2QI", data)
        return struct.pack("<2I", os.pwrite(descriptor, data[40:40 + size], offset), 0)
    if operation == 28:  # READDIR
        _, offset, size = struct.unpack_from("<2QI", data)
        listing = b""
        for place, found in enumerate([".", ".."] + sorted(os.listdir(FOLDER))):
            if place < offset:
                continue
            bytes_ = found.encode()
            item = struct.pack("<2Q2I", 1 if found.startswith("..") else number(found), place + 1, len(bytes_), 0) + bytes_
            item += b"\0" * (-len(item) % 8)
            if len(listing) + len(item) > size:
                break
            listing += item
        return listing
    if operation == 35:  # CREATE
        flags, mode = struct.unpack_from("<2I", data)
        made = text(data[16:])
        descriptor = os.open(path(made), flags | os.O_CREAT, mode)
        return entry(made) + opened(descriptor)
    if operation == 10:  # UNLINK
        os.unlink(path(text(data)))
        numbers.pop(text(data), None)
        return b""
    if operation in (18, 29):  # RELEASE, RELEASEDIR
        os.close(struct.unpack_from("<Q", data)[0])
        return b""
    if operation == 17:  # STATFS
        return struct.pack("<5Q4I6I", 1000, 1000, 1000, 1000, 1000, 4096, 255, 4096, 0, *[0] * 6)
    if operation in (25, 20, 30, 38):  # FLUSH, FSYNC, FSYNCDIR, DESTROY
        return b""
    raise OSError(38, "not implemented")


device = os.open("/dev/fuse", os.O_RDWR)
library = ctypes.CDLL(None, use_errno=True)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
if library.mount(b"mirror", MOUNT.encode(), b"fuse", 0, options):
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
print("ready", flush=True)
while True:
    try:
        question = os.read(device, 1 << 18)
    except OSError:
        break  # ENODEV: it was unmounted.
    _, operation, unique, node = struct.unpack_from("<2I2Q", question)
    error, body = 0, b""
    try:
        body = answer(operation, node, question[40:])
    except OSError as failure:
        error = -failure.errno
    if body is None:
        continue
    try:
        os.write(device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)
    except OSError:
        pass  # Whoever asked has gone.
