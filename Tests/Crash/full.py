"""Small disks that are full for real: a tmpfs each for spool (with the ledger), output tree, failed folder and inbox.

Each stage starts the daemon, fills a disk at its moment, and looks at what it promises (scenario 32): it stays, it says
so, it pays for nothing that it cannot keep, paid bytes are kept or the job is held, and it goes on by itself when there
is room again. Mounting needs root, or a user namespace: crash.py runs this in a mount namespace of its own.
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

from drain_requests import generate, picture

# What a call may bring is set aside before it is paid; it has to fit.
TREES = {"spool": 64 << 20, "output": 64 << 20, "failed": 8 << 20, "inbox": 8 << 20}
PATIENCE = 40


def in_own_mounts():
    """Starts this program again where its mounts are nobody else's, and end with it."""
    if os.environ.get("CRASH_OWN_MOUNTS"): return
    os.environ["CRASH_OWN_MOUNTS"] = "1"
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    os.execvp("unshare", [*alone, sys.executable, *sys.argv])


class Wrong(Exception):
    pass


class Stage:
    """One daemon on small disks."""

    def __init__(self, site):
        self.site, self.folder = site, site.folder
        site.prepare(drops=False)
        for tree, size in TREES.items():
            path = self.folder / tree
            path.mkdir(exist_ok=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
        (self.folder / "inbox/photos").mkdir()
        (self.folder / "inbox/photos/0.png").write_bytes(picture(256, 256, 0))
        self.process = site.start(once=False)
        self.until("it is ready", lambda: "ready" in self.log())

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for tree in TREES: subprocess.run(["umount", self.folder / tree], check=True)

    # What there is to see

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def jobs(self):
        ledger = sqlite3.connect(f"file:{self.folder}/spool/ledger.sqlite?mode=ro", uri=True, timeout=5)
        ledger.row_factory = sqlite3.Row
        try: return {row["source"]: row for row in ledger.execute("SELECT * FROM jobs")}
        # Between two looks the file may just be made.
        except sqlite3.OperationalError: return {}
        finally: ledger.close()

    def state(self, source):
        job = self.jobs().get(source)
        return job["state"] if job else None

    def charged(self):
        return len(self.site.charged())

    def is_published(self, place):
        return (self.folder / "output" / place / "manifest.json").exists()

    def says_so(self):
        words = self.log().lower()
        return "no space" in words or "room" in words or "full" in words

    # What happens

    def until(self, what, body):
        end = time.monotonic() + PATIENCE
        while True:
            if body(): return
            if self.process.poll() is not None:
                raise Wrong(f"waiting until {what}: the daemon ended with {self.process.returncode}: {self.last()}")
            if time.monotonic() > end: raise Wrong(f"waiting until {what}: not within {PATIENCE} s: {self.last()}")
            time.sleep(0.02)

    def last(self):
        return " | ".join(self.log().splitlines()[-4:])

    def check(self, what, holds):
        if not holds: raise Wrong(f"{what}: {self.last()}")

    def still(self, what, body):
        """Something stays as it is for as long as the daemon needs to look twice."""
        end = time.monotonic() + 6
        while time.monotonic() < end:
            self.check(what, body())
            if self.process.poll() is not None:
                raise Wrong(f"{what}: the daemon ended with {self.process.returncode}: {self.last()}")
            time.sleep(0.1)

    def drop(self, path, document):
        whole = self.folder / "inbox" / path
        part = whole.with_name("." + whole.name)
        part.write_text(json.dumps(document))
        part.rename(whole)

    def fill(self, tree, leave=0):
        with open(self.folder / tree / ".ballast", "ab", buffering=0) as ballast:
            while True:
                status = os.statvfs(ballast.fileno())
                some = status.f_bavail * status.f_frsize - leave
                if some <= 0: return
                try: ballast.write(bytes(min(some, 1 << 20)))
                except OSError: return

    def free(self, tree):
        (self.folder / tree / ".ballast").unlink()


def slow(prompt, seconds=1.5, **more):
    return {"generate": generate("chroma", f"{prompt} [sandbox:latency={int(seconds * 1000)}ms]", **more)}


def large(prompt):
    """Three pictures in one answer, some 450 KB."""
    return slow(prompt, side=1024, format="png", variants=3)


def before_acceptance(stage):
    stage.fill("spool")
    stage.drop("a.json", {"generate": generate("chroma", "A")})
    stage.until("it says that there is no room", stage.says_so)
    stage.still("nothing is accepted or paid", lambda: not stage.jobs() and stage.charged() == 0)
    stage.check("the request stays", (stage.folder / "inbox/a.json").exists())
    stage.free("spool")
    stage.until("it is published", lambda: stage.is_published("a"))
    stage.check("it is paid once", stage.charged() == 1)


def before_the_call(stage):
    stage.drop("a.json", slow("A"))
    stage.until("it is called", lambda: stage.state("a.json") == "calling")
    # Enough for the small answer and the ledger, not for another call's.
    stage.fill("spool", leave=600 << 10)
    stage.drop("b.json", {"generate": generate("chroma", "B")})
    stage.until("the one under way is published", lambda: stage.is_published("a"))
    stage.until("it says that there is no room", stage.says_so)
    stage.still("no other is paid", lambda: stage.charged() == 1)
    stage.free("spool")
    stage.until("the other is published", lambda: stage.is_published("b"))
    stage.check("each is paid once", stage.charged() == 2)


def while_the_answer_streams(stage):
    stage.drop("a.json", large("A"))
    stage.until("it is called", lambda: stage.state("a.json") == "calling")
    stage.fill("spool", leave=200 << 10)
    stage.until("it is held", lambda: stage.state("a.json") == "held")
    stage.until("it says so", stage.says_so)
    stage.free("spool")
    stage.drop("b.json", {"generate": generate("chroma", "B")})
    stage.until("the next is published", lambda: stage.is_published("b"))
    stage.check("the held one is not called again", stage.charged() == 2 and stage.state("a.json") == "held")


def when_originals_are_cut(stage):
    # How large an answer is.
    stage.drop("a.json", large("A"))
    stage.until("one is published", lambda: stage.is_published("a"))
    answer = max(path.stat().st_size for path in (stage.folder / "spool").rglob("call-*"))
    # The same picture, so that it is as large.
    stage.drop("b.json", large("A"))
    stage.until("it is called", lambda: stage.state("b.json") == "calling")
    # The answer's own size once more would be needed for its originals.
    stage.fill("spool", leave=answer + (200 << 10))
    stage.until("its answer is kept", lambda: stage.state("b.json") == "responded")
    stage.until("it waits for room", lambda: stage.jobs()["b.json"]["reason"] == "room")
    stage.check("it says so", stage.says_so())
    stage.check("it is paid once", stage.charged() == 2)
    stage.free("spool")
    stage.until("it is published", lambda: stage.is_published("b"))
    stage.check("it is not paid again", stage.charged() == 2)


def when_outputs_are_staged(stage):
    stage.drop("a.json", slow("A"))
    stage.until("it is called", lambda: stage.state("a.json") == "calling")
    stage.fill("output")
    stage.until("its answer is kept", lambda: stage.state("a.json") == "responded")
    stage.until("it waits for room", lambda: stage.jobs()["a.json"]["reason"] == "room")
    stage.check("it says so", stage.says_so())
    stage.check("nothing half-made is there", not stage.is_published("a"))
    stage.free("output")
    stage.until("it is published", lambda: stage.is_published("a"))
    stage.check("it is paid once", stage.charged() == 1)


def when_the_ledger_commits(stage):
    stage.drop("a.json", slow("A"))
    stage.until("it is called", lambda: stage.state("a.json") == "calling")
    stage.fill("spool")
    stage.until("it is paid", lambda: stage.charged() == 1)
    stage.until("it says that there is no room", stage.says_so)
    stage.still("it stays, and pays for nothing else", lambda: stage.charged() == 1)
    stage.free("spool")
    # What was received and could not be kept is not asked for again; what could be kept goes on.
    stage.until("it is held or published", lambda: stage.state("a.json") == "held" or stage.is_published("a"))
    stage.drop("b.json", {"generate": generate("chroma", "B")})
    stage.until("the next is published", lambda: stage.is_published("b"))
    stage.check("each is paid once", stage.charged() == 2)


def when_a_request_is_refused(stage):
    stage.fill("failed")
    stage.drop("a.json", {"generat": {}})
    stage.drop("b.json", {"generate": generate("chroma", "B")})
    stage.until("the sound one is published", lambda: stage.is_published("b"))
    stage.until("it says that there is no room", stage.says_so)
    stage.check("the refused one stays", (stage.folder / "inbox/a.json").exists())
    stage.free("failed")
    stage.until("the refused one is moved", lambda: (stage.folder / "failed/a.json.error.json").exists())
    stage.until("the inbox is empty", lambda: not (stage.folder / "inbox/a.json").exists())
    stage.check("nobody refused it twice", not (stage.folder / "failed/a-2.json").exists())


def when_a_job_fails(stage):
    stage.drop("a.json", slow("A [sandbox:short]"))
    stage.until("it is called", lambda: stage.state("a.json") == "calling")
    stage.fill("failed")
    stage.until("its answer is there", lambda: stage.state("a.json") == "responded")
    stage.until("it says that there is no room", stage.says_so)
    stage.drop("b.json", {"generate": generate("chroma", "B")})
    stage.until("others are published", lambda: stage.is_published("b"))
    stage.free("failed")
    stage.until("it has failed", lambda: stage.state("a.json") == "failed")
    stage.check("its report is there", (stage.folder / "failed/a.json.error.json").exists())
    stage.check("each is paid once", stage.charged() == 2)


def with_a_full_inbox(stage):
    stage.drop("a.json", {"generate": generate("chroma", "A")})
    stage.fill("inbox")
    stage.until("it is published", lambda: stage.is_published("a"))
    stage.until("its request is gone", lambda: not (stage.folder / "inbox/a.json").exists())
    stage.check("it is paid once", stage.charged() == 1)


STAGES = [before_acceptance, before_the_call, while_the_answer_streams, when_originals_are_cut,
          when_outputs_are_staged, when_the_ledger_commits, when_a_request_is_refused, when_a_job_fails,
          with_a_full_inbox]


def run(body, site):
    """Yields what is wrong at a stage."""
    stage = None
    try:
        stage = Stage(site)
        body(stage)
    except Wrong as wrong:
        yield f"{body.__name__}: {wrong}"
    finally:
        if stage is not None: stage.end()
