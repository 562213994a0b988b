"""Holds what `darkroom plan` shows against the vendor's list of models.

    plan_prices.py MODELS FOLDER JSON TEXT

FOLDER has bare bodies, `JSON` is what `plan --json FOLDER` printed, `TEXT` what `plan FOLDER` did. Prints one line for each
figure that is another than by `Tests/Venice/prices.py`, and for each sum that is not the sum of its parts.
"""

import json
import pathlib
import re
import sys
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Venice"))
import prices

CALL = re.compile(r"  (\S+?)(?: (\S+))?: (\d+) calls?, ([0-9.]+) USD(?: \(at most ([0-9.]+)\))?(, price not known.*)?")


def micro(usd):
    exact = Decimal(usd) * 1_000_000
    assert exact == int(exact), usd
    return int(exact)


def operation(body):
    if "image" in body:
        return "edit"
    return "generations" if {"size", "response_format", "n"} & body.keys() else "generate"


def shown(text):
    """{file: [line of a call]}, and the last line."""
    calls, file = {}, None
    for line in text.splitlines():
        if not line.startswith(" "):
            file = line.split(" -> ")[0]
            calls[file] = []
        elif match := CALL.fullmatch(line):
            calls[file].append(match.groups())
    return calls, text.splitlines()[-1]


def disagreements(models, folder, documents, text):
    lines, last = shown(text)
    *requests, total = documents
    files = sorted(path.name for path in folder.glob("*.json"))
    if sorted(request["request"] for request in requests) != files:
        yield f"planned were {[request['request'] for request in requests]}, in the folder are {files}"
    sums = [0, 0, 0, 0]
    for request in requests:
        name = request["request"]
        if "refused" in request:
            sums[3] += 1
            if "usd" in request or "calls" in request or lines.get(name):
                yield f"{name} is refused and has a price"
            continue
        body = json.loads((folder / name).read_text())
        kind = operation(body)
        expected, worst, known = prices.call(models, kind, body)
        (call,) = request["calls"]
        for what, usd, most in (("call", call["usd"], call["at-most-usd"]), ("job", request["usd"], request["at-most-usd"])):
            if (micro(usd), micro(most)) != (expected, worst):
                yield f"{name}: the {what} costs {usd} and at most {most}, by the list {expected} and {worst} millionths"
        if (call["operation"], call["count"], call["price-known"]) != (kind, 1, known):
            yield f"{name}: {call} instead of one {kind}, known: {known}"
        endpoint, model, count, usd, most, unknown = lines[name][0] if len(lines.get(name, [])) == 1 else [None] * 6
        if (endpoint, model, count) != (kind, call["model"], "1") or (unknown is None) != known:
            yield f"{name}: the text says {lines.get(name)}"
        elif (micro(usd), micro(most or usd)) != (expected, worst):
            yield f"{name}: the text says {usd} and at most {most}, by the list {expected} and {worst} millionths"
        sums = [sums[0] + expected, sums[1] + worst, sums[2] + 1, sums[3]]
    found = total["total"]
    if [micro(found["usd"]), micro(found["at-most-usd"]), found["calls"], found["refused"]] != sums:
        yield f"the total is {found}, the sums are {sums}"
    figures = [micro(usd) for usd in re.findall(r"([0-9.]+) USD", last)] + [micro(usd) for usd in re.findall(r"most ([0-9.]+)", last)]
    if figures[:1] + figures[-1:] != sums[:2] or f"{sums[2]} calls" not in last or f"{len(requests)} requests" not in last:
        yield f"the last line is '{last}', the sums are {sums}"


def main():
    models, folder, documents, text = sys.argv[1:]
    lines = pathlib.Path(documents).read_text().splitlines()
    found = list(disagreements(
        prices.listed(models), pathlib.Path(folder), [json.loads(line, parse_float=Decimal) for line in lines],
        pathlib.Path(text).read_text()))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
