"""A hundred jobs, and what it is to them that some end the worker that opens their pictures.

    hundred_jobs.py PROGRAM UNSOUND-WORKER SITE

runs the daemon twice against the local API, each time with a hundred requests dropped at once: once with sound pictures
only, and once with three in their middle whose prompts tell the worker (`Tests/UnsoundWorker`) to crash, to loop, and to
take memory, while another worker is killed from outside now and then. It prints one JSON object: for each run how many jobs
were published and why the others failed; in seconds, the median and the longest time from an answer to its publication, of
the sound jobs; in megabytes the daemon's memory when it is idle, and at its peak (proc(5), VmHWM).
"""

import json
import os
import pathlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
FAULTS = {49: "crash", 50: "loop", 51: "memory"}
JOBS, KILLS, PATIENCE = 100, 3, 120


def memory(process, key):
    for line in open(f"/proc/{process}/status"):
        if line.startswith(key + ":"): return int(line.split()[1]) / 1024


def workers(process):
    """Process numbers of the daemon's workers."""
    children = pathlib.Path(f"/proc/{process}/task")
    found = []
    for task in children.iterdir():
        try: found += (task / "children").read_text().split()
        except OSError: pass
    return [int(number) for number in found]


class Site:
    def __init__(self, folder, program, faults):
        self.folder, self.program, self.faults = pathlib.Path(folder), program, faults
        for name in ("inbox", "pipelines"): (self.folder / name).mkdir(parents=True)
        (self.folder / "pipelines/default.yaml").write_text('outputs: [{file: "{name}.jpg", resize: {width: 128}}]\n')

    def configure(self, port):
        (self.folder / "darkroom.yaml").write_text(f"""
inbox: {self.folder}/inbox
output: {self.folder}/output
failed: {self.folder}/failed
spool: {self.folder}/spool
pipelines: {self.folder}/pipelines
control: {self.folder}/control.sock
workers: 2
api: {{ base-url: "http://127.0.0.1:{port}/api/v1", requests-per-minute: 10000 }}
budget: {{ per-day-usd: none }}
intake: {{ settle: 50ms }}
limits: {{ worker-time: 15s, worker-memory: 536870912 }}
""")

    def rows(self, query):
        with sqlite3.connect(f"file:{self.folder}/spool/ledger.sqlite?mode=ro", uri=True, timeout=10) as ledger:
            return ledger.execute(query).fetchall()

    def run(self):
        port = self.folder / "port"
        api = subprocess.Popen([self.program, "sandbox", "--port-file", port, "--balance", "1000000"], env=ENVIRONMENT,
                               stderr=subprocess.DEVNULL)
        try:
            wait(lambda: port.exists() and port.read_text().strip())
            self.configure(port.read_text().strip())
            with open(self.folder / "log", "w") as log:
                daemon = subprocess.Popen([self.program, "run", "--config", self.folder / "darkroom.yaml"],
                                          env=ENVIRONMENT, stderr=log, stdout=log)
            try:
                return self.measure(daemon.pid)
            finally:
                daemon.send_signal(signal.SIGTERM)
                daemon.wait()
        finally:
            api.kill()
            api.wait()

    def measure(self, daemon):
        self.drop("warm", "a first canal")
        wait(lambda: (self.folder / "output/warm").exists())
        idle = memory(daemon, "VmRSS")
        for number in range(JOBS):
            fault = self.faults.get(number)
            self.drop(f"job-{number:03}", f"[worker:{fault}]" if fault else f"canal {number}")
        kills = 0
        while True:
            ended = self.rows("SELECT state FROM jobs WHERE state IN ('published', 'failed', 'held')")
            if len(ended) == JOBS + 1: break
            # Before the first fault's turn: killed at its second attempt, a looping picture would be told as killed.
            if self.faults and kills < KILLS and len(ended) > 10 * (kills + 1):
                running = workers(daemon)
                if running:
                    os.kill(running[0], signal.SIGKILL)
                    kills += 1
            time.sleep(0.02)
        times = [
            (published - answered) / 1e6
            for published, answered in self.rows(
                "SELECT jobs.published, max(calls.finished) FROM jobs JOIN calls ON calls.job = jobs.id "
                "WHERE jobs.state = 'published' GROUP BY jobs.id")]
        return {
            "published": len(times) - 1, "kills": kills,
            "failed": [error for error, in self.rows("SELECT error FROM jobs WHERE state = 'failed' ORDER BY name")],
            "median": round(statistics.median(times), 3), "longest": round(max(times), 3),
            "idle": round(idle, 1), "peak": round(memory(daemon, "VmHWM"), 1),
            "workers": len(workers(daemon)),
        }

    def drop(self, name, prompt):
        request = {"generate": {"model": "venice-sd35", "prompt": prompt, "width": 256, "height": 256}}
        hidden = self.folder / f"inbox/.{name}"
        hidden.write_text(json.dumps(request))
        hidden.rename(self.folder / f"inbox/{name}.json")


def wait(condition):
    end = time.time() + PATIENCE
    while not condition():
        if time.time() > end: raise SystemExit("hundred_jobs: it takes too long")
        time.sleep(0.02)


if __name__ == "__main__":
    program, unsound, folder = sys.argv[1:]
    # A daemon looks for its worker beside itself.
    bin = pathlib.Path(folder) / "bin"
    bin.mkdir(parents=True)
    shutil.copy(program, bin / "darkroom")
    shutil.copy(unsound, bin / "darkroom-worker")
    print(json.dumps({
        name: Site(f"{folder}/{name}", bin / "darkroom", faults).run()
        for name, faults in (("sound", {}), ("unsound", FAULTS))}))
