"""Breaks copies of a drained site on purpose, one thing at a time: a judge that sees nothing would pass everything.

    drain_distrust.py SITE

Prints each break that drain_check.py does not see; nothing, and exit code 0, when it sees all of them.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import drain_check


def rewrite(path, change):
    """Copies are links: a file is replaced, never written into."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(change(data))


def first(site, pattern):
    return next(path for path in sorted(site.glob(pattern)) if ".darkroom" not in path.parts)


def charge(change):
    """Changes the list of charges."""
    def broken(site):
        def changed(data):
            lines = [json.loads(line) for line in data.splitlines()]
            return "".join(json.dumps(line) + "\n" for line in change(lines)).encode()
        rewrite(site / "charges.jsonl", changed)
    return broken


def ledger(statement):
    def broken(site):
        rewrite(site / "spool/ledger.sqlite", bytes)
        subprocess.run(["sqlite3", site / "spool/ledger.sqlite", "PRAGMA ignore_check_constraints = ON;" + statement],
                       check=True, capture_output=True)
    return broken


def job(state):
    return f"(SELECT id FROM jobs WHERE state = '{state}' ORDER BY id LIMIT 1)"


def answered(site):
    row = drain_check.rows(site, "SELECT job, body FROM calls WHERE state = 'responded' ORDER BY job LIMIT 1")[0]
    return site / "spool" / row["job"] / row["body"]


def flip(data):
    return data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]


def dearer(lines):
    lines[7]["usd"] += 0.000001
    return lines


def ended(site):
    return drain_check.endings(site, is_drained=True)


def within_budget(site):
    return drain_check.budgets(site, is_drained=True)


LEDGER, CHARGES = "spool/ledger.sqlite", "charges.jsonl"
WEB = "output/web/*/*.jpg"

# What is broken, the part of the site that is, how, which of the judges should see it, and a word of what it should say.
BREAKS = [
    ("a charge is lost", CHARGES, charge(lambda lines: lines[:5] + lines[6:]), drain_check.charges, "never charged"),
    ("a call is charged twice", CHARGES, charge(lambda lines: lines + [lines[3] | {"id": "other"}]),
     drain_check.charges, "was charged 2 times"),
    ("a charge of nobody", CHARGES, charge(lambda lines: lines + [lines[3] | {"key": "nobody-1"}]),
     drain_check.charges, "knows no such call"),
    ("a charge is a millionth dearer", CHARGES, charge(dearer), drain_check.charges, "millionths, the charges"),
    ("a bit of an output", "output", lambda site: rewrite(first(site, WEB), flip), drain_check.publications,
     "and the manifest says"),
    ("an output is missing", "output", lambda site: first(site, WEB).unlink(), drain_check.publications, "holds ["),
    ("a file too many", "output", lambda site: (first(site, WEB).parent / "more.jpg").write_bytes(b""),
     drain_check.publications, "holds ["),
    ("a directory is missing", "output", lambda site: shutil.rmtree(first(site, WEB).parent), drain_check.publications,
     "has no manifest"),
    ("a directory of nobody", "output", lambda site: shutil.copytree(first(site, WEB).parent, site / "output/new"),
     drain_check.publications, "belongs to no published job"),
    ("another sum in a manifest", "output", lambda site: rewrite(
        first(site, "output/web/*/manifest.json"), lambda data: data.replace(b'"sha256": "', b'"sha256": "0')),
     drain_check.publications, "and the manifest says"),
    ("another price in a manifest", "output", lambda site: rewrite(
        first(site, "output/cut/*/manifest.json"), lambda data: data.replace(b'"usd": 0.03', b'"usd": 0.02')),
     drain_check.publications, "USD of"),
    ("a stranger's file", "output", lambda site: rewrite(site / "output/stranger/theirs.txt", bytes.upper),
     drain_check.publications, "stranger"),
    ("something is staged", "output", lambda site: (site / "output/.darkroom/left").mkdir(), drain_check.blobs,
     "was not cleaned"),
    ("a reason is missing", "failed", lambda site: first(site, "failed/**/*.error.json").unlink(), ended,
     "without a reason"),
    ("a refused request is missing", "failed", lambda site: first(site, "failed/wrong/*.yaml").unlink(), ended,
     "stands alone"),
    ("a refused request is another", "failed", lambda site: rewrite(first(site, "failed/wrong/*.yaml"), bytes.upper),
     ended, "is not what was dropped"),
    ("a request is left", "inbox", lambda site: (site / "inbox/left.json").write_text("{}"), ended,
     "the inbox should hold"),
    ("an answer is missing", "spool", lambda site: answered(site).unlink(), drain_check.blobs, "is not kept"),
    ("a bit of an original", "spool", lambda site: rewrite(first(site, "spool/*/original-*"), flip), drain_check.blobs,
     "is not the original"),
    ("a job vanishes", LEDGER, ledger(f"DELETE FROM jobs WHERE id = {job('published')}"), ended, "is 0 jobs"),
    ("calls of no job", LEDGER, ledger(f"DELETE FROM jobs WHERE id = {job('published')}"), drain_check.soundness,
     "foreign_key_check"),
    ("a job is published by word only", LEDGER, ledger(f"UPDATE jobs SET state = 'published' WHERE id = {job('held')}"),
     ended, "should be held"),
    ("a held job is forgotten", LEDGER, ledger(f"UPDATE jobs SET state = 'failed' WHERE id = {job('held')}"),
     drain_check.charges, "its job is failed"),
    ("a job is held for no reason", LEDGER, ledger(f"UPDATE jobs SET reason = NULL WHERE id = {job('held')}"), ended,
     "held without a reason"),
    ("a job is left amid a call", LEDGER, ledger(f"UPDATE jobs SET state = 'calling' WHERE id = {job('published')}"),
     ended, "is still calling"),
    ("a charge in the ledger", LEDGER, ledger("UPDATE calls SET charged = charged + 1 WHERE job = " + job("published")),
     drain_check.charges, "the ledger sums to"),
    ("a day's sum", LEDGER, ledger("UPDATE days SET counted = counted + 1"), within_budget, "the ledger counts"),
    ("failed calls in a heap", LEDGER, ledger(
        "UPDATE calls SET finished = (SELECT min(finished) FROM calls) WHERE state IN ('refused', 'unknown')"),
     drain_check.pace, "failed within the 30 s"),
    ("a failed call too many", LEDGER, ledger(
        "UPDATE calls SET state = 'refused' WHERE job = " + job("published")), ended, "calls failed, and should be"),
    ("urgent jobs come late", LEDGER, ledger("UPDATE jobs SET priority = -priority"), drain_check.pace, "priorities"),
    ("a smaller budget", "runs.json", lambda site: rewrite(site / "runs.json", lambda data: data.replace(
        b'"per-day-usd": "13', b'"per-day-usd": "9')), within_budget, "were allowed"),
    ("a smaller budget of jobs", "runs.json", lambda site: rewrite(site / "runs.json", lambda data: data.replace(
        b'"per-job-usd": "0.3"', b'"per-job-usd": "0.1"')), within_budget, "was charged"),
]


def unseen(site):
    with tempfile.TemporaryDirectory(dir=site.parent) as folder:
        copy = pathlib.Path(folder) / "copy"
        subprocess.run(["cp", "-al", site, copy], check=True)
        for name, part, broken, judge, word in BREAKS:
            broken(copy)
            found = list(judge(drain_check.Site(copy)))
            if not any(word in line for line in found):
                yield f"{name}: the judge says {found[:3]} instead of '{word}'"
            subprocess.run(["rm", "-r", copy / part], check=True)
            subprocess.run(["cp", "-al", site / part, copy / part], check=True)
        # What was broken is whole again: each break was seen by itself.
        yield from drain_check.disagreements(copy, is_drained=True)


def main():
    found = list(unseen(pathlib.Path(sys.argv[1])))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
