"""A site to crash: fresh folders, the requests of crash_work.py, the program with crash.c preloaded, and the judge."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "DarkroomTests"))

import drain_check
from crash_work import work
from drain_requests import EXTRA, PIPELINES

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
TREES = ("inbox", "output", "failed", "spool")
# A run takes less than a second; one that takes this long hangs.
PATIENCE = 150


def build(folder):
    """Compiles the library that is preloaded."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("crash: no C compiler on the PATH; Debian's gcc is needed (scripts/setup installs it)")
    library = pathlib.Path(folder) / "crash.so"
    subprocess.run([compiler, "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-nonnull-compare", "-fPIC", "-shared",
                    "-o", library, *sorted(HERE.glob("*.c")), "-ldl", "-lpthread"], check=True)
    return library


class LocalAPI:
    """The API's side outlives every crash: one for many sites."""

    def __init__(self, program, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.log = self.folder / "charges.jsonl"
        self.log.touch()
        port = self.folder / "port"
        self.process = subprocess.Popen(
            [program, "sandbox", "--port-file", port, "--charges", self.log, "--balance", "1000000"], env=ENVIRONMENT,
            stderr=subprocess.DEVNULL)
        while not (port.exists() and port.read_text().strip()):
            if self.process.poll() is not None:
                raise SystemExit(f"crash: the local API ended by itself with {self.process.returncode}")
            time.sleep(0.01)
        self.port = port.read_text().strip()
        # Calls of sites before that were under way at a kill, and may be charged late.
        self.held = set()

    def charges(self, start):
        """Those since an offset into the log."""
        with open(self.log, "rb") as log:
            log.seek(start)
            charges = [json.loads(line, parse_float=Decimal) for line in log.read().splitlines()]
        for charge in charges:
            charge["usd"] = Decimal(charge["usd"])
        return [charge for charge in charges if charge["key"] not in self.held]

    def end(self):
        return self.log.stat().st_size

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Books(drain_check.Site):
    """What the judge of the drain looks at, for one site."""

    def __init__(self, folder, dropped, charges, kills, forgives=None):
        self.folder, self.dropped, self.charges, self.runs = folder, dropped, charges, {"kills": kills}
        self.forgives = forgives
        self.ledger = sqlite3.connect(f"{folder}/spool/ledger.sqlite")
        self.ledger.row_factory = lambda cursor, row: {key[0]: value for key, value in zip(cursor.description, row)}
        self.jobs = {row["id"]: row for row in self.rows("SELECT * FROM jobs")}
        self.calls = self.rows("SELECT * FROM calls ORDER BY job, ordinal, attempt")
        self.calls_of = {job: [] for job in self.jobs}
        for call in self.calls:
            call["key"] = f"{call['job']}-{call['ordinal']}"
            self.calls_of.setdefault(call["job"], []).append(call)

    def rows(self, query):
        return self.ledger.execute(query).fetchall()

    def was_killed(self, job):
        return super().was_killed(job) or self.was_told_twice(job) or bool(self.forgives and self.forgives(self, job))

    def was_told_twice(self, job):
        """Whether a call was refused, and again after a kill: the job's end was not in the ledger yet."""
        calls = self.calls_of[job["id"]]
        return any(
            one["state"] == "refused" and (one["ordinal"], one["attempt"] + 1) == (two["ordinal"], two["attempt"])
            and one["finished"] <= drain_check.micro(killed) <= two["started"]
            for one, two in zip(calls, calls[1:]) for killed in self.runs["kills"])

    def disagreements(self):
        for pragma, sound in (("integrity_check", [{"integrity_check": "ok"}]), ("foreign_key_check", [])):
            found = self.rows(f"PRAGMA {pragma}")
            if found != sound:
                yield f"PRAGMA {pragma}: {found}"
        yield from drain_check.endings(self, is_drained=True)
        yield from drain_check.publications(self)
        yield from drain_check.blobs(self)
        yield from drain_check.charges(self)
        yield from self.remains()

    def remains(self):
        """Nothing is under way any more, and nothing half-written lies about."""
        for call in self.calls:
            if call["state"] == "intended" or call["finished"] is None:
                yield f"{call['key']} never ended"
        for path in self.folder.glob("**/*.part"):
            yield f"{path} was left"
        for row in self.rows("SELECT place, job FROM places"):
            if self.jobs[row["job"]]["state"] != "held":
                yield f"the place {row['place']} is still reserved for {row['job']}"

    def close(self):
        self.ledger.close()


class Site:
    def __init__(self, folder, program, library, api, settings=""):
        self.folder, self.program, self.library, self.api = pathlib.Path(folder), program, library, api
        self.dropped = work()
        self.kills = []
        self.late = set()
        self.settings = settings

    def prepare(self, drops=True):
        if self.folder.exists():
            shutil.rmtree(self.folder)
        for folder in ("inbox", "pipelines", "output/stranger", "failed"):
            (self.folder / folder).mkdir(parents=True)
        (self.folder / "output/stranger/theirs.txt").write_text("not yours\n")
        for name, text in PIPELINES.items():
            (self.folder / f"pipelines/{name}.yaml").write_text(text)
        if drops:
            self.drop()
        self.configure()
        self.charges_from = self.api.end()

    def drop(self):
        for path, data in self.dropped.files.items():
            file = self.folder / "inbox" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def configure(self):
        (self.folder / "darkroom.yaml").write_text(f"""inbox: {self.folder}/inbox
output: {self.folder}/output
failed: {self.folder}/failed
spool: {self.folder}/spool
pipelines: {self.folder}/pipelines
api: {{ base-url: "http://127.0.0.1:{self.api.port}/api/v1", requests-per-minute: 100000 }}
intake: {{ settle: 1ms }}
budget: {{ extra-usd: {EXTRA} }}
{self.settings}
""")

    def start(self, once=True, **crash):
        """Starts the program; `crash` are the library's settings (crash.c), without its prefix."""
        environment = dict(ENVIRONMENT)
        if crash:
            environment |= {"LD_PRELOAD": str(self.library), "CRASH_REPORT": str(self.folder / "report")}
            environment |= {f"CRASH_{key}": str(value) for key, value in crash.items()}
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(
                [self.program, "run", *(["--once"] if once else []), "--config", self.folder / "darkroom.yaml"],
                env=environment, stdout=log, stderr=log, start_new_session=True)

    def run(self, **crash):
        """Runs it to its end. Returns the exit status; None when it hangs."""
        self.log_from = (self.folder / "log").stat().st_size if (self.folder / "log").exists() else 0
        report = self.folder / "report"
        report.unlink(missing_ok=True)
        process = self.start(**crash)
        try:
            status = process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
        self.kills.append(time.time())
        return status

    @property
    def hit(self):
        """The call at which the library acted: its kind and its path. None when it did not."""
        report = self.folder / "report"
        lines = report.read_text(errors="replace").splitlines() if report.exists() else []
        for line in lines:
            if line.startswith("hit "):
                _, _, kind, path = line.split(" ", 3)
                return kind, path.replace(str(self.folder) + "/", "")
        return None

    def counts(self):
        """Of a run that came to its end."""
        words = [line.split() for line in (self.folder / "report").read_text().splitlines()]
        return Counter({kind: int(count) for word, kind, count in words if word == "count"})

    def charged(self):
        return self.api.charges(self.charges_from)

    def verdict(self, status, charges=None, forgives=None):
        """What is wrong after the last run, which ended with `status`."""
        if status is None:
            return [f"the last run did not end within {PATIENCE} s"]
        words = (self.folder / "log").read_bytes()[self.log_from:].decode(errors="replace").splitlines()[-3:]
        # A drain that came to its end says so.
        if status not in (0, 1) or not words or not words[-1].endswith(" waiting"):
            return [f"the last run ended with {status}: {' | '.join(words)}"]
        try:
            books = Books(self.folder, self.dropped, charges if charges is not None else self.charged(), self.kills,
                          forgives)
            found = list(books.disagreements())
            if status == 0 and any(job["state"] == "held" for job in books.jobs.values()):
                found.append("the last run ended with 0, and a job is held")
            self.held = {call["key"] for call in books.calls if call["state"] == "unknown"}
            self.late = self.held - {charge["key"] for charge in books.charges}
            books.close()
            return found
        except (sqlite3.Error, OSError, KeyError, ValueError) as error:
            return [f"the books cannot be read: {error!r}"]

    def state(self):
        """Everything that a further run, with nothing to do, must leave as it is."""
        ledger = sqlite3.connect(f"{self.folder}/spool/ledger.sqlite")
        dump = list(ledger.iterdump())
        ledger.close()
        files = {path.relative_to(self.folder).as_posix(): path.stat().st_size
                 for tree in TREES for path in (self.folder / tree).rglob("*")
                 if path.is_file() and path.name not in ("lock", "catalogue.json") and "ledger" not in path.name}
        return dump, files
