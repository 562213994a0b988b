"""Crashes the program at every call that changes something, and holds what is left against the judge of the drain.

    crash.py count PROGRAM            compares what the library counts with what strace sees
    crash.py kill PROGRAM [--every K] kills at the n-th call, for n = 1, 2, 3, … until a run survives; runs again; judges
    crash.py twice PROGRAM            kills the run after a kill as well
    crash.py fail PROGRAM             lets the n-th call fail instead: a full disk, a broken one
    crash.py power PROGRAM [--states N]   rebuilds what a power loss could leave (power.py); runs; judges
    crash.py full PROGRAM             fills small disks for real, at each stage (full.py)

Prints what is not as it should be, then figures; the exit code is 0 when all is well. README.md has the whole story.
"""

import argparse
import collections
import errno
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import crash_site
import full
import strace
from crash_site import TREES, LocalAPI, Site, build
from power import WAYS, Disk, digest, draw, lay, records, sent

# Threads make the same call another number in the next run; so many survivors in a row are the end.
SURVIVORS = 5


class Workers:
    """Sites side by side, each worker with a local API of its own."""

    def __init__(self, options):
        self.options = options
        # A memory file system where there is one: the order of calls counts here, not their time.
        base = options.folder or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="darkroom-crash-", dir=base))
        self.library = build(self.folder)
        self.complaints = []
        self.points = 0
        self.hits = collections.Counter()
        self.lock = threading.Lock()
        self.apis = {}

    def api(self, number):
        with self.lock:
            if number not in self.apis:
                self.apis[number] = LocalAPI(self.options.program, self.folder / f"api-{number}")
            return self.apis[number]

    def site(self, number):
        return Site(self.folder / f"site-{number}", self.options.program, self.library, self.api(number))

    def each(self, points, body, workers=None):
        """Calls `body(site, point)` for each point until it returns False often enough."""
        points = iter(points)
        survivors = [0]

        def worker(number):
            try:
                while True:
                    with self.lock:
                        point = next(points, None)
                        if point is None or survivors[0] >= SURVIVORS: return
                        if self.options.stop and self.complaints: return
                    site = self.site(number)
                    went = body(site, point)
                    site.api.held |= site.late
                    with self.lock:
                        survivors[0] = survivors[0] + 1 if went is False else 0
                        if went: self.points += 1
            except BaseException as error:
                with self.lock:
                    self.complaints.append(f"worker {number}: {error!r}")
                    survivors[0] = SURVIVORS
                raise

        threads = [threading.Thread(target=worker, args=(number,)) for number in range(workers or self.options.workers)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()

    def note(self, site, point, found, hit):
        with self.lock:
            if found and len(self.complaints) >= 50: return
            if hit: self.hits[place(hit)] += 1
            if not found: return
            kept = self.folder / f"kept-{len(self.complaints)}"
            shutil.copytree(site.folder, kept, symlinks=True)
            self.complaints.append(f"{point} at {hit}: " + "; ".join(found) + f" (kept in {kept})")
            print(self.complaints[-1], flush=True)

    def finish(self, began, what):
        for api in self.apis.values(): api.stop()
        kinds = collections.Counter()
        for (kind, _), count in self.hits.items(): kinds[kind] += count
        print(f"{self.points} {what}, {len(self.complaints)} wrong, {time.time() - began:.0f} s; "
              + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
        if self.options.places:
            for (kind, path), count in sorted(self.hits.items()): print(f"{count:6} {kind:9} {path}")
        if self.complaints: return 1
        shutil.rmtree(self.folder)
        return 0


def place(hit):
    """A path without what differs from run to run."""
    kind, path = hit
    path = re.sub(r"socket:\[\d+\]", "socket", path)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{22}", "ID", path)
    return kind, re.sub(r"\.\d+-\d+\.part", ".N.part", path)


def count(workers, options):
    """Holds the library's counts against strace's: nothing goes past the library."""
    site = workers.site(0)
    site.prepare()
    trace = site.folder / "trace"
    environment = {"LD_PRELOAD": workers.library, "CRASH_REPORT": site.folder / "report"}
    subprocess.run(
        ["strace", "-f", "-y", "-o", trace, "-e", "trace=file,desc,network",
         *(word for key, value in environment.items() for word in ("-E", f"{key}={value}")),
         options.program, "run", "--once", "--config", site.folder / "darkroom.yaml"],
        env=crash_site.ENVIRONMENT, stderr=subprocess.DEVNULL)
    seen = strace.counts(trace, ignoring=str(site.folder / "report"))
    counted = site.counts()
    for kind in sorted(seen | counted):
        print(f"{kind:9} strace {seen[kind]:5}  library {counted[kind]:5}")
        if seen[kind] != counted[kind]: workers.complaints.append(f"{kind}: some calls go past the library")


def kill(workers, options):
    """Kills at the n-th call, before it and behind it."""
    turn = [0]

    def body(site, point):
        how, number = point
        site.prepare()
        status = site.run(AT=number, HOW=how)
        hit = site.hit
        if hit is None: return False
        found = [] if status == -9 else [f"the killed run ended with {status}"]
        found += site.verdict(site.run())
        turn[0] += 1
        if not found and turn[0] % 10 == 0:
            before = site.state()
            site.run()
            if site.state() != before: found.append("a further run, with nothing to do, changed something")
        workers.note(site, point, found, hit)
        return True

    for how in options.how.split(","):
        workers.each(((how, number) for number in range(options.first, 100_000, options.every)), body)


def twice(workers, options):
    """Kills a run, then the run that recovers from it."""
    def body(site, point):
        first, second = point
        site.prepare()
        site.run(AT=first, HOW="before")
        if site.hit is None: return False
        site.run(AT=second, HOW="after")
        hit = site.hit
        workers.note(site, point, site.verdict(site.run()), hit)
        return True

    workers.each(((first, second) for first in range(options.first, 1000, options.every * 4)
                  for second in range(1 + first % 10, 400, options.every)), body)


# What fails, and how: a full disk, a quota, a broken disk.
FAILURES = (("write", errno.ENOSPC), ("write", errno.EIO), ("sync", errno.EIO), ("open,mkdir,rename", errno.ENOSPC),
            ("write", errno.EDQUOT))


def was_lost(books, job):
    """Whether nobody knows how the job's last call ended: its answer, or the ledger's line on it, met the failure."""
    return any(call["state"] == "unknown" for call in books.calls_of[job["id"]][-1:])


def fail(workers, options):
    """Lets the n-th call of a kind fail, once; runs again; judges. At most one answer is lost by it."""
    ends = collections.Counter()

    def body(site, point):
        kinds, error, number = point
        site.prepare()
        status = site.run(AT=number, HOW=error, KINDS=kinds)
        hit = site.hit
        if hit is None: return False
        found = []
        if status is None: found.append("it hangs")
        elif status < 0 or status > 100: found.append(f"it ended with {status}")
        is_ledger = "ledger.sqlite" in hit[1]
        # Whether it stayed and went on by itself, or ended and left the rest to the next start.
        stayed = not found and not list((site.folder / "inbox").rglob("*.[jy][sa]*"))
        place = "ledger" if is_ledger else hit[1].split("/")[0]
        with workers.lock: ends[errno.errorcode[error], hit[0], place, "stayed" if stayed else "ended"] += 1
        found += site.verdict(site.run(), forgives=was_lost)
        if not found and not is_ledger and len(site.held) > 1: found.append(f"{len(site.held)} jobs are held")
        workers.note(site, (kinds, errno.errorcode[error], number), found, hit)
        return True

    for kinds, error in FAILURES:
        if options.error and errno.errorcode[error] not in options.error.split(","): continue
        workers.each(((kinds, error, number) for number in range(options.first, 100_000, options.every)), body,
                     # A job without room waits for half a minute: many wait at once.
                     workers=8 * options.workers)
    for end, times in sorted(ends.items()): print(f"{times:6} " + " ".join(end))


def power(workers, options):
    """Rebuilds what a power loss could leave of a run, at points of its journal; runs; judges."""
    dice = random.Random(options.seed)
    seen = set()
    while workers.points < options.states and not workers.complaints:
        site = workers.site(0)
        site.prepare()
        disk = Disk(site.folder, TREES)
        site.run(JOURNAL=site.folder / "journal")
        journal = list(records(site.folder / "journal"))
        charges, last = site.charged(), sent(journal)
        if unsent := [charge["key"] for charge in charges if charge["key"] not in last]:
            workers.complaints.append(f"the journal holds no request of {unsent}")
        number = -(-(options.states - workers.points) // len(WAYS))
        points = sorted(dice.sample(range(1, len(journal) + 1), min(number, len(journal))))
        print(f"a journal of {len(journal)} changes, {len(points)} crash points", flush=True)

        def body(site, drawn):
            point, way, tree = drawn
            before = [charge for charge in charges if last[charge["key"]] < point]
            found = digest(tree)
            with workers.lock:
                if (found, len(before)) in seen: return
                seen.add((found, len(before)))
            site.prepare(drops=False)
            shutil.rmtree(site.folder / "output")
            inodes = []
            lay(tree, site.folder, disk.identities, inodes)
            (site.folder / "inodes").write_text("".join(line + "\n" for line in inodes))
            site.kills = [time.time()]
            verdict = site.run(INODES=site.folder / "inodes")
            found = site.verdict(verdict, charges=before + site.charged())
            # All states have the keys of one run, which has ended: no call of it can be charged late.
            site.late = set()
            # The call that comes next: what the crash was just before.
            kind, words, data = journal[point] if point < len(journal) else ("end", [], b"")
            workers.note(site, (way, point), found, (kind, way))
            return True

        workers.each(draw(journal, disk, points, options.seed), body)


def fill(workers, options):
    """Fills small disks at each stage; each stage is a site of its own."""
    def body(site, stage):
        site.folder = workers.folder / stage.__name__
        workers.note(site, stage.__name__, list(full.run(stage, site)), ("full", stage.__name__))
        return True

    workers.each((stage for stage in full.STAGES if options.stage in stage.__name__), body)


COMMANDS = {"count": (count, "comparison"), "kill": (kill, "kills"), "twice": (twice, "kills of a recovery"),
            "fail": (fail, "failed calls"), "full": (fill, "stages of a full disk"),
            "power": (power, "states after a power loss")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only every K-th call")
    parser.add_argument("--first", type=int, default=1, metavar="N", help="the first call")
    parser.add_argument("--how", default="before,after")
    parser.add_argument("--stop", action="store_true", help="stop when something is wrong")
    parser.add_argument("--error", help="only these errors, such as EIO")
    parser.add_argument("--stage", default="", help="only the stages whose names hold this")
    parser.add_argument("--states", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--folder", help="where the sites are made; a memory file system by default")
    parser.add_argument("--places", action="store_true", help="list the paths that were hit")
    options = parser.parse_args()
    if options.command == "full": full.in_own_mounts()
    began = time.time()
    workers = Workers(options)
    command, what = COMMANDS[options.command]
    command(workers, options)
    return workers.finish(began, what)


if __name__ == "__main__":
    sys.exit(main())
