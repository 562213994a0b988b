#!/usr/bin/env python3
"""Prompts of 30,000 characters, in several scripts and with what breaks parsers, through a job to finished files.

    long_prompts.py write INBOX     writes an edit request for each prompt, of the picture photo.png
    long_prompts.py judge SITE      holds the outputs (a level `full` for each format) against the prompts

`judge` reads with exiftool, Pillow and expat. It prints how many files it has judged, and ends with 1 and a line for each
fault on standard error.
"""
import io
import json
import pathlib
import re
import subprocess
import sys
from xml.etree import ElementTree

from PIL import Image

COUNT = 30_000
PIECES = {
    "scripts": "Ein Kanal, ночь, νύχτα, 東京の運河、밤의 운하, कैनाल की रात, คลองยามค่ำ, ღამე, ԳԻՇԵՐ. ",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇫🇷👍🏽🎨𝔘𓂀",
    "quotes": "\"a\" 'b' «c» “d” ‘e’ <f> &amp; & ]]> <!-- --> <?x?> \\ \\u0000 %s {name} ",
    # U+202B and its kind turn the direction of writing; no file may lose them.
    "rtl": "قناة في الليل \u202bשלום\u202c \u2067עוד\u2069 ١٢٣، ",
    "combining": "e\u0301o\u0308a\u030a\u0327Z\u0335\u0321\u0353a\u0315\u031a\u0345 n\u0303 ",
    # What neither XML nor EXIF can hold, among what both can.
    "controls": "a\0b\x01c\x1bd\x7fe\x85f\u2028g\ufffeh\uffffi\tj\nk ",
    "long": "x",
}
FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NAMESPACE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
faults = []


def prompt(name):
    piece = PIECES[name]
    return (piece * (COUNT // len(piece) + 1))[:COUNT - 1] + "."


def write(inbox):
    for name in PIECES:
        words = {"edit": {"image": "photo.png", "prompt": prompt(name)}}
        (inbox / f"{name}.json").write_text(json.dumps(words, ensure_ascii=name == "controls"), encoding="utf-8")
    Image.linear_gradient("L").convert("RGB").save(inbox / "photo.png")


def packet(path, kind):
    """The XMP packet, by Pillow where that has it whole, else by exiftool, which joins an extension to it."""
    with Image.open(path) as picture:
        if kind == "png":
            return picture.text["XML:com.adobe.xmp"].encode()
        if kind == "webp":
            return picture.info["xmp"]
    return None


def comment(path):
    """EXIF's UserComment, of which Pillow reads the bytes."""
    with Image.open(path) as picture:
        blob = picture.info["exif"]
        data = picture.getexif().get_ifd(0x8769)[0x9286]
    assert data[:8] == b"UNICODE\0", data[:8]
    order = blob.removeprefix(b"Exif\0\0")[:2]
    return data[8:].decode("utf-16-le" if order == b"II" else "utf-16-be")


def judge(folder, name, kind, warnings):
    path = folder / f"{name}.{kind}"
    told = prompt(name)
    expected = FORBIDDEN.sub("", told)

    def fault(words):
        faults.append(f"{path.name}: {words}")

    read = subprocess.run(
        ["exiftool", "-b", "-XMP-iptcExt:AIPromptInformation", str(path)], capture_output=True, check=True)
    if read.stdout.decode() != expected:
        fault(f"exiftool reads {len(read.stdout.decode())} of {len(expected)} characters")
    check = subprocess.run(["exiftool", "-validate", "-warning", "-s3", str(path)], capture_output=True, text=True)
    if check.stdout.strip() != "OK":
        fault(f"exiftool: {check.stdout}")
    xml = packet(path, kind)
    if xml is not None:
        found = [element.text for element in ElementTree.parse(io.BytesIO(xml)).iter(f"{NAMESPACE}AIPromptInformation")]
        if found != [expected]:
            fault("expat reads another prompt")
    removed = len(told) - len(expected)
    if (removed > 0) != (f"{removed} control characters are left out of prompt" in warnings):
        fault(f"{removed} characters are gone, and the record is {warnings}")
    # UserComment: the whole prompt, or its beginning; the parameters stand behind it in any case.
    words = comment(path)
    head, _, last = words.rpartition("\n")
    if "Model: " not in last:
        fault(f"UserComment ends with {words[-40:]!r}")
    if not expected.startswith(head) or len(head) < 10_000:
        fault(f"UserComment has {len(head)} characters, which are no beginning of the prompt")
    record = [warning for warning in warnings if warning.startswith("prompt is cut in EXIF: the first ")]
    if (head != expected) != (len(record) == 1):
        fault(f"UserComment has {len(head)} characters of {len(expected)}, and the record is {record}")
    if kind == "png":
        with Image.open(path) as picture:
            if not picture.text["parameters"].startswith(expected + "\n"):
                fault("`parameters` does not begin with the prompt")


def main(site):
    count = 0
    for name in PIECES:
        folder = site / "output" / name
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["request"]["edit"]["prompt"] != prompt(name):
            faults.append(f"{name}: the manifest has another prompt")
        for kind in ["jpg", "png", "webp"]:
            head = f'output "{{name}}.{kind}": '
            judge(folder, name, kind, [text.removeprefix(head) for text in manifest["warnings"] if text.startswith(head)])
            count += 1
    print(*faults, sep="\n", file=sys.stderr)
    print(f"{count} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(pathlib.Path(sys.argv[2]))
    else:
        sys.exit(main(pathlib.Path(sys.argv[2])))
