#!/usr/bin/env python3
"""Whether exiftool, exiv2 and Pillow read in finished files what `darkroom inspect` says, for every format in and out, every
level of metadata, pixels changed and unchanged.

    metadata_matrix.py PROGRAM FOLDER

FOLDER is empty, and is left with the files. Prints how many cells there are and how many disagreements; ends with 1 and
a line for each of these on standard error.
"""
import hashlib
import itertools
import json
import os
import subprocess
import sys

from PIL import Image, ImageDraw

FORMATS = ["jpg", "png", "webp"]
PILLOW = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
NAMES = {"jpg": "jpeg", "png": "png", "webp": "webp"}
LEVELS = ["none", "keep", "provenance", "full"]
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
# What must go at every level, and what may stay at `keep` alone. Nobody's words stand in pixels or in tags' names.
GONE = ["59.3293", "18.0686", "SECRETPLACE"]
OWN = ["Ärtist 画家 🎨", "© 2026 «Rights»", "A description, with \"quotes\" & <signs>", "CameraCorp", "SERIAL4711"]
faults = []


def fault(cell, words):
    faults.append(f"{cell}: {words}")


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


def original(folder, kind):
    """A picture whose metadata another program has written: EXIF with a position, XMP, IPTC where there is a place."""
    picture = Image.new("RGB", (160, 120))
    draw = ImageDraw.Draw(picture)
    for x in range(160):
        draw.line((x, 0, x, 119), (x, 255 - x, (x * 7) % 256))
    draw.ellipse((40, 30, 110, 90), (220, 40, 90))
    path = f"{folder}/in-{kind}.{kind}"
    options = {"jpg": {"quality": 92}, "png": {}, "webp": {"quality": 90}}[kind]
    picture.save(path, PILLOW[kind], **options)
    words = [
        f"-EXIF:Artist={OWN[0]}", f"-EXIF:Copyright={OWN[1]}", f"-EXIF:ImageDescription={OWN[2]}", f"-EXIF:Make={OWN[3]}",
        f"-EXIF:SerialNumber={OWN[4]}", "-EXIF:GPSLatitude=59.3293", "-EXIF:GPSLatitudeRef=N",
        "-EXIF:GPSLongitude=18.0686", "-EXIF:GPSLongitudeRef=E", "-EXIF:Orientation#=1", f"-XMP-dc:Creator={OWN[0]}",
        f"-XMP-dc:Rights={OWN[1]}", f"-XMP-dc:Description={OWN[2]}", "-XMP-dc:Subject=one", "-XMP-dc:Subject=two",
        f"-XMP-iptcExt:DigitalSourceType={SOURCE}", "-XMP-photoshop:City=SECRETPLACE", "-XMP-xmpRights:Marked=True",
    ]
    if kind == "jpg":
        words += [f"-IPTC:By-line={OWN[0]}", "-IPTC:City=SECRETPLACE", "-IPTC:CodedCharacterSet=UTF8"]
    made = run("exiftool", "-q", "-overwrite_original", *words, path)
    assert made.returncode == 0, made.stderr
    return path


def pipeline(folder, changed):
    resize = ", resize: { width: 120 }" if changed else ""
    outputs = [
        f'  - {{ file: "{{name}}-{level}.{kind}", format: {NAMES[kind]}, metadata: {level}{resize} }}'
        for level, kind in itertools.product(LEVELS, FORMATS)
    ]
    path = f"{folder}/{'changed' if changed else 'same'}.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write("outputs:\n" + "\n".join(outputs) + "\n")
    return path


def compressed(path):
    """The bytes that hold the pixels, found by a walk of this file's own; a digest of them."""
    data = open(path, "rb").read()
    kept = b""
    if data[:2] == b"\xff\xd8":
        place = 2
        while data[place + 1] != 0xDA:
            length = int.from_bytes(data[place + 2:place + 4], "big")
            if data[place + 1] in (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD):
                kept += data[place:place + 2 + length]
            place += 2 + length
        kept += data[place:]
    elif data[:4] == b"\x89PNG":
        place = 8
        while place < len(data):
            length = int.from_bytes(data[place:place + 4], "big")
            if data[place + 4:place + 8] in (b"IHDR", b"PLTE", b"tRNS", b"IDAT"):
                kept += data[place + 4:place + 8 + length]
            place += 12 + length
    else:
        place = 12
        while place < len(data):
            length = int.from_bytes(data[place + 4:place + 8], "little")
            if data[place:place + 4] in (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"):
                kept += data[place:place + 8 + length]
            place += 8 + length + length % 2
    return hashlib.sha256(kept).hexdigest()


def check(cell, path, kind, level, changed, seen, tool, source):
    size = (120, 90) if changed else (160, 120)
    picture = Image.open(path)
    picture.load()
    if picture.format != PILLOW[kind] or picture.size != size:
        fault(cell, f"Pillow reads {picture.format} of {picture.size}")
    if (seen["format"], seen["width"], seen["height"]) != (NAMES[kind], *size):
        fault(cell, f"inspect says {seen['format']} of {seen['width']}x{seen['height']}")
    if (tool["File:ImageWidth"] if "File:ImageWidth" in tool else picture.width) != size[0]:
        fault(cell, f"exiftool says {tool['File:ImageWidth']} wide")
    for key, words in tool.items():
        # A camera's block keeps its layout, with what exiftool finds missing in it.
        if ("Warning" in key or "Error" in key) and not (level == "keep" and "Missing required" in str(words)):
            fault(cell, f"exiftool: {key} {words}")
    # EXIF: each field that inspect shows is exiftool's and Pillow's, and none is missing there.
    exif, own = seen.get("exif") or {}, picture.getexif()
    for key, tag, name in [
        ("artist", 0x013B, "IFD0:Artist"), ("copyright", 0x8298, "IFD0:Copyright"), ("software", 0x0131, "IFD0:Software"),
        ("description", 0x010E, "IFD0:ImageDescription"),
    ]:
        words = exif.get(key)
        if words != tool.get(name):
            fault(cell, f"{key}: inspect says {words!r}, exiftool {tool.get(name)!r}")
        theirs = own.get(tag)
        # Pillow takes EXIF's texts for Latin-1.
        theirs = theirs.encode("latin-1", "surrogateescape").decode("utf-8", "replace") if theirs is not None else None
        if theirs != words:
            fault(cell, f"{key}: inspect says {words!r}, Pillow {theirs!r}")
    # XMP, where the two readers name the same fields.
    said = (seen.get("disclosure") or {}).get("digitalSourceType")
    if said != tool.get("XMP-iptcExt:DigitalSourceType"):
        fault(cell, f"DigitalSourceType: inspect says {said!r}, exiftool {tool.get('XMP-iptcExt:DigitalSourceType')!r}")
    if (SOURCE == said) != (level != "none"):
        fault(cell, f"DigitalSourceType is {said!r}")
    everything = open(path, "rb").read()
    told = json.dumps(tool, ensure_ascii=False)
    for words in GONE + (OWN if level == "none" else []):
        if words in told or any(words.encode(code) in everything for code in ("utf-8", "utf-16-le", "utf-16-be")):
            fault(cell, f"{words!r} is still there")
    if any("GPS" in key for key in tool):
        fault(cell, "exiftool finds a position")
    if level == "none" and (exif or seen.get("xmp") or seen.get("iptc") or seen.get("texts")):
        fault(cell, "inspect finds metadata at none")
    if level == "keep":
        if tool.get("IFD0:Artist") != OWN[0] or tool.get("XMP-dc:Creator") != OWN[0]:
            fault(cell, "keep has lost the artist")
        if tool.get("XMP-dc:Subject") != ["one", "two"]:
            fault(cell, "keep has lost the subjects")
    if source is not None and compressed(path) != source:
        fault(cell, "the compressed pixels are others")


def main(program, folder):
    cells = []
    for changed in (False, True):
        recipe = pipeline(folder, changed)
        for kind in FORMATS:
            file = original(folder, kind)
            target = f"{folder}/{'changed' if changed else 'same'}"
            made = run(program, "process", "--pipeline", recipe, "--output", target, file)
            assert made.returncode == 0, made.stderr
            for level, out in itertools.product(LEVELS, FORMATS):
                path = f"{target}/in-{kind}/in-{kind}-{level}.{out}"
                same = compressed(file) if not changed and out == kind else None
                cells.append((f"{kind} to {out}, {level}, {'changed' if changed else 'same'}", path, out, level, changed, same))
    paths = [cell[1] for cell in cells]
    seen = run(program, "inspect", "--json", *paths)
    assert seen.returncode == 0, seen.stderr
    seen = {line["file"]: line for line in map(json.loads, seen.stdout.splitlines())}
    tool = run("exiftool", "-j", "-G1", "-a", "-validate", "-warning", "-error", "-all", *paths)
    tool = {line["SourceFile"]: line for line in json.loads(tool.stdout)}
    for cell, path, kind, level, changed, same in cells:
        check(cell, path, kind, level, changed, seen[path], tool[path], same)
        theirs = run("exiv2", "-q", "-pa", path)
        if theirs.stderr or theirs.returncode not in (0, 253):
            fault(cell, f"exiv2: {theirs.returncode} {theirs.stderr.strip()}")
        lines = [line for line in theirs.stdout.splitlines() if line.startswith("Exif.Image.Artist")]
        artist = (seen[path].get("exif") or {}).get("artist")
        if bool(lines) != (artist is not None) or any(not line.endswith(artist) for line in lines):
            fault(cell, f"exiv2 reads {lines}, inspect {artist!r}")
    print(*faults, sep="\n", file=sys.stderr)
    print(f"{len(cells)} cells, {len(faults)} disagreements")
    return 1 if faults else 0


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C.UTF-8"
    sys.exit(main(*sys.argv[1:]))
