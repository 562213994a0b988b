#!/usr/bin/env python3
"""How fast the daemon is from the inbox to the API, and from end to end, beside the bare cost of its durable writes.

    daemon.py latency PROGRAM [REQUESTS]   from a request's rename into the inbox to its first byte at the API
    daemon.py jobs PROGRAM [REQUESTS]      jobs a second, inbox to published directory, against `PROGRAM sandbox`

Everything lies in a temporary directory beneath $TMPDIR, or where --site says: it has to be on the disk that is meant.
The bare cost is that of as many writes with fsync as the daemon was seen to make (counted by strace in a run of its own),
one after another, on the same disk.
"""

import argparse
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

PIPELINE = "outputs:\n  - { file: '{name}.webp', method: 0 }\n"
REQUEST = {"generate": {"model": "venice-sd35", "prompt": "A canal", "width": 64, "height": 64, "format": "png"}}


def picture():
    """64 x 64 pixels of a gradient, as PNG."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(v for x in range(64) for v in (x * 4, y * 4, 128)) for y in range(64))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Site:
    """The folders of one daemon, and its configuration."""

    def __init__(self, program, where):
        self.program = program
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="darkroom-benchmark-", dir=where))
        for name in ("inbox", "staging", "pipelines"):
            (self.root / name).mkdir()
        (self.root / "pipelines/default.yaml").write_text(PIPELINE)
        self.ledger = self.root / "spool/ledger.sqlite"

    def configure(self, port, concurrency=8):
        (self.root / "darkroom.yaml").write_text(
            "".join(f"{name}: {self.root}/{name}\n" for name in ("inbox", "output", "failed", "spool", "pipelines"))
            + f"api:\n  base-url: http://127.0.0.1:{port}/api/v1\n  requests-per-minute: 100000\n"
            + f"  concurrency: {concurrency}\nbudget: {{ per-job-usd: none, per-day-usd: none }}\n")

    def drop(self, name):
        """Renames a request in, and tells when: seconds on the monotonic clock."""
        text = json.dumps({"name": name, **REQUEST})
        staged = self.root / "staging" / name
        staged.write_text(text)
        began = time.monotonic()
        os.rename(staged, self.root / f"inbox/{name}.json")
        return began

    def start(self, *command, before=()):
        return subprocess.Popen(
            [*before, self.program, "run", *command, "--config", self.root / "darkroom.yaml"], stdout=subprocess.DEVNULL,
            stderr=open(self.root / "log", "ab"), env=dict(os.environ, VENICE_API_KEY="benchmark"))

    def published(self):
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as ledger:
            return ledger.execute("SELECT count(*) FROM jobs WHERE state = 'published'").fetchone()[0]

    def bare(self, writes):
        """Seconds for so many writes of 4 KiB, each to a file of its own, each synced."""
        folder = self.root / "bare"
        folder.mkdir()
        began = time.monotonic()
        for number in range(writes):
            file = os.open(folder / str(number), os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(file, b"x" * 4096)
            os.fsync(file)
            os.close(file)
        return time.monotonic() - began

    def remove(self):
        shutil.rmtree(self.root)


class FirstBytes:
    """An API that notes when a call's first byte comes, and answers with one small picture."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.times = {}
        self.picture = base64.b64encode(picture()).decode()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(peer,), daemon=True).start()

    def answer(self, peer):
        with peer:
            data = peer.recv(65536)
            now = time.monotonic()
            while b"\r\n\r\n" not in data:
                data += peer.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = int((re.search(rb"(?i)content-length: (\d+)", head) or [0, b"0"])[1])
            while len(body) < length:
                body += peer.recv(65536)
            if not head.startswith(b"POST"):
                peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            self.times[len(self.times)] = now
            answer = json.dumps({"id": "generate-image-1", "images": [self.picture], "timing": {}}).encode()
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                         + str(len(answer)).encode() + b"\r\n\r\n" + answer)


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("it took too long")
        time.sleep(0.0005)


def latency(site, requests):
    """One request at a time, each after the one before is published."""
    api = FirstBytes()
    site.configure(api.port)
    daemon = site.start()
    wait_until(site.ledger.exists, 10)
    time.sleep(1)
    found = []
    for number in range(requests + 5):
        count = len(api.times)
        began = site.drop(f"r{number:05}")
        wait_until(lambda: len(api.times) > count, 10)
        found.append((api.times[count] - began) * 1000)
        wait_until(lambda: site.published() > number, 10)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait()
    # The first calls find cold caches.
    found = sorted(found[5:])
    return {"requests": requests, "median-ms": round(statistics.median(found), 2),
            "p99-ms": round(found[int(len(found) * 0.99)], 2), "worst-ms": round(found[-1], 2)}


def jobs(site, requests):
    """All at once, `--once`: from the start of the program to its end."""
    for number in range(requests):
        site.drop(f"r{number:05}")
    port = site.root / "port"
    api = subprocess.Popen([site.program, "sandbox", "--port-file", port], stderr=subprocess.DEVNULL)
    wait_until(lambda: port.exists() and port.read_text().strip(), 10)
    site.configure(port.read_text().strip())
    began = time.monotonic()
    status = site.start("--once").wait()
    seconds = time.monotonic() - began
    usage = os.times()
    api.terminate()
    api.wait()
    if status or site.published() != requests:
        raise SystemExit(f"exit code {status}, {site.published()} of {requests} published: {site.root}/log")
    with sqlite3.connect(f"file:{site.ledger}?mode=ro", uri=True) as ledger:
        first, last = ledger.execute("SELECT min(received), max(published) FROM jobs").fetchone()
    return {"requests": requests, "seconds": round(seconds, 2), "jobs-a-second": round(requests / seconds, 1),
            "from-first-accepted-to-last-published": round((last - first) / 1e6, 2),
            "processor-seconds-of-both": round(usage.children_user + usage.children_system, 2)}


def synced(program, where):
    """How often a job is synced, counted over a run of 20."""
    site = Site(program, where)
    try:
        for number in range(20):
            site.drop(f"r{number:05}")
        port = site.root / "port"
        api = subprocess.Popen([program, "sandbox", "--port-file", port], stderr=subprocess.DEVNULL)
        wait_until(lambda: port.exists() and port.read_text().strip(), 10)
        site.configure(port.read_text().strip())
        counts = site.root / "counts"
        site.start("--once", before=["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", counts]).wait()
        api.terminate()
        api.wait()
        return len(re.findall(r"(?:fsync|fdatasync)\(", counts.read_text())) / 20
    finally:
        site.remove()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("measure", choices=["latency", "jobs"])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("requests", type=int, nargs="?", default=300)
    parser.add_argument("--site", help="a directory on the disk that is meant")
    options = parser.parse_args()
    site = Site(options.program.resolve(), options.site)
    try:
        result = {"latency": latency, "jobs": jobs}[options.measure](site, options.requests)
        if options.measure == "jobs":
            result["syncs-a-job"] = synced(site.program, options.site)
            result["bare-seconds"] = round(site.bare(int(result["syncs-a-job"] * options.requests)), 2)
        print(json.dumps(result, indent=1))
    finally:
        site.remove()


sys.exit(main())
