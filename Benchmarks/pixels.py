#!/usr/bin/env python3
"""Pixels side by side with libvips, Pillow and what else a user would pick: the same files, the same settings, in one
run, in turns. `Benchmarks/run` installs them, builds, and calls this.

    pixels.py BENCHMARKS DARKROOM [ROUNDS]

BENCHMARKS is the release build of this package's program, DARKROOM that of the daemon. Prints medians and their ratios;
the exit code is 1 when a goal is missed. Read the ratios: milliseconds are the machine's.
"""
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import numpy as np
from PIL import Image, PngImagePlugin

from peers import commands, libraries, pictures, quality

JOBS = {
    # name: (size, has alpha, how it is stored, libvips, Pillow, goals)
    "webp-set": (
        (1024, 1024), False, dict(format="WEBP", quality=90),
        lambda data, *q: libraries.vips_set(data, libraries.WEBP_SET, *q),
        lambda data: libraries.pillow_set(data, libraries.WEBP_SET), {"wall": 0.45, "cpu": 0.8}),
    "4k-set": (
        (3840, 2160), False, dict(format="PNG", compress_level=6),
        lambda data, *q: libraries.vips_set(data, libraries.LARGE_SET, *q),
        lambda data: libraries.pillow_set(data, libraries.LARGE_SET), {"wall": 0.45}),
    "jpeg-720": (
        (2725, 2225), False, dict(format="JPEG", quality=90), libraries.vips_jpeg, libraries.pillow_jpeg,
        {"cpu": 0.6}),
    "png-720": (
        (2048, 1536), True, dict(format="PNG", compress_level=6), libraries.vips_png, libraries.pillow_png,
        {"cpu": 0.4, "bytes": 1}),
}
STAMP_GOAL = 0.5  # milliseconds
STAMPED_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" '
    + " ".join(f'crs:Setting{number}="{number}"' for number in range(100))
    + ' xmp:CreatorTool="Editor"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>')
BOMB_GOAL = 1  # milliseconds: a decompression bomb is refused by its header


class Ours:
    """The program that does our side, one round a line."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "pixels"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self, *words):
        """Wall and processor milliseconds, and bytes."""
        print(*words, file=self.process.stdin, flush=True)
        return tuple(map(float, self.process.stdout.readline().split()))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def timed(work, data):
    wall, cpu = time.perf_counter(), time.process_time()
    files = work(data)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000, sum(map(len, files))


def judged(ratio, goal):
    """Words, and whether the goal is missed; two digits are what a figure is good for."""
    missed = round(ratio, 2) > goal
    return f"{ratio:.2f} (goal {goal}{', missed' if missed else ''})", missed


def job(name, ours, folder, rounds):
    """Times of one job. Returns the file that it began with, and whether a goal is missed."""
    size, alpha, options, vips, pillow, goals = JOBS[name]
    file = folder / name
    pictures.photograph(*size, alpha).save(file, **options)
    data = file.read_bytes()
    processors = len(os.sched_getaffinity(0))
    samples = {}
    for _ in range(rounds):
        for who, sample in (
            ("ours", ours.round(name, file, processors)), ("alone", ours.round(name, file, 1)),
            ("vips", timed(vips, data)), ("pillow", timed(pillow, data)),
        ):
            samples.setdefault(who, []).append(sample)
    found = {who: dict(zip(("wall", "cpu", "bytes"), map(statistics.median, zip(*values))))
             for who, values in samples.items()}
    words, missed = [], False
    for measure in ("wall", "cpu", "bytes"):
        ratio = found["ours"][measure] / found["vips"][measure]
        if measure in goals:
            text, is_missed = judged(ratio, goals[measure])
            missed |= is_missed
        else:
            text = f"{ratio:.2f}"
        words.append(f"{measure} {text}")
    print(f"{name}: of libvips " + ", ".join(words)
          + f"; wall of Pillow {found['ours']['wall'] / found['pillow']['wall']:.2f}; ms "
          + ", ".join(f"{who} {values['wall']:.0f}/{values['cpu']:.0f}" for who, values in found.items()), flush=True)
    return file, missed


def compare_quality(name, file, ours, folder):
    """SSIM of each output to a reference of its size, beside what libvips would reach with as many bytes."""
    _, alpha, _, vips, *_ = JOBS[name]
    outputs = folder / "outputs"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir()
    ours.round(name, file, 1, outputs)
    data = file.read_bytes()
    original = quality.decoded(data, alpha)
    # libvips at three qualities: bytes to SSIM, between which ours is looked up.
    curves = [vips(data, q) for q in (-6, 0, 6)] if name != "png-720" else [vips(data)]
    worst = 1.0
    for index in range(len(curves[0])):
        mine = (outputs / str(index)).read_bytes()
        picture = quality.decoded(mine, alpha)
        reference = quality.resized(original, picture.shape[1], picture.shape[0])
        peers = [(len(files[index]), quality.decoded(files[index], alpha)) for files in curves]
        if any(peer.shape != picture.shape for _, peer in peers):
            continue
        points = [(size, quality.similarity(peer, reference)) for size, peer in peers]
        expected = np.interp(len(mine), *zip(*points))
        worst = min(worst, quality.similarity(picture, reference) - expected)
    # A photograph differs by as much when its quality setting does by less than one.
    missed = worst < -0.001
    print(f"{name}: SSIM at equal bytes at least {worst:+.4f} of libvips{' (missed)' if missed else ''}", flush=True)
    return missed


VIPS_ALONE = """
import sys
sys.path.insert(0, sys.argv[1])
from peers import libraries
libraries.vips_set(open(sys.argv[2], "rb").read(), libraries.LARGE_SET)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def memory(program, file):
    """The most memory of the 4K job, each in a process of its own that does nothing else. True when ours is more.

    From /proc, not from getrusage(2), which counts what a process had before it executed its program."""
    alone = Ours(program)
    alone.round("4k-set", file, len(os.sched_getaffinity(0)))
    status = pathlib.Path(f"/proc/{alone.process.pid}/status").read_text()
    ours = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
    alone.end()
    folder = str(pathlib.Path(__file__).parent)
    vips = int(subprocess.check_output([sys.executable, "-c", VIPS_ALONE, folder, str(file)])) / 1024
    missed = ours > vips
    print(f"4k-set, most memory: {ours:.0f} MB, libvips {vips:.0f}{' (missed)' if missed else ''}", flush=True)
    return missed


def stamps(ours, folder, rounds):
    """Each level, into files that have what a camera and an editor wrote: `keep` goes through all of it."""
    exif = Image.Exif()
    exif.update({0x010F: "Camera works", 0x0110: "One", 0x0131: "Editor", 0x013B: "Ada", 0x8298: "2026 Ada"})
    exif.get_ifd(0x8769).update({0x829A: 0.01, 0x9003: "2026:01:02 03:04:05", 0x927C: b"note" * 500, 0xA434: "50 mm"})
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 26.0, 3.0), 3: "E", 4: (12.0, 20.0, 1.0)})
    xmp = STAMPED_XMP.encode()
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", STAMPED_XMP)
    formats = {"WEBP": dict(quality=90, xmp=xmp), "JPEG": dict(quality=90, xmp=xmp), "PNG": dict(pnginfo=text)}
    missed = False
    for format, options in formats.items():
        file = folder / f"stamp.{format.lower()}"
        pictures.photograph(1024, 1024).save(file, format=format, exif=exif, **options)
        for level in ("provenance", "full", "keep"):
            wall = statistics.median(ours.round(f"stamp-{level}", file, 1)[0] for _ in range(rounds))
            is_missed = wall > STAMP_GOAL
            missed |= is_missed
            words = f"goal {STAMP_GOAL}{', missed' if is_missed else ''}"
            print(f"stamp, 1024x1024 {format}, {level}: {wall:.3f} ms ({words})", flush=True)
    return missed


def bombs(ours, folder, rounds):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    # 60000 x 60000 of black in PNG, and no more than the header in JPEG and WebP.
    rows = zlib.compressobj(9)
    row = rows.compress(bytes(60001 * 3 - 2)) + b"".join(rows.compress(bytes(180001)) for _ in range(200)) + rows.flush()
    files = {
        "PNG": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", row) + chunk(b"IEND", b""),
        "JPEG": b"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\x01\x11\0\x02\x11\0\x03\x11\0"
        + b"\xff\xda\0\x0c\x03\x01\0\x02\0\x03\0\0\x3f\0" + bytes(1000),
        "WebP": b"RIFF" + struct.pack("<I", 4 + 8 + 1010) + b"WEBPVP8L" + struct.pack("<I", 1010) + b"\x2f"
        + struct.pack("<I", 16382 | 16382 << 14) + bytes(1005),
    }
    missed = False
    for name, data in files.items():
        file = folder / "bomb"
        file.write_bytes(data)
        wall = statistics.median(ours.round("refuse", file, 1)[0] for _ in range(rounds))
        missed |= wall > BOMB_GOAL
        print(f"bomb, {name}: refused in {wall * 1000:.1f} us (goal {BOMB_GOAL * 1000})", flush=True)
    return missed


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    ours = Ours(sys.argv[1])
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in JOBS:
            file, is_missed = job(name, ours, folder, rounds)
            missed += [is_missed, compare_quality(name, file, ours, folder)]
        missed.append(memory(sys.argv[1], folder / "4k-set"))
        missed.append(stamps(ours, folder, rounds))
        missed.append(bombs(ours, folder, rounds))
        ours.end()
        commands.measure(sys.argv[2], (folder / "webp-set").read_bytes(), folder, rounds)
    sys.exit(any(missed))


if __name__ == "__main__":
    main()
