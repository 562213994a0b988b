"""Holds a drained site against what was dropped into it, what the local API charged, and itself.

    drain_check.py SITE [--drained]

Prints one line for each thing that is not as it should be; nothing, and exit code 0, when all is well. `--drained` says
that no budget stands in the way any more, so that nothing may wait. The judge asks the program nothing: it reads files,
the log of charges, and the ledger with the sqlite3 program. Money is decimal.
"""

import hashlib
import json
import pathlib
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timezone
from decimal import Decimal
from functools import cached_property

from drain_requests import HELD, REFUSED, thousand

MILLION = 1_000_000
# Calls that fail in any half minute: the vendor blocks a key at 20, the daemon promises to stay below this.
FAILURES, WINDOW = 15, 30 * MILLION


def read(path):
    return json.loads(path.read_bytes(), parse_float=Decimal)


class Site:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.dropped = thousand()
        self.runs = read(self.folder / "runs.json")
        self.jobs = {row["id"]: row for row in self.rows("SELECT * FROM jobs")}
        self.calls = self.rows("SELECT * FROM calls ORDER BY job, ordinal, attempt")
        self.calls_of = {job: [] for job in self.jobs}
        for call in self.calls:
            call["key"] = f"{call['job']}-{call['ordinal']}"
            self.calls_of.setdefault(call["job"], []).append(call)
        self.charges = [json.loads(line, parse_float=Decimal)
                        for line in (self.folder / "charges.jsonl").read_text().splitlines()]
        for charge in self.charges:
            charge["usd"] = Decimal(charge["usd"])

    @cached_property
    def manifests(self):
        output = self.folder / "output"
        return {path.parent.relative_to(output).as_posix(): read(path) for path in sorted(output.rglob("manifest.json"))}

    @cached_property
    def reports(self):
        return {path: read(path) for path in sorted((self.folder / "failed").rglob("*.error.json"))}

    def rows(self, query):
        return rows(self.folder, query)

    def state(self, call):
        return self.jobs.get(call["job"], {}).get("state", "gone")

    def was_killed(self, job):
        """Whether a call of the job was under way when the daemon was killed."""
        last = self.calls_of[job["id"]][-1:]
        return any(last and last[0]["state"] == "unknown" and last[0]["status"] is None
                   and last[0]["started"] <= micro(killed) <= last[0]["finished"] for killed in self.runs["kills"])

    def waits_for_held(self, job):
        """Whether the job is to replace what a held one has not published yet."""
        return job["reason"] == "place" and any(
            other["place"] == job["place"] and other["state"] == HELD for other in self.jobs.values())


def sql(folder, *arguments):
    # Not read-only: that would leave the files of a write-ahead log behind.
    return subprocess.run(["sqlite3", *arguments[1:], f"{folder}/spool/ledger.sqlite", arguments[0]], check=True,
                          capture_output=True, text=True).stdout


def rows(folder, query):
    return json.loads(sql(folder, query, "-json") or "[]")


def micro(usd):
    return int(usd * MILLION)


def size(data):
    """Format, width and height by the first bytes; the rest is other tests' work."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        if data[12:16] == b"VP8X":
            return "webp", 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        if data[12:16] == b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return "webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        return "webp", int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 < len(data) and data[at] == 0xFF:
        if data[at + 1] in (0xC0, 0xC1, 0xC2):
            return "jpeg", int.from_bytes(data[at + 7:at + 9]), int.from_bytes(data[at + 5:at + 7])
        at += 2 + int.from_bytes(data[at + 2:at + 4])
    return "unknown", 0, 0


def endings(site, is_drained):
    """Every request ends in one place, and in the right one."""
    dropped = site.dropped
    left = {path.relative_to(site.folder / "inbox").as_posix()
            for path in (site.folder / "inbox").rglob("*") if path.is_file()}
    material = {path for path in dropped.files if path.startswith("photos/")}
    if left != material:
        yield f"the inbox should hold {sorted(material)}, and differs by {sorted(left ^ material)}"
    of_source = defaultdict(list)
    for job in site.jobs.values():
        of_source[job["source"]].append(job)
    refused, failed = defaultdict(list), defaultdict(list)
    for path, report in site.reports.items():
        request = path.with_name(path.name.removesuffix(".error.json"))
        if not request.is_file():
            yield f"{path} stands alone"
            continue
        if not report.get("error") or not report.get("next"):
            yield f"{path} gives no reason, or no way out"
        (failed if "job" in report else refused)[report["request"]].append((request, report))
    kept = {path for path in (site.folder / "failed").rglob("*") if path.is_file()} - set(site.reports)
    explained = {request for pairs in (*refused.values(), *failed.values()) for request, _ in pairs}
    for path in sorted(kept - explained):
        yield f"{path} lies in failed without a reason"
    for source in (of_source.keys() | refused.keys() | failed.keys()) - {request.source for request in dropped.requests}:
        yield f"{source} was never dropped"
    outcomes = defaultdict(list)
    for request in dropped.requests:
        jobs = of_source[request.source]
        if len(jobs) + len(refused[request.source]) != 1:
            yield f"{request.source} is {len(jobs)} jobs, and refused {len(refused[request.source])} times"
            continue
        for file, _ in refused[request.source] + failed[request.source]:
            if file.read_bytes() != request.data:
                yield f"{file} is not what was dropped"
        if not jobs:
            ending = REFUSED
        else:
            job = jobs[0]
            yield from _job(site, request, job, failed[request.source])
            ending = {"queued": "waiting"}.get(job["state"], job["state"])
        outcomes[request.rivals].append(ending)
        allowed = {request.fate}
        if request.rivals: allowed.add(REFUSED)
        if not is_drained and request.fate != REFUSED: allowed.add("waiting")
        if jobs and site.was_killed(jobs[0]): allowed.add(HELD)
        if jobs and site.waits_for_held(jobs[0]): allowed.add("waiting")
        if ending not in allowed:
            yield f"{request.source} is {ending}, and should be {' or '.join(sorted(allowed))}"
    for rivals, endings_ in outcomes.items():
        if rivals and Counter(endings_)[REFUSED] != len(endings_) - 1:
            yield f"of the rivals {rivals} all but one should be refused: {endings_}"


def _job(site, request, job, reports):
    where = f"{request.source} ({job['id']})"
    calls = site.calls_of[job["id"]]
    for key, expected in (("pipeline", request.pipeline), ("name", request.name), ("priority", request.priority)):
        if job[key] != expected:
            yield f"{where}: the ledger has {key} {job[key]!r}, the request {expected!r}"
    if json.loads(job["labels"]) != request.labels:
        yield f"{where}: labels {job['labels']}"
    if len(reports) != (job["state"] == "failed") or any(report["job"] != job["id"] for _, report in reports):
        yield f"{where} is {job['state']} and has {len(reports)} reports in failed"
    if job["state"] in ("queued", "held") and not (job["error"] and job["reason"] or job["reason"] == "place"):
        yield f"{where} is {job['state']} without a reason"
    if job["state"] not in ("published", "failed", "held", "queued"):
        yield f"{where} is still {job['state']}"
    if (job["state"] == "held") != any(call["state"] in ("unknown", "intended") for call in calls):
        yield f"{where} is {job['state']}, its calls {[call['state'] for call in calls]}"
    answered = [call for call in calls if call["state"] == "responded"]
    if job["state"] == "published" and len(answered) != len(request.prices):
        yield f"{where} is published with {len(answered)} answers, and asked for {len(request.prices)}"
    failures = sum(1 for call in calls if call["state"] in ("refused", "unknown"))
    spare = request.failures + 1 if site.was_killed(job) else request.failures if job["state"] == "queued" else 0
    if not request.failures - spare <= failures <= request.failures + (spare and 1):
        yield f"{where}: {failures} calls failed, and should be {request.failures}"
    if len(answered) > len(request.prices):
        yield f"{where} was answered {len(answered)} times, and asked for {len(request.prices)}"


def publications(site):
    """What is published is whole, and as its manifest and the ledger say."""
    documents = {request.source: request for request in site.dropped.requests}
    listed = defaultdict(list)
    for row in site.rows("SELECT * FROM outputs ORDER BY job, number"):
        listed[row["job"]].append(row)
    published = defaultdict(list)
    for job in site.jobs.values():
        if job["state"] == "published":
            published[job["place"]].append(job)
        elif listed[job["id"]]:
            yield f"{job['id']} is {job['state']} and has outputs in the ledger"
    for place in site.manifests.keys() - published.keys():
        yield f"output/{place} belongs to no published job"
    for place, jobs in published.items():
        # One that replaced another came later.
        job = max(jobs, key=lambda job: job["published"])
        if len(jobs) > 1 and job["collision"] != "replace":
            yield f"output/{place} was published by {len(jobs)} jobs"
        manifest = site.manifests.get(place)
        if manifest is None:
            yield f"output/{place} of {job['id']} has no manifest"
            continue
        folder = site.folder / "output" / place
        request = documents.get(job["source"])
        if manifest["job"] != job["id"] or manifest["pipeline"] != job["pipeline"]:
            yield f"{folder}: the manifest is that of job {manifest['job']}"
        if manifest["labels"] != json.loads(job["labels"]):
            yield f"{folder}: labels {manifest['labels']}"
        if request and request.document is not None and manifest["request"] != request.document:
            yield f"{folder}: the manifest's request is not the one that was dropped"
        files = {path.name for path in folder.iterdir() if path.is_file()}
        if files != {output["file"] for output in manifest["outputs"]} | {"manifest.json"} or len(files) < 2:
            yield f"{folder} holds {sorted(files)}"
        facts = ("file", "variant", "format", "width", "height", "bytes", "sha256", "metadata")
        if [[row[fact] for fact in facts] for row in listed[job["id"]]] != [
                [output[fact] for fact in facts] for output in manifest["outputs"]]:
            yield f"{folder}: the ledger lists other outputs than the manifest"
        for output in manifest["outputs"]:
            file = folder / output["file"]
            data = file.read_bytes() if file.is_file() else b""
            seen = (len(data), hashlib.sha256(data).hexdigest(), *size(data))
            if seen != tuple(output[fact] for fact in ("bytes", "sha256", "format", "width", "height")):
                yield f"{file} is {seen}, and the manifest says {output}"
        yield from _calls(site, folder, manifest)
    for path in (site.folder / "output").rglob("*"):
        place = path.parent.relative_to(site.folder / "output").as_posix()
        if path.is_file() and place not in published and path.name != "theirs.txt":
            yield f"{path} belongs to no job"
    if (site.folder / "output/stranger/theirs.txt").read_text() != "not yours\n":
        yield "the stranger's file is another"


def _calls(site, folder, manifest):
    prices = {charge["key"]: charge["usd"] for charge in site.charges}
    answered = [call["key"] for call in site.calls_of[manifest["job"]] if call["state"] == "responded"]
    if [call["key"] for call in manifest["calls"]] != answered:
        yield f"{folder}: the manifest's calls are {manifest['calls']}, the ledger's {answered}"
    for call in manifest["calls"]:
        usd = call["usd"] if call["usd"] is not None else call.get("at-most-usd")
        is_right = prices.get(call["key"], 0) <= usd if call["usd"] is None else prices.get(call["key"]) == usd
        if call["charged"] is not True or not is_right:
            yield f"{folder}: the manifest says {call.get('usd')} USD of {call['key']}, the charges {prices.get(call['key'])}"
        if not call.get("original"):
            yield f"{folder}: {call['key']} has no original"


def blobs(site):
    """What was paid for is kept, to the byte."""
    for call in site.calls:
        if call["state"] == "responded" and not (site.folder / "spool" / call["job"] / call["body"]).is_file():
            yield f"the answer to {call['key']} is not kept"
    for row in site.rows("SELECT * FROM originals"):
        file = site.folder / "spool" / row["job"] / row["file"]
        data = file.read_bytes() if file.is_file() else b""
        if (len(data), hashlib.sha256(data).hexdigest()) != (row["bytes"], row["sha256"]):
            yield f"{file} is not the original that the ledger says"
    for folder in (path for path in (site.folder / "spool").iterdir() if path.is_dir()):
        if folder.name not in site.jobs:
            yield f"{folder} belongs to no job"
    for staging in (site.folder / "output/.darkroom", site.folder / "failed/.darkroom"):
        if staging.is_dir() and any(staging.iterdir()):
            yield f"{staging} was not cleaned: {sorted(path.name for path in staging.iterdir())}"


def charges(site):
    """kept answers <= charges <= kept answers + held calls; each charge without an answer belongs to a held job."""
    of_key = Counter(charge["key"] for charge in site.charges)
    for key, count in of_key.items():
        if count > 1 or key is None:
            yield f"{key} was charged {count} times"
    by_key = {charge["key"]: charge for charge in site.charges}
    calls = {}
    for call in site.calls:
        if call["key"] in calls and calls[call["key"]]["state"] not in ("refused", "not-sent"):
            yield f"{call['key']} was tried again after it was {calls[call['key']]['state']}"
        calls[call["key"]] = call
    kept = {key for key, call in calls.items() if call["state"] == "responded"
            and call["body"] and (site.folder / "spool" / call["job"] / call["body"]).is_file()}
    held = {key for key, call in calls.items() if call["state"] == "unknown"}
    if not len(kept) <= len(site.charges) <= len(kept) + len(held):
        yield f"{len(kept)} kept answers, {len(site.charges)} charges, {len(held)} held calls"
    for key in sorted(kept - by_key.keys()):
        yield f"{key} was answered and never charged"
    for key in sorted(by_key.keys() - kept):
        call = calls.get(key)
        if call is None:
            yield f"{key} was charged, and the ledger knows no such call"
        elif key not in held or site.state(call) != "held":
            yield f"{key} was charged, has no kept answer, and its job is {site.state(call)}"
    unpriced = set()
    for key in by_key.keys() & calls.keys():
        charge, call = by_key[key], calls[key]
        if (charge["endpoint"], charge["model"]) != (call["endpoint"].removeprefix("/api/v1"), call["model"]):
            yield f"{key}: charged for {charge['endpoint']} {charge['model']}, called {call['endpoint']} {call['model']}"
        # What is not certain is no charge: what was set aside goes on counting.
        if call["state"] == "responded" and call["charged"] is None:
            unpriced.add(key)
            if call["counted"] < micro(charge["usd"]):
                yield f"{key}: counts as {call['counted']} millionths, the charges say {charge['usd']}"
        elif call["state"] == "responded" and call["charged"] != micro(charge["usd"]):
            yield f"{key}: the ledger says {call['charged']} millionths, the charges {charge['usd']}"
        if call["reserved"] < micro(charge["usd"]):
            yield f"{key}: {call['reserved']} millionths were set aside, {charge['usd']} charged"
    if len(unpriced) > len(kept) // 10:
        yield f"{len(unpriced)} of {len(kept)} answers have no certain price"
    answered = sum(micro(by_key[key]["usd"]) for key in (kept - unpriced) & by_key.keys())
    summed = site.rows("SELECT coalesce(sum(charged), 0) AS usd FROM calls WHERE state = 'responded'")[0]["usd"]
    if answered != summed:
        yield f"the ledger sums to {summed} millionths for answered calls, the charges to {answered}"
    of_source = {request.source: request for request in site.dropped.requests}
    for job in site.jobs.values():
        prices = Counter(micro(price) for price in of_source[job["source"]].prices) if job["source"] in of_source else {}
        paid = Counter(micro(by_key[key]["usd"]) for key in kept & by_key.keys() if calls[key]["job"] == job["id"])
        if paid - prices:
            yield f"{job['source']} paid {dict(paid)} millionths, and should pay {dict(prices)}"


def budgets(site, is_drained):
    """No day and no job beyond what was allowed while it was spent; and what was allowed was used."""
    started = {call["key"]: call["started"] for call in site.calls}
    days = {micro(run["ended"]): micro(Decimal(run["per-day-usd"])) for run in site.runs["runs"]}
    for ended, limit in days.items():
        spent = Counter()
        for charge in site.charges:
            if started.get(charge["key"], 0) <= ended:
                spent[_day(started.get(charge["key"], 0))] += micro(charge["usd"])
        for day, usd in spent.items():
            if usd > limit:
                yield f"{usd} millionths were charged on {day} by {ended}, when {limit} were allowed"
    counted = Counter()
    for call in site.calls:
        counted[_day(call["started"])] += call["counted"]
    for row in site.rows("SELECT * FROM days"):
        if row["counted"] != counted[_day(row["day"])]:
            yield f"the ledger counts {row['counted']} for {_day(row['day'])}, its calls {counted[_day(row['day'])]}"
    waiting = [job for job in site.jobs.values() if job["reason"] == "budget"]
    limit = list(days.values())[-1]
    if is_drained == bool(waiting):
        yield f"{len(waiting)} jobs wait for the budget"
    if waiting and len(counted) == 1:
        # Jobs that wait have a next call that is dearer than what is left.
        prices = {request.source: request.prices for request in site.dropped.requests}
        least = min(min(micro(price) for price in prices[job["source"]]) for job in waiting)
        left = limit - max(counted.values())
        if left >= least and all(len(set(prices[job["source"]])) == 1 for job in waiting):
            yield f"{left} millionths of the day are left, and a job waits that needs {least}"
    per_job = Counter()
    for charge in site.charges:
        per_job[charge["key"].rsplit("-", 1)[0]] += micro(charge["usd"])
    for job, usd in per_job.items():
        if usd > micro(Decimal(site.runs["per-job-usd"])):
            yield f"job {job} was charged {usd} millionths"


def _day(microseconds):
    return datetime.fromtimestamp(microseconds / MILLION, timezone.utc).date()


def pace(site):
    """Failed calls stay far apart, and what is urgent goes first."""
    failed = sorted(call["finished"] for call in site.calls if call["state"] in ("refused", "unknown"))
    for index, time in enumerate(failed):
        count = sum(1 for other in failed[index:] if other < time + WINDOW)
        if count >= FAILURES:
            yield f"{count} calls failed within the 30 s from {time}"
            break
    for call in site.calls:
        if call["state"] == "intended" or call["finished"] is None:
            yield f"{call['key']} never ended"
    first = {job: calls[0]["started"] for job, calls in site.calls_of.items() if calls}
    turns = defaultdict(list)
    for job, time in first.items():
        turns[site.jobs[job]["priority"] if job in site.jobs else 0].append(time)
    medians = [statistics.median(turns[priority]) for priority in sorted(turns, reverse=True)]
    if medians != sorted(medians):
        yield f"priorities {sorted(turns, reverse=True)} began at {medians}"


def soundness(site):
    for pragma in ("integrity_check", "foreign_key_check"):
        said = sql(site.folder, f"PRAGMA {pragma}").strip()
        if said not in ("ok", ""):
            yield f"PRAGMA {pragma}: {said}"


def disagreements(folder, is_drained):
    site = Site(folder)
    yield from soundness(site)
    yield from endings(site, is_drained)
    yield from publications(site)
    yield from blobs(site)
    yield from charges(site)
    yield from budgets(site, is_drained)
    yield from pace(site)


def main():
    found = list(disagreements(sys.argv[1], "--drained" in sys.argv[2:]))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
