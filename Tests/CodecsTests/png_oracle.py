#!/usr/bin/env python3
"""What others see in PNG files: for each NAME.png in a directory, NAME.seen gets its samples as RGBA of sixteen bits,
big-endian, as a decoder of a few lines on top of Python's zlib finds them. Pillow and pngcheck must agree."""
import pathlib
import struct
import subprocess
import sys
import zlib

from PIL import Image


def chunks(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    offset = 8
    while offset < len(data):
        (count,) = struct.unpack(">I", data[offset : offset + 4])
        kind, body = data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + count]
        assert struct.unpack(">I", data[offset + 8 + count : offset + 12 + count])[0] == zlib.crc32(kind + body)
        yield kind, body
        offset += 12 + count
    assert offset == len(data)


def unfiltered(raw, row_bytes, pixel_bytes, height):
    above = bytearray(row_bytes)
    assert len(raw) == (row_bytes + 1) * height
    for y in range(height):
        kind = raw[y * (row_bytes + 1)]
        row = bytearray(raw[y * (row_bytes + 1) + 1 : (y + 1) * (row_bytes + 1)])
        for i in range(row_bytes if kind else 0):
            a = row[i - pixel_bytes] if i >= pixel_bytes else 0
            b = above[i]
            c = above[i - pixel_bytes] if i >= pixel_bytes else 0
            if kind == 1:
                guess = a
            elif kind == 2:
                guess = b
            elif kind == 3:
                guess = (a + b) // 2
            else:
                p = a + b - c
                guess = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + guess) & 255
        yield row
        above = row


def samples(path):
    parts = list(chunks(path.read_bytes()))
    kinds = [kind for kind, _ in parts]
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND" and b"IDAT" in kinds
    width, height, depth, color, *methods = struct.unpack(">IIBBBBB", parts[0][1])
    assert methods == [0, 0, 0]
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    palette = dict(parts).get(b"PLTE")
    transparency = dict(parts).get(b"tRNS", b"")
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    row_bytes = (width * channels * depth + 7) // 8
    most = 2**depth - 1
    key = None
    if transparency and color in (0, 2):
        key = list(struct.unpack(">%dH" % channels, transparency))
    out = bytearray()
    for row in unfiltered(raw, row_bytes, max(1, channels * depth // 8), height):
        if depth == 16:
            values = struct.unpack(">%dH" % (width * channels), row)
        elif depth == 8:
            values = row
        else:
            values = [row[x * depth // 8] >> (8 - depth - x * depth % 8) & most for x in range(width)]
        for x in range(width):
            pixel = list(values[x * channels : (x + 1) * channels])
            if color == 3:
                index = pixel[0]
                alpha = transparency[index] if index < len(transparency) else 255
                pixel = [v * 257 for v in (*palette[index * 3 : index * 3 + 3], alpha)]
            else:
                alpha = 0 if pixel == key else most
                if color in (4, 6):
                    alpha = pixel.pop()
                pixel = [v * 65535 // most for v in (pixel * 3 if len(pixel) == 1 else pixel) + [alpha]]
            out += struct.pack(">4H", *pixel)
    return (width, height), depth, bytes(out)


def main():
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.png"))
    assert files
    for path in files:
        size, depth, seen = samples(path)
        path.with_suffix(".seen").write_bytes(seen)
        picture = Image.open(path)
        assert picture.size == size, path
        # Pillow knows colour of sixteen bits by its high bytes only, and gray of sixteen as another type.
        if depth < 16:
            assert picture.convert("RGBA").tobytes() == seen[::2], path
        else:
            picture.load()
    # Not a word but that all is well: pngcheck warns on standard output, and ends with 0.
    said = subprocess.run(["pngcheck", *map(str, files)], capture_output=True, text=True)
    unsound = [line for line in said.stdout.splitlines() if line and not line.startswith("OK: ")]
    summary = [line for line in unsound if line.startswith("No errors were detected in ")]
    assert said.returncode == 0 and not said.stderr and unsound == summary, said.stdout + said.stderr


main()
