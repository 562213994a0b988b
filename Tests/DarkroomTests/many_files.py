"""Many files in the inbox at once: memory, order, and the time until the first call.

    many_files.py PROGRAM [FILES]      a directory beneath $TMPDIR, or --site DIR; 100,000 files unless said otherwise

The files lie there when the daemon starts, one folder, one request each, their arrival in the order of their numbers.
The local API of PROGRAM answers slowly, so that requests pile up in the ledger. It prints one line of figures, and ends
with 1 when a promise is broken: the first call within a second of the start, all files taken exactly once and called in
the order of their arrival, the whole process below 120 MB at its largest.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PIPELINE = "outputs:\n  - { file: '{name}.webp', method: 0 }\n"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("files", nargs="?", type=int, default=100_000)
    arguments.add_argument("--site", default=None)
    arguments.add_argument("--first-call", type=float, default=1.0, help="seconds")
    arguments.add_argument("--megabytes", type=float, default=120)
    options = arguments.parse_args()
    root = pathlib.Path(tempfile.mkdtemp(prefix="darkroom-many-", dir=options.site))
    sandbox = daemon = None
    try:
        for name in ("inbox", "pipelines"):
            (root / name).mkdir()
        (root / "pipelines/default.yaml").write_text(PIPELINE)
        for number in range(options.files):
            with open(root / f"inbox/r{(number * 7919) % options.files:06}-{number:06}.json", "w") as file:
                file.write(json.dumps({"generate": {"model": "venice-sd35", "prompt": f"{number}", "width": 64, "height": 64}}))
        sandbox = subprocess.Popen(
            [options.program, "sandbox", "--port-file", root / "port", "--latency", "50ms"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (root / "port").exists() or not (root / "port").read_text().strip():
            time.sleep(0.01)
        port = (root / "port").read_text().strip()
        (root / "darkroom.yaml").write_text(
            "".join(f"{name}: {root}/{name}\n" for name in ("inbox", "output", "failed", "spool", "pipelines"))
            + f"api:\n  base-url: http://127.0.0.1:{port}/api/v1\n  requests-per-minute: 100000\n  concurrency: 2\n"
            + "budget: { per-job-usd: none, per-day-usd: none }\n")
        began = time.monotonic()
        log = open(root / "log", "w+")
        daemon = subprocess.Popen(
            [options.program, "run", "--config", root / "darkroom.yaml"], stdout=log, stderr=log,
            env=dict(os.environ, VENICE_API_KEY="many"))
        first = None
        while first is None:
            first = time.monotonic() - began if "calling " in (root / "log").read_text() else None
            if daemon.poll() is not None:
                sys.exit("the daemon has ended: " + (root / "log").read_text()[-2000:])
            time.sleep(0.005)
        while any(name.endswith(".json") for name in os.listdir(root / "inbox")):
            time.sleep(0.1)
        taken = time.monotonic() - began
        status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
        peak = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
        ledger = sqlite3.connect(f"file:{root}/spool/ledger.sqlite?mode=ro", uri=True)
        sources = [row[0] for row in ledger.execute("SELECT source FROM jobs ORDER BY id")]
        calls = [row[0] for row in ledger.execute(
            "SELECT source FROM calls JOIN jobs ON jobs.id = calls.job ORDER BY calls.started, calls.job")]
        numbers = [int(source.split("-")[1].split(".")[0]) for source in sources]
        ledger.close()
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()
        print(f"{options.files} files: first call after {first:.2f} s, {len(calls)} calls while they were taken; all taken "
              f"after {taken:.1f} s, {options.files / taken:.0f} a second; at most {peak:.0f} MB")
        broken = []
        if sorted(numbers) != list(range(options.files)):
            broken.append(f"{len(numbers)} jobs of {len(set(numbers))} files were made")
        # Files of one tick of the clock may come in any order.
        late = max((abs(number - place) for place, number in enumerate(numbers)), default=0)
        if late > options.files * 0.02 + 100:
            broken.append(f"a file is {late} places from where its arrival puts it")
        if sources[:len(calls)] != calls:
            broken.append("the calls were not made in the order of arrival")
        if first > options.first_call:
            broken.append("the first call came too late")
        if peak > options.megabytes:
            broken.append("it took too much memory")
        for words in broken:
            print(words)
        return 1 if broken else 0
    finally:
        for process in (daemon, sandbox):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(root)


sys.exit(main())
