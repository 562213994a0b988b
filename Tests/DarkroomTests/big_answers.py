"""How much memory the daemon takes while four answers of 25 MB each come in at once.

    big_answers.py serve PORT-FILE       an image API with very large answers
    big_answers.py measure PROGRAM SITE  runs the daemon against it, drops four requests, and measures its memory

The pictures have few pixels and one very large chunk, so that what is measured is bytes on their way, not pixels. The
four answers begin together. Their first half comes as fast as it is taken, faster than a disk may be; the second half
takes some seconds; and the end is held back until all that came lies in the spool. So the four are in flight together,
and the phase `streaming` ends before the first answer is whole.

Idle is what the daemon has when it is ready and a first small job went through. `measure` prints one JSON object:
megabytes at idle, and above it at the peak of each phase. VmHWM is the kernel's own high-water mark, set back at the
beginning of each phase, so no peak falls between two samples; RssAnon, the memory of its own, and RssFile, the mapped
pages of program and libraries, are sampled (proc(5), /proc/PID/status).
"""

import base64
import hashlib
import http.server
import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import threading
import time
import zlib

ANSWERS, PICTURE, SMALL = 4, 25 << 20, 64 << 10
# Of the second half of an answer; and of an answer at once.
SECONDS, PIECE = 2.0, 64 << 10
MODEL = {"id": "large", "type": "image", "object": "model", "owned_by": "test", "created": 1,
         "model_spec": {"name": "Large", "traits": [], "pricing": {"generation": {"usd": 0.01, "diem": 0.01}}}}


def picture(size):
    """A sound PNG of 64 x 64 pixels whose one private chunk makes it `size` bytes long."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes((x * 4, y * 4, (x ^ y) * 4)[channel] for x in range(64) for channel in range(3))
                    for y in range(64))
    header, pixels = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)), chunk(b"IDAT", zlib.compress(rows))
    signature, end = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
    room = size - len(signature + header + pixels + end) - 12
    return signature + header + chunk(b"prVt", random.Random(1).randbytes(room)) + pixels + end


class API(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.picture = picture(PICTURE)
        self.answer, self.small = (b'{"id":"generate-image-1","images":["' + base64.b64encode(bytes_)
                                   + b'"],"timing":{}}' for bytes_ in (self.picture, picture(SMALL)))
        self.together = threading.Barrier(ANSWERS)
        self.streaming, self.may_end = threading.Event(), threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/api/v1"

    @property
    def held_back(self):
        return len(self.answer) - PIECE


class Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def begin(self, length):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def do_GET(self):
        path, _, query = self.path.partition("?")
        answers = {
            "models": {"object": "list", "data": [MODEL] if "type=image" in query else []},
            "styles": {"object": "list", "data": ["Anime"]},
            "balance": {"canConsume": True, "consumptionCurrency": "USD", "balances": {"diem": None, "usd": 10}},
            "rate_limits": {"data": {"accessPermitted": True, "rateLimits": []}},
        }
        body = json.dumps(answers.get(path.rsplit("/", 1)[-1], {})).encode()
        self.begin(len(body))
        self.wfile.write(body)

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "small" in request["prompt"]:
            self.begin(len(self.server.small))
            self.wfile.write(self.server.small)
        else:
            self.stream(memoryview(self.server.answer))

    def stream(self, answer):
        self.server.together.wait(60)
        self.server.streaming.set()
        self.begin(len(answer))
        half = len(answer) // 2
        self.wfile.write(answer[:half])
        began = time.monotonic()
        for start in range(half, self.server.held_back, PIECE):
            ahead = began + SECONDS * (start - half) / half - time.monotonic()
            if ahead > 0: time.sleep(ahead)
            self.wfile.write(answer[start:min(start + PIECE, self.server.held_back)])
        self.server.may_end.wait()
        self.wfile.write(answer[self.server.held_back:])


class Memory:
    """Megabytes of a process, and the peaks that were seen."""

    def __init__(self, process):
        self.process, self.peaks = process, {}

    def read(self):
        with open(f"/proc/{self.process}/status") as status:
            lines = dict(line.split(":", 1) for line in status)
        return {key: int(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM", "RssAnon", "RssFile")}

    def settle(self):
        """What it has when it has had the same for half a second."""
        found, since = self.read(), time.monotonic()
        while time.monotonic() < since + 0.5:
            time.sleep(0.02)
            now = self.read()
            if abs(now["VmRSS"] - found["VmRSS"]) > 0.25: found, since = now, time.monotonic()
        return found

    def peak_until(self, condition, limit=60):
        """The peaks from now on until something is so, or the seconds are over."""
        # VmHWM begins anew (proc(5), clear_refs).
        pathlib.Path(f"/proc/{self.process}/clear_refs").write_text("5")
        peaks, end = self.read(), time.monotonic() + limit
        while not condition() and time.monotonic() < end:
            time.sleep(0.002)
            peaks = {key: max(peaks[key], value) for key, value in self.read().items()}
        return {key: max(peaks[key], value) for key, value in self.read().items()}


class Site:
    def __init__(self, path, url):
        self.path = pathlib.Path(path).resolve()
        for folder in ("inbox", "pipelines"):
            (self.path / folder).mkdir(parents=True)
        (self.path / "pipelines/default.yaml").write_text(
            "outputs: [{ file: '{name}.webp', resize: { width: 32 } }]\n")
        # Two workers on every machine: each has one original in memory.
        (self.path / "darkroom.yaml").write_text(f"""inbox: {self.path}/inbox
output: {self.path}/output
failed: {self.path}/failed
spool: {self.path}/spool
pipelines: {self.path}/pipelines
workers: 2
api: {{ base-url: "{url}", requests-per-minute: 1000, concurrency: {ANSWERS} }}
intake: {{ settle: 50ms }}
""")

    def drop(self, name):
        partial = self.path / f"inbox/.{name}.json"
        partial.write_text(json.dumps({"generate": {"model": "large", "prompt": f"A plain, {name}"}}))
        partial.rename(self.path / f"inbox/{name}.json")

    def has_catalogue(self):
        return b"catalogue" in (self.path / "run.log").read_bytes()

    def received(self):
        """Bytes of each answer that is under way, on the disk so far."""
        return sorted(file.stat().st_size for file in self.path.glob("spool/*/.*.part"))

    def published(self, names):
        return all((self.path / f"output/{name}/manifest.json").exists() for name in names)

    def digests(self, names):
        manifests = [json.loads((self.path / f"output/{name}/manifest.json").read_text()) for name in names]
        return {call["original"]["sha256"] for manifest in manifests for call in manifest["calls"]}


def measure(program, path):
    api = API()
    threading.Thread(target=api.serve_forever, daemon=True).start()
    site, names = Site(path, api.url), [f"large-{number}" for number in range(ANSWERS)]
    with open(site.path / "run.log", "wb") as log:
        daemon = subprocess.Popen([program, "run", "--config", site.path / "darkroom.yaml"], stdout=log, stderr=log,
                                  env={"PATH": "/usr/bin:/bin", "HOME": str(site.path)})
    try:
        memory = Memory(daemon.pid)
        memory.peak_until(site.has_catalogue)
        site.drop("small")
        memory.peak_until(lambda: site.published(["small"]))
        idle = memory.settle()
        for name in names: site.drop(name)
        memory.peak_until(api.streaming.is_set)
        peaks = {"streaming": memory.peak_until(lambda: site.received() == [api.held_back] * ANSWERS, limit=20)}
        received = site.received()
        api.may_end.set()
        peaks["until published"] = memory.peak_until(lambda: site.published(names), limit=30)
        peaks["afterwards"] = memory.settle()
    finally:
        daemon.terminate()
        daemon.wait()
    if not site.published(names): print((site.path / "run.log").read_text(), file=sys.stderr)
    return {
        "held back": api.held_back, "received": received,
        "whole": site.published(names) and site.digests(names) == {hashlib.sha256(api.picture).hexdigest()},
        "idle": {key: round(value, 1) for key, value in idle.items()},
        "above idle": {
            # The peak of before is none of an idle process.
            phase: {key: round(value - (idle["VmRSS"] if key == "VmHWM" else idle[key]), 1)
                    for key, value in figures.items() if phase != "afterwards" or key != "VmHWM"}
            for phase, figures in peaks.items()},
    }


def main():
    if sys.argv[1] == "serve":
        api = API()
        api.may_end.set()
        partial = pathlib.Path(sys.argv[2] + ".part")
        partial.write_text(str(api.server_address[1]))
        partial.rename(sys.argv[2])
        api.serve_forever()
    else:
        try:
            print(json.dumps(measure(*sys.argv[2:])))
        finally:
            shutil.rmtree(pathlib.Path(sys.argv[3]) / "spool", ignore_errors=True)


if __name__ == "__main__":
    main()
