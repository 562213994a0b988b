"""Holds `darkroom models --json` and `darkroom styles --json` against what an API says of itself, or a list on the disk.

    models_listed.py MODELS STYLES URL|FILE

MODELS and STYLES are what the program printed; STYLES may be `-`. Prints what is not as it should be.
"""

import json
import pathlib
import sys
import urllib.request
from decimal import Decimal


def read(text):
    return json.loads(text, parse_float=Decimal)


def answer(url):
    request = urllib.request.Request(url, headers={"Authorization": "Bearer key"})
    return read(urllib.request.urlopen(request, timeout=20).read())["data"]


def main():
    models, styles, source = sys.argv[1:]
    found = [read(line) for line in pathlib.Path(models).read_text().splitlines()]
    if source.startswith("http"):
        right = [model for kind in ("image", "inpaint", "upscale") for model in answer(f"{source}/models?type={kind}")]
    else:
        right = read(pathlib.Path(source).read_text())
    if len(right) != 60:
        print(f"{len(right)} models are served")
    if found != right:
        ids = [model["id"] for model in right]
        print("other models:", [model["id"] for model in found if model not in right] or ids)
    if styles != "-" and read(pathlib.Path(styles).read_text()) != answer(f"{source}/image/styles"):
        print("other styles")


if __name__ == "__main__":
    main()
