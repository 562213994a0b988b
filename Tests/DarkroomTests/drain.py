"""Drains a thousand mixed requests through the program against the local API on a bad day.

    drain.py drop INBOX          writes the requests and the pictures that they name
    drain.py run PROGRAM SITE    makes a site: drops, runs with a day's budget that does not last, kills the program once
                                 in the middle, runs it again, and holds the site against the judge (drain_check.py);
                                 then runs with a larger budget and judges again
    drain.py check SITE          judges once more

Prints what is not as it should be; nothing, and exit code 0, when all is well. Figures go to SITE/figures.json.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
from decimal import Decimal

sys.dont_write_bytecode = True

import drain_check
from drain_requests import EXTRA, PIPELINES, SLOW_MODEL, thousand

PER_JOB = Decimal("0.3")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
# The first run ends with about this part of all the money that the requests need.
SHARE = Decimal("0.86")


def drop(inbox):
    # Requests are called in the order of their arrival: what fails lies amid the others.
    for path, data in sorted(thousand().files.items()):
        file = inbox / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


class Drain:
    def __init__(self, program, site):
        self.program, self.site = program, pathlib.Path(site)
        self.runs = {"per-job-usd": str(PER_JOB), "kills": [], "runs": []}
        self.figures = {}

    def prepare(self):
        """Folders, pipelines, the requests, and the local API. Returns the API's process."""
        for folder in ("inbox", "pipelines", "output/stranger"):
            (self.site / folder).mkdir(parents=True)
        (self.site / "output/stranger/theirs.txt").write_text("not yours\n")
        for name, text in PIPELINES.items():
            (self.site / f"pipelines/{name}.yaml").write_text(text)
        drop(self.site / "inbox")
        port = self.site / "port"
        api = subprocess.Popen(
            [self.program, "sandbox", "--port-file", port, "--charges", self.site / "charges.jsonl"], env=ENVIRONMENT,
            stderr=subprocess.DEVNULL)
        while not (port.exists() and port.read_text().strip()):
            if api.poll() is not None:
                raise SystemExit(f"the local API ended by itself with {api.returncode}")
            time.sleep(0.01)
        return api

    def configure(self, per_day):
        (self.site / "darkroom.yaml").write_text(f"""inbox: {self.site}/inbox
output: {self.site}/output
failed: {self.site}/failed
spool: {self.site}/spool
pipelines: {self.site}/pipelines
api:
  base-url: http://127.0.0.1:{(self.site / "port").read_text().strip()}/api/v1
  requests-per-minute: 100000
  concurrency: 8
  account-check: 1s
intake: {{ settle: 50ms }}
budget: {{ per-job-usd: {PER_JOB}, per-day-usd: {per_day}, extra-usd: {EXTRA} }}
""")

    def start(self, name):
        log = open(self.site / f"{name}.log", "ab")
        return subprocess.Popen(
            [self.program, "run", "--once", "--config", self.site / "darkroom.yaml"], env=ENVIRONMENT, stdout=log,
            stderr=log)

    def run(self, name, per_day, status):
        """One run to its end; yields what is wrong with it."""
        began = time.time()
        self.configure(per_day)
        found = self.start(name).wait()
        self.runs["runs"].append({"ended": time.time(), "per-day-usd": str(per_day)})
        self.figures[name] = round(self.figures.get(name, 0) + time.time() - began, 1)
        self.note()
        if found != status:
            yield f"{name}: exit code {found} instead of {status}"

    def kill_amid(self, per_day):
        """Kills a run while slow calls are under way: they are charged, and their answers never come."""
        self.configure(per_day)
        began = time.time()
        program = self.start("killed")
        while self.charged(SLOW_MODEL) < 2:
            if program.poll() is not None:
                if not self.waits_for_account():
                    raise SystemExit(
                        f"the first run ended by itself with {program.returncode}\n{self.told('killed')}")
                program = self.start("killed")
            time.sleep(0.01)
        program.kill()
        program.wait()
        self.runs["kills"].append(time.time())
        self.figures["killed"] = round(time.time() - began, 1)

    def waits_for_account(self):
        """A run ends when nothing but an account that is closed, for its balance or its key, stands in its way."""
        return bool(drain_check.rows(self.site, "SELECT 1 FROM jobs WHERE reason IN ('account', 'key')"))

    def told(self, name):
        """What the site knows of a run that went wrong: jobs by state, what waits in the inbox, the log's end."""
        states = drain_check.rows(self.site, "SELECT state, reason, count(*) FROM jobs GROUP BY state, reason")
        left = sorted(file.name for file in (self.site / "inbox").rglob("*") if file.is_file())
        log = (self.site / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join([f"jobs: {states}", f"inbox: {len(left)} files: {left[:10]}", *log[-30:]])

    def charged(self, model):
        log = self.site / "charges.jsonl"
        return log.read_text().count(f'"{model}"') if log.exists() else 0

    def note(self):
        (self.site / "runs.json").write_text(json.dumps(self.runs))
        (self.site / "figures.json").write_text(json.dumps(self.figures))

    def __call__(self):
        needed = sum(price for request in thousand().requests for price in request.prices)
        # No multiple of a price: the last call before the limit has to be told from the first beyond.
        small = (needed * SHARE).quantize(Decimal("0.01")) + Decimal("0.003217")
        api = self.prepare()
        try:
            self.kill_amid(small)
            # Held and failed jobs are among them: 1, not 75.
            yield from self.run("first", small, status=1)
            while self.waits_for_account():
                yield from self.run("first", small, status=1)
            yield from drain_check.disagreements(self.site, is_drained=False)
            yield from self.run("second", needed * 3, status=1)
            while self.waits_for_account():
                yield from self.run("second", needed * 3, status=1)
            yield from drain_check.disagreements(self.site, is_drained=True)
        finally:
            api.terminate()
            api.wait()


def main():
    command, *arguments = sys.argv[1:]
    if command == "drop":
        return drop(pathlib.Path(arguments[0]))
    if command == "check":
        found = list(drain_check.disagreements(arguments[0], is_drained=True))
    else:
        found = list(Drain(*map(os.path.abspath, arguments))())
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
