"""What a power loss could leave: rebuilt from the journal of one run (journal.c), which holds each change in its order.

A crash point is a place in the journal; what comes behind it never happened. Of what comes before, this is sure to be
there, and the rest may be:

- a file's bytes, as they were at its last fsync;
- a change of names (made, removed, renamed), when the folder was synced behind it, either folder for a rename. A rename
  is one step: it happened or it did not.

The rest is drawn in these ways:

    none         nothing unsynced is there
    all          everything is there: what SIGKILL leaves
    names        every change of names, and no unsynced byte: files are there, and empty
    bytes        every unsynced byte, and no change of names
    ordered      changes of names are there up to one of them and none behind it, as a metadata journal (ext4, XFS) keeps
                 them, where any fsync commits all before it; bytes by chance
    independent  each change of names by chance, as far as those it needs are there; bytes by chance

Bytes by chance: each write since the last fsync is there, is not, or is torn: some of its sectors of 512 bytes or pages
of 4096 are there. A file is as long as the last byte that is there; a hole in it reads as zeros. Truncation is there or
not. A folder that is not synced keeps its old entries; SQLite's -shm file is never there.
"""

import hashlib
import os
import random

WAYS = ("none", "all", "names", "bytes", "ordered", "independent")
EXCHANGE = 2


class File:
    def __init__(self, data=b""):
        self.synced = bytes(data)
        self.changes = []                              # since the last fsync: (offset, bytes) or a new size

    def contents(self, way, dice):
        data = bytearray(self.synced)
        for change in self.changes:
            if isinstance(change, int):
                if way.all_bytes or way.by_chance and dice.random() < way.chance: _resize(data, change)
                continue
            offset, new = change
            if way.all_bytes or way.by_chance and dice.random() < way.chance:
                if way.by_chance and dice.random() < 0.4: _tear(data, offset, new, dice)
                else: _put(data, offset, new)
        return bytes(data)

    def latest(self):
        return self.contents(Way("all", None), None)


class Way:
    """How what is not synced is drawn."""

    def __init__(self, name, dice):
        self.name = name
        self.by_chance = name in ("ordered", "independent")
        self.all_bytes = name in ("all", "bytes")
        self.all_names = name in ("all", "names")
        self.chance = dice.choice((0.15, 0.5, 0.85)) if self.by_chance else 0


def _resize(data, size):
    if size < len(data): del data[size:]
    else: data.extend(bytes(size - len(data)))


def _put(data, offset, new):
    if offset > len(data): data.extend(bytes(offset - len(data)))
    data[offset:offset + len(new)] = new


def _tear(data, offset, new, dice):
    unit = dice.choice((512, 4096))
    start = 0
    while start < len(new):
        end = min(len(new), (offset + start) // unit * unit + unit - offset)
        if dice.random() < 0.5: _put(data, offset + start, new[start:end])
        start = end


class Change:
    """One change of names."""

    def __init__(self, kind, target, places, flags=0):
        self.kind, self.target, self.places, self.flags = kind, target, places, flags
        self.is_sure = False


class Disk:
    """The trees as they were before the run, and what the journal did to them until some point."""

    def __init__(self, root, trees):
        self.names = {}                                # folder -> {name: File or folder}, before the run
        self.objects = {}                              # by what the journal calls them
        self.changes = []
        self.committed = 0                             # changes that came before any fsync at all
        self.identities = {}                           # File -> (inode, times), of those that were there before
        self.root = self._read(root, trees)

    def _read(self, path, only=None):
        status = os.stat(path)
        if os.path.isdir(path):
            made = Folder()
            self.names[made] = {name: self._read(os.path.join(path, name)) for name in sorted(os.listdir(path))
                                if only is None or name in only}
        else:
            with open(path, "rb") as file: made = File(file.read())
            self.identities[made] = status
        self.objects[f"{status.st_dev}.{status.st_ino}"] = made
        return made

    def apply(self, record):
        kind, words, data = record
        if kind == "unknown":
            raise SystemExit(f"crash: the journal holds {data.decode()}, which cannot be replayed")
        known = [self.objects.get(word) for word in words[:3]]
        if kind == "make":
            if known[0] is None: return
            made = Folder() if words[2] == "folder" else File()
            if words[2] == "folder": self.names[made] = {}
            # A number that is free again is given anew.
            self.objects[words[1]] = made
            self.changes.append(Change("make", made, [(known[0], data.decode())]))
        elif kind == "link":
            if known[0] is None or known[1] is None: return
            self.changes.append(Change("make", known[1], [(known[0], data.decode())]))
        elif kind == "remove":
            if known[0] is None: return
            self.changes.append(Change("remove", known[1], [(known[0], data.decode())]))
        elif kind == "rename":
            if known[0] is None or known[1] is None: return
            old, new = data.decode().split("\0")
            self.changes.append(Change("rename", known[2], [(known[0], old), (known[1], new)], int(words[3])))
        elif kind == "write" and isinstance(known[0], File):
            known[0].changes.append((int(words[1]), data))
        elif kind == "truncate" and isinstance(known[0], File):
            known[0].changes.append(int(words[1]))
        elif kind == "sync":
            self.committed = len(self.changes)
            if isinstance(known[0], File):
                known[0].synced, known[0].changes = known[0].latest(), []
            for change in self.changes:
                if any(folder is known[0] for folder, _ in change.places): change.is_sure = True

    def state(self, way, dice):
        """The tree after a crash now: folders as dictionaries, files as (File, bytes)."""
        names = {folder: dict(entries) for folder, entries in self.names.items()}
        until = self.committed
        if way.name == "ordered": until = dice.randint(self.committed, len(self.changes))
        for index, change in enumerate(self.changes):
            if way.name == "ordered": is_there = index < until
            else: is_there = way.all_names or way.name == "independent" and dice.random() < way.chance
            if change.is_sure or is_there: _change(names, change, is_forced=change.is_sure)
        return self._tree(self.root, names, way, dice)

    def _tree(self, folder, names, way, dice):
        return {name: self._tree(entry, names, way, dice) if isinstance(entry, Folder)
                else (entry, entry.contents(way, dice))
                for name, entry in sorted(names[folder].items()) if not name.endswith("-shm")}


class Folder:
    pass


def _change(names, change, is_forced):
    folder, name = change.places[0]
    entries = names[folder]
    if change.kind == "make":
        if is_forced or name not in entries: entries[name] = change.target
    elif change.kind == "remove":
        if entries.get(name) is change.target: del entries[name]
    else:
        target, new = change.places[1]
        if not is_forced and entries.get(name) is not change.target: return
        if change.flags & EXCHANGE:
            if not is_forced and new not in names[target]: return
            other = names[target].get(new)
            names[target][new] = change.target
            if other is not None: entries[name] = other
            else: entries.pop(name, None)
        else:
            if entries.get(name) is change.target: del entries[name]
            names[target][new] = change.target


def records(path):
    """The journal, read as (kind, words, bytes)."""
    with open(path, "rb") as file: data = file.read()
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        kind, *words, length = data[at:end].decode().split(" ")
        yield kind, words, data[end + 1:end + 1 + int(length)]
        at = end + 1 + int(length) + 1


def sent(journal):
    """For each call's key, the last record that carries a part of its request: charged only behind it."""
    key_of, last = {}, {}
    for index, (kind, words, data) in enumerate(journal):
        if kind != "send": continue
        for line in data.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"idempotency-key": key_of[words[0]] = value.strip().decode()
        # Sockets are one a call; a number may be given anew, with a new head.
        if data.startswith((b"POST ", b"GET ")) and b"dempotency-" not in data and b"dempotency-".title() not in data:
            key_of.pop(words[0], None)
        if words[0] in key_of: last[key_of[words[0]]] = index
    return last


def digest(tree):
    found = hashlib.sha256()

    def add(tree, path):
        for name, entry in tree.items():
            if isinstance(entry, dict):
                found.update(f"{path}/{name}/\n".encode())
                add(entry, f"{path}/{name}")
            else:
                found.update(f"{path}/{name} {hashlib.sha256(entry[1]).hexdigest()}\n".encode())
    add(tree, "")
    return found.hexdigest()


def lay(tree, path, identities, inodes):
    """Writes a tree to the disk. `inodes` gets lines for CRASH_INODES: by them a file that was there before is known."""
    os.makedirs(path, exist_ok=True)
    for name, entry in tree.items():
        full = os.path.join(path, name)
        if isinstance(entry, dict):
            lay(entry, full, identities, inodes)
            continue
        file, data = entry
        with open(full, "wb") as made: made.write(data)
        status = identities.get(file)
        if status is None: continue
        os.utime(full, ns=(status.st_atime_ns, status.st_mtime_ns))
        seconds, nanoseconds = divmod(status.st_ctime_ns, 10**9)
        inodes.append(f"{os.stat(full).st_ino} {status.st_ino} {seconds} {nanoseconds}")


def draw(journal, root_disk, points, seed):
    """Yields (point, way, tree) for each crash point and way, as the disk goes through the journal."""
    dice = random.Random(seed)
    wanted = set(points)
    for index, record in enumerate(journal):
        if index in wanted:
            for name in WAYS:
                way = Way(name, dice)
                yield index, name, root_disk.state(way, dice)
        root_disk.apply(record)
