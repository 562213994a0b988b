"""What `darkroom jobs` costs with 100,000 jobs in the ledger, with and without a daemon.

    long_queue.py measure PROGRAM SITE [JOBS [LISTED]]   makes a site with that many jobs, asks, and measures
    long_queue.py fill LEDGER JOBS                       writes jobs into a ledger that has none

LISTED is how many jobs the two long lists have: all, unless it is given.

Of ten jobs six wait for a time far away, one is held, two were published and one failed, each with the call that it had; so
a daemon has nothing to do but answer. `measure` prints one JSON object: for each command its seconds and the most memory
that it had, in MB, without a daemon and over its socket; of the daemon the memory when it has answered nothing yet, and at
most; and under `wrong` what was not answered as the ledger has it.
"""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

DAY = 86_400_000_000
# By an id's last digit: state, reason, state of the call. The rest of what waits does so for a time.
KINDS = [("queued", "capacity", "refused"), ("queued", "retry", "refused"), ("queued", "network", "not-sent"),
         ("queued", "capacity", "refused"), ("queued", "retry", "refused"), ("queued", "rate", None),
         ("held", "operator", None), ("published", None, "responded"), ("published", None, "responded"),
         ("failed", None, "refused")]
OPEN = ("queued", "calling", "responded", "held")


def job_id(milliseconds, number):
    text = f"{milliseconds:012x}7{number >> 20 & 0xfff:03x}8{number & 0xfffff:015x}"
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


def fill(path, count):
    ledger = sqlite3.connect(path)
    ledger.execute("PRAGMA synchronous = OFF")
    now = time.time_ns() // 1000
    begin = now - 3 * DAY

    def received(number):
        return begin + number * 3 * DAY // count

    def jobs():
        for number in range(count):
            state, reason, _ = KINDS[number % 10]
            if (state, number % 1000) == ("held", 6):
                reason = "unknown-outcome"
            at = received(number)
            name = f"picture-{number:06}"
            waits = now + 365 * DAY if state == "queued" else None
            error = "a model is overloaded" if reason == "capacity" else "status 400" if state == "failed" else None
            pipeline = ("web", "shop", "print")[number % 3]
            yield (job_id(at // 1000, number), name, pipeline, f"{pipeline}/{name}", pipeline, number % 3, "{}",
                   f"{pipeline}/{name}.json", f"{number}", "fail", "venice-sd35", state, reason, waits, at, at,
                   at if state == "published" else None, error)

    def calls():
        for number in range(count):
            state = "unknown" if number % 1000 == 6 else KINDS[number % 10][2]
            if state:
                at = received(number)
                charged = 10_000 if state == "responded" else None
                yield (job_id(at // 1000, number), state, at, at + 1_000_000, 10_000, charged, charged or 0)

    ledger.executemany("INSERT INTO jobs (id, name, output, place, pipeline, priority, labels, source, source_identity,"
                       " collision, model, state, reason, not_before, received, since, published, error)"
                       f" VALUES ({', '.join('?' * 18)})", jobs())
    ledger.execute(f"INSERT INTO places SELECT place, id FROM jobs WHERE state IN {OPEN}")
    ledger.executemany("INSERT INTO calls (job, ordinal, attempt, step, item, endpoint, model, state, headers, started,"
                       " finished, reserved, charged, counted)"
                       " VALUES (?, 1, 1, 1, 1, '/image/generate', 'venice-sd35', ?, '{}', ?, ?, ?, ?, ?)", calls())
    ledger.commit()
    ledger.close()


class Site:
    def __init__(self, program, folder, count, listed):
        self.program, self.root, self.count, self.listed = program, pathlib.Path(folder), count, listed
        for name in ("inbox", "pipelines"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        (self.root / "pipelines/default.yaml").write_text("outputs: [{ file: '{name}.png' }]\n")
        # Nobody answers at that port: no call is due, and the catalogue stays the one that is built in.
        (self.root / "darkroom.yaml").write_text(
            "".join(f"{name}: {self.root}/{name}\n" for name in ("inbox", "output", "failed", "spool", "pipelines"))
            + f"control: {self.root}/control.sock\napi: {{ base-url: 'http://127.0.0.1:9/api/v1' }}\n")
        self.ledger = self.root / "spool/ledger.sqlite"
        subprocess.run(self.command("run", "--once"), check=True, env=self.environment, stderr=subprocess.DEVNULL)
        # In a process of its own: what this one needs counts for its children (ru_maxrss, getrusage(2)).
        subprocess.run([sys.executable, __file__, "fill", self.ledger, str(count)], check=True)

    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "VENICE_API_KEY": "none"}

    def command(self, *arguments):
        return [self.program, *arguments, "--config", self.root / "darkroom.yaml"]

    def rows(self, query):
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as ledger:
            return ledger.execute(query).fetchall()

    def jobs(self, *arguments):
        """Seconds, megabytes at most, and what was printed, the lines counted."""
        answer = self.root / "answer"
        with open(answer, "wb") as output:
            began = time.monotonic()
            child = subprocess.Popen(self.command("jobs", *arguments), stdout=output, env=self.environment)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.monotonic() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"jobs {arguments} ended with {child.returncode}")
        return {"seconds": round(seconds, 2), "mb": round(usage.ru_maxrss / 1024)}, answer

    def questions(self):
        """Each command, and whether its answer is as the ledger has it."""
        total = self.count
        one, place = self.rows("SELECT id, place FROM jobs WHERE state = 'published' ORDER BY id DESC LIMIT 1")[0]

        def lines(expected):
            return lambda answer: sum(1 for _ in open(answer, "rb")) == expected

        def ids(expected):
            return lambda answer: [line.split()[0] for line in open(answer)][1:] == expected

        def shape(answer):
            document = json.load(open(answer))
            rows = self.rows(f"SELECT state, reason, count(*) FROM jobs WHERE state IN {OPEN} GROUP BY 1, 2")
            found = sorted((row["state"], row["reason"], row["total"]) for row in document["reasons"])
            return found == sorted(rows) and document["total"]["total"] == sum(row[2] for row in rows)

        def sums(answer):
            document = json.load(open(answer))
            return (sum(row["count"] for row in document["jobs"]), document["total"]["calls"]) == (total, 2 * total // 10)

        def listed(where, order, limit):
            return [row[0] for row in self.rows(f"SELECT id FROM jobs WHERE {where} ORDER BY id {order} LIMIT {limit}")]

        yield ["list", "--json", "--limit", f"{self.listed}"], lines(self.listed)
        yield ["list", "--limit", f"{self.listed}"], lines(self.listed + 1)
        yield ["list"], ids(listed("1", "", 1000))
        yield ["list", "--newest", "--limit", "20"], ids(listed("1", "DESC", 20))
        yield (["list", "--reason", "unknown-outcome"], ids(listed("reason = 'unknown-outcome'", "", 1000)))
        yield ["queue", "--json"], shape
        yield ["summary", "--json"], sums
        yield ["show", "--json", one], lambda answer: json.load(open(answer))["place"] == place
        yield (["hold", "--reason", "rate", "--pipeline", "web", "--dry-run", "--json"],
               lines(self.rows("SELECT count(*) FROM jobs WHERE reason = 'rate' AND pipeline = 'web'")[0][0]))

    def measure(self):
        figures, wrong = {}, []
        for arguments, is_right in self.questions():
            figure, answer = self.jobs(*arguments)
            figures[" ".join(arguments)] = {"alone": figure}
            if not is_right(answer):
                wrong.append(f"alone: {arguments}")
        daemon = subprocess.Popen(self.command("run"), env=self.environment, stderr=subprocess.DEVNULL)
        try:
            socket = self.root / "control.sock"
            while not socket.exists() and daemon.poll() is None:
                time.sleep(0.02)
            idle = self.memory(daemon)["VmRSS"]
            for arguments, is_right in self.questions():
                figure, answer = self.jobs(*arguments)
                figures[" ".join(arguments)]["daemon"] = figure
                if not is_right(answer):
                    wrong.append(f"daemon: {arguments}")
            peak = self.memory(daemon)["VmHWM"]
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()
        return {"jobs": self.count, "commands": figures, "daemon": {"idle": idle, "peak": peak}, "wrong": wrong}

    @staticmethod
    def memory(process):
        lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
        return {name: round(int(words.split()[0]) / 1024) for name, words in (line.split(":") for line in lines)
                if name in ("VmRSS", "VmHWM")}


def main():
    if sys.argv[1] == "fill":
        return fill(sys.argv[2], int(sys.argv[3]))
    program, folder, *counts = sys.argv[2:]
    count = int(counts[0]) if counts else 100_000
    listed = int(counts[1]) if counts[1:] else count
    print(json.dumps(Site(program, folder, count, listed).measure(), indent=1))


if __name__ == "__main__":
    main()
