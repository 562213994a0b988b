"""Holds what `darkroom jobs` says against what the local API charged, and against the ledger by the sqlite3 program.

    jobs_ledger.py PROGRAM SITE

Of a job whose source begins with `unpriced` the catalogue has no price; one whose source has `rewritten` in it has a price
that is assumed in part, as it turns out to be; one whose source begins with `lost` is held after a
call whose outcome nobody knows. So that there are two days, every other job is moved a day back first, in the ledger and in
the log of charges. Prints what is not as it should be.
"""

import json
import pathlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal

UNKNOWN_MODEL = Decimal("0.250001")
DAY = 86_400_000_000


class Site:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def jobs(self, *arguments):
        run = subprocess.run([self.program, "jobs", *arguments, "--config", self.folder / "darkroom.yaml"],
                             capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
        if run.returncode != 0:
            raise SystemExit(f"jobs {arguments}: exit code {run.returncode}\n{run.stderr}")
        return run.stdout

    def documents(self, *arguments):
        return [json.loads(line, parse_float=Decimal) for line in self.jobs(*arguments, "--json").splitlines()]

    def rows(self, query):
        found = subprocess.run(["sqlite3", "-json", self.folder / "spool/ledger.sqlite", query], check=True,
                               capture_output=True, text=True).stdout
        return json.loads(found or "[]")

    def charges(self):
        lines = (self.folder / "charges.jsonl").read_text().splitlines()
        return [json.loads(line, parse_float=Decimal) for line in lines]


def two_days(site):
    moved = {row["id"] for row in site.rows("SELECT id FROM jobs ORDER BY id")[::2]}
    listed = ",".join(f"'{job}'" for job in moved)
    site.rows(f"UPDATE calls SET started = started - {DAY}, finished = finished - {DAY} WHERE job IN ({listed})")
    lines = []
    for charge in site.charges():
        if charge["key"].rsplit("-", 1)[0] in moved:
            time = datetime.fromisoformat(charge["time"].replace("Z", "+00:00")) - timedelta(days=1)
            charge["time"] = time.isoformat().replace("+00:00", "Z")
        lines.append(json.dumps(charge, default=str) + "\n")
    (site.folder / "charges.jsonl").write_text("".join(lines))


def expected(site, by, since=""):
    """{key: [calls, usd, unpriced, uncertain]}, from the charges."""
    jobs = {row["id"]: row for row in site.rows("SELECT * FROM jobs")}
    sums = defaultdict(lambda: [0, Decimal(0), Decimal(0), Decimal(0)])
    for charge in site.charges():
        job = jobs[charge["key"].rsplit("-", 1)[0]]
        isUnpriced, isLost = job["source"].startswith("unpriced"), job["source"].startswith("lost")
        model = "no-such-model" if isUnpriced else charge["model"]
        whole = {"day": charge["time"][:10], "pipeline": job["pipeline"], "model": model}
        if whole["day"] < since:
            continue
        found = sums[tuple(whole[name] for name in ([by] if by else whole))]
        found[0] += not isLost
        if isUnpriced:
            found[2] += UNKNOWN_MODEL
        elif "rewritten" in job["source"]:
            found[2] += Decimal(charge["usd"])
        elif isLost:
            found[3] += Decimal(charge["usd"])
        else:
            found[1] += Decimal(charge["usd"])
    return dict(sums)


def figures(line):
    return [line["calls"], *(Decimal(line[name]) for name in ("usd", "unpriced-usd", "uncertain-usd"))]


def summaries(site):
    days = sorted({charge["time"][:10] for charge in site.charges()})
    if len(days) < 2:
        yield f"there is only {days}"
    for by in (None, "day", "pipeline", "model"):
        for since in ("", days[-1]):
            arguments = (["--by", by] if by else []) + (["--since", since] if since else [])
            (document,) = site.documents(*arguments)
            right = expected(site, by, since)
            found = {tuple(line[name] for name in ([by] if by else ["day", "pipeline", "model"])): figures(line)
                     for line in document["charges"]}
            if found != right:
                yield f"jobs {arguments}: {found} instead of {right}"
            if list(found) != sorted(found):
                yield f"jobs {arguments}: not in order: {list(found)}"
            total = [sum(column) for column in zip(*right.values())]
            if figures(document["total"]) != total:
                yield f"jobs {arguments}: the total is {document['total']}, the charges' {total}"
            table = [line.split() for line in site.jobs(*arguments).split("\n\n")[1].splitlines()[1:]]
            shown = [line[:-4] + [int(line[-4]), *map(Decimal, line[-3:])] for line in table]
            if shown != [[*key, *right[key]] for key in sorted(right)] + [["total", *total]]:
                yield f"jobs {arguments}: the table is {shown}"
    states = Counter((row["state"], row["reason"]) for row in site.rows("SELECT * FROM jobs"))
    if {(line["state"], line["reason"]): line["count"] for line in document["jobs"]} != dict(states):
        yield f"{document['jobs']} instead of {states}"


def time(microseconds):
    if microseconds is None:
        return None
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def shown(job):
    """A row of the ledger as `jobs list --json` should have it."""
    same = {name: job[name] for name in ("name", "state", "reason", "pipeline", "place", "priority", "error")}
    return {"job": job["id"], "request": job["source"], "labels": json.loads(job["labels"]), "until": None, **same,
            **{name: time(job[name]) for name in ("received", "since", "published")}}


def unaged(document):
    """Takes the ages out, which are right when they have reached whole seconds since."""
    now = datetime.now(timezone.utc)
    for name, since in (("age-seconds", "received"), ("state-seconds", "since")):
        age = (now - datetime.fromisoformat(document[since].replace("Z", "+00:00"))).total_seconds()
        if not 0 <= age - document.pop(name, -1_000) < 60:
            raise SystemExit(f"{name} is not {age} of {document}")
    return document


def lists(site):
    for arguments, where, last in [
            ([], "1", "id"), (["--newest"], "1", "id DESC"), (["--limit", "3"], "1", "id LIMIT 3"),
            (["--newest", "--limit", "2"], "1", "id DESC LIMIT 2"), (["--state", "held"], "state = 'held'", "id"),
            (["--state", "failed", "--state", "published", "--pipeline", "web"],
             "state IN ('failed', 'published') AND pipeline = 'web'", "id")]:
        rows = [shown(row) for row in site.rows(f"SELECT * FROM jobs WHERE {where} ORDER BY {last}")]
        found = [unaged(document) for document in site.documents("list", *arguments)]
        if not rows or found != rows:
            yield f"jobs list {arguments}: {found} instead of {rows}"
        words = [line.split()[0] for line in site.jobs("list", *arguments).splitlines()[1:]]
        if words != [row["job"] for row in rows]:
            yield f"jobs list {arguments}: the table has {words}"


def micro(usd):
    return None if usd is None else int(Decimal(usd) * 1_000_000)


def shows(site):
    for row in site.rows("SELECT * FROM jobs"):
        (document,) = site.documents("show", row["id"])
        of = f"WHERE job = '{row['id']}' ORDER BY"
        calls = site.rows(f"SELECT * FROM calls {of} ordinal, attempt")
        outputs = site.rows(f"SELECT * FROM outputs {of} number")
        warnings = [line["warning"] for line in site.rows(f"SELECT * FROM warnings {of} number")]
        names = ("ordinal", "attempt", "step", "item", "endpoint", "model", "state", "status", "error", "reused")
        right = [{**{name: call[name] for name in names}, "key": f"{row['id']}-{call['ordinal']}",
                  "started": time(call["started"]), "finished": time(call["finished"]),
                  "usd": {"responded": call["charged"], "unknown": None}.get(call["state"], 0),
                  "charge": {"responded": "charged", "unknown": "perhaps charged"}.get(call["state"], "not charged"),
                  "reserved-usd": call["reserved"]} for call in calls]
        found = [{**call, "usd": micro(call["usd"]), "reserved-usd": micro(call["reserved-usd"])}
                 for call in document.pop("calls")]
        if found != right:
            yield f"jobs show {row['source']}: {found} instead of {right}"
        facts = ("file", "variant", "format", "width", "height", "bytes", "sha256", "metadata")
        if document.pop("outputs") != [{fact: output[fact] for fact in facts} for output in outputs]:
            yield f"jobs show {row['source']}: other outputs than {outputs}"
        if document.pop("warnings") != warnings:
            yield f"jobs show {row['source']}: other warnings than {warnings}"
        if document.pop("deliveries") != []:
            yield f"jobs show {row['source']}: deliveries, and its pipeline has none"
        # Of what is held because nobody knows, the API is asked.
        if ("reconciliation" in document) != (row["reason"] == "unknown-outcome"):
            yield f"jobs show {row['source']}: {document.get('reconciliation')}, and it is {row['state']}"
        document.pop("reconciliation", None)
        if (document.pop("hindrance") is None) != (row["reason"] is None):
            yield f"jobs show {row['source']}: it does not say why it is {row['state']} because of {row['reason']}"
        if unaged(document) != shown(row):
            yield f"jobs show {row['source']}: {document} instead of {shown(row)}"
        words = site.jobs("show", row["id"])
        for call in calls:
            usd = micro_words(call)
            if not any(line.startswith(f"call {call['ordinal']}.{call['attempt']} ") and usd in line
                       for line in words.splitlines()):
                yield f"jobs show {row['source']} does not say '{usd}' of call {call['ordinal']}.{call['attempt']}: {words}"


def micro_words(call):
    def dollars(value):
        digits = f"{Decimal(value) / 1_000_000:.6f}".rstrip("0")
        return digits + "0" * max(0, 2 - len(digits.split(".")[1])) + " USD"
    if call["state"] == "responded":
        return dollars(call["charged"]) if call["charged"] is not None else "charged, price not known"
    return f"perhaps charged, at most {dollars(call['reserved'])}" if call["state"] == "unknown" else "not charged"


def main():
    site = Site(*sys.argv[1:])
    two_days(site)
    found = [*summaries(site), *lists(site), *shows(site)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
