#!/usr/bin/env python3
"""Searches finished files for words, byte by byte and in every form that a container may give them.

    byte_search.py foreign PROGRAM FOLDER    plants words in pictures (`planted.py`), and runs `process` at the levels that tell nothing
    byte_search.py job FOLDER WORD...        the files beneath FOLDER; prints for each level, the first part of a file's name, what it has

Forms: UTF-8, UTF-16 of both orders, hexadecimal digits, base64, in small and large letters; each of them as it stands and
in every zlib stream (RFC 1950) that begins anywhere in the file. The profile's own text (ICC) is no word of anybody's.
"""
import base64
import json
import pathlib
import struct
import subprocess
import sys
import zlib

from PIL import Image, ImageCms

import planted

FORMATS = {"jpg": "jpeg", "png": "png", "webp": "webp"}


def without_profile(data):
    """The file with NULs for its ICC profile's bytes; all else stays where it is."""
    spans = []
    if data[:2] == b"\xff\xd8":
        place = 2
        while data[place + 1] != 0xDA:
            length = struct.unpack(">H", data[place + 2:place + 4])[0]
            if data[place + 1] == 0xE2 and data[place + 4:place + 16] == b"ICC_PROFILE\0":
                spans.append((place + 18, place + 2 + length))
            place += 2 + length
    elif data[:4] == b"\x89PNG":
        place = 8
        while place < len(data):
            length = struct.unpack(">I", data[place:place + 4])[0]
            if data[place + 4:place + 8] == b"iCCP":
                # The chunk's name of it is anybody's.
                spans.append((data.index(b"\0", place + 8), place + 8 + length))
            place += 12 + length
    else:
        place = 12
        while place + 8 <= len(data):
            length = struct.unpack("<I", data[place + 4:place + 8])[0]
            if data[place:place + 4] == b"ICCP":
                spans.append((place + 8, place + 8 + length))
            place += 8 + length + length % 2
    for start, end in spans:
        data = data[:start] + b"\0" * (end - start) + data[end:]
    return data


def streams(data):
    """What each zlib stream holds, whole or up to where it breaks."""
    for place in range(len(data) - 2):
        if data[place] & 0x0F == 8 and data[place] >> 4 <= 7 and (data[place] << 8 | data[place + 1]) % 31 == 0:
            unpack = zlib.decompressobj()
            content = b""
            try:
                for start in range(place, len(data), 256):
                    content += unpack.decompress(data[start:start + 256], 1 << 22)
                    if unpack.eof or len(content) > 1 << 22:
                        break
            except zlib.error:
                pass
            if len(content) > 3:
                yield content


def forms(word):
    plain = word.lower().encode()
    yield from (plain, word.lower().encode("utf-16-le"), word.lower().encode("utf-16-be"), plain.hex().encode())
    for form in {word.encode(), plain}:
        for before in range(3):
            # The letters that the neighbours have no part in.
            code = base64.b64encode(b"\0" * before + form)
            yield code[(before * 4 + 2) // 3 + (before > 0):len(code) - 4].lower()


def found(path, words):
    data = without_profile(path.read_bytes())
    places = [data.lower()] + [content.lower() for content in streams(data)]
    return [word for word in words if any(len(form) > 5 and form in place for form in forms(word) for place in places)]


def foreign(program, folder):
    folder = pathlib.Path(folder)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    originals = {"a.jpg": planted.jpeg(), "a.png": planted.png(icc), "a.webp": planted.webp(), "b.webp": planted.animation()}
    outputs = [
        f'  - {{ file: "{{name}}-{level}-{way}.{kind}", format: {name}, metadata: {level}{more} }}'
        for level in ["none", "provenance"] for kind, name in FORMATS.items()
        for way, more in [("same", ""), ("changed", ", resize: { width: 24 }")]
    ]
    recipe = folder / "silent.yaml"
    recipe.write_text("outputs:\n" + "\n".join(outputs) + "\n", encoding="utf-8")
    faults, count, places = [], 0, 0
    for name, data in originals.items():
        path = folder / name
        path.write_bytes(data)
        # Each word stands where it was put, and the search finds it there.
        words = sorted(planted.words(data) | {word for content in streams(data) for word in planted.words(content)})
        missed = set(words) - set(found(path, words))
        if missed or len(words) < 4:
            faults.append(f"{name}: the search misses {missed} of {len(words)}")
        places += len(words)
        target = folder / name.replace(".", "-")
        made = subprocess.run(
            [program, "process", "--pipeline", str(recipe), "--output", str(target), str(path)], capture_output=True, text=True)
        if made.returncode != 0:
            faults.append(f"{name}: {made.stderr}")
        for output in sorted(target.rglob("?-*.*")):
            with Image.open(output) as picture:
                picture.load()
            count += 1
            # A stranger's claim of what made the picture is preserved.
            told = [planted.word("xmpsystem")] if "provenance" in output.name and planted.word("xmpsystem") in words else []
            left = found(output, words + ["darkroom"])
            if left != told:
                faults.append(f"{name} as {output.name}: {left}")
    print(*faults, sep="\n", file=sys.stderr)
    print(f"{count} files, {places} words, {len(faults)} faults")
    return 1 if faults else 0


def job(folder, words):
    """As JSON: for each level the words that stand in any of its files, and for each how many files have it."""
    told = {}
    for path in sorted(pathlib.Path(folder).rglob("*-*.*")):
        level = told.setdefault(path.name.split("-")[0], {"files": 0})
        level["files"] += 1
        for word in found(path, words):
            level[word] = level.get(word, 0) + 1
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(foreign(*sys.argv[2:]) if sys.argv[1] == "foreign" else job(sys.argv[2], sys.argv[3:]))
