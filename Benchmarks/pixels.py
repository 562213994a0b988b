#!/usr/bin/env python3
"""Pixels side by side with libvips: the same files, the same settings, in one run, in turns, within one process each.

    pixels.py BENCHMARKS [ROUNDS]

BENCHMARKS is .build/release/benchmarks of this package. pyvips with its own libvips, Pillow and numpy come from PyPI:

    python3 -m venv peers && peers/bin/pip install 'pyvips[binary]' pillow numpy && peers/bin/python pixels.py ...

Prints medians and their ratios; the exit code is 1 when a goal is missed. Read the ratios: milliseconds are the machine's.
"""
import io, os, statistics, subprocess, sys, tempfile, time

import numpy as np
import pyvips
from PIL import Image


def photograph(width, height, alpha=False):
    """Light and edges of many sizes, with grain, from a fixed seed."""
    random = np.random.default_rng(7)
    light = np.zeros((height, width, 3))
    for cells in (3, 9, 27, 81, 243):
        rough = random.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        light += np.asarray(Image.fromarray(rough).resize((width, height), Image.BICUBIC), dtype=float) / cells**0.5
    light = (light - light.min()) / (light.max() - light.min()) * 255 + random.normal(0, 3, (height, width, 1))
    picture = np.clip(light, 0, 255).astype(np.uint8)
    if alpha:
        fade = np.tile(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], (height, 1, 1))
        picture = np.concatenate([picture, fade], axis=2)
    return Image.fromarray(picture)


def to_width(image, width):
    return image.resize(width / image.width, kernel="lanczos3")


def webp_set(data, full, widths, jpeg_width):
    image = pyvips.Image.new_from_buffer(data, "").copy_memory()
    made = 0
    for width in widths:
        made += len((image if width == full else to_width(image, width)).webpsave_buffer(Q=80, effort=4, keep="none"))
    jpeg = image if jpeg_width == full else to_width(image, jpeg_width)
    return made + len(jpeg.jpegsave_buffer(Q=85, keep="none"))


JOBS = {
    # name: (file, libvips, measure, goal)
    "webp-set": (
        lambda: (photograph(1024, 1024), dict(format="WEBP", quality=90)),
        lambda data: webp_set(data, 1024, [1024, 768, 512, 256], 1024), [("wall", 0.45), ("cpu", 0.8)]),
    "4k-set": (
        lambda: (photograph(3840, 2160), dict(format="PNG", compress_level=6)),
        lambda data: webp_set(data, 3840, [2048, 1280, 640, 320], 2048), [("wall", 0.45)]),
    "jpeg-720": (
        lambda: (photograph(2725, 2225), dict(format="JPEG", quality=90)),
        lambda data: len(pyvips.Image.thumbnail_buffer(data, 720).jpegsave_buffer(Q=80, keep="none")), [("cpu", 0.6)]),
    "png-720": (
        lambda: (photograph(2048, 1536, alpha=True), dict(format="PNG", compress_level=6)),
        lambda data: len(pyvips.Image.thumbnail_buffer(data, 720).pngsave_buffer(compression=6, keep="none")),
        [("cpu", 0.4)]),
}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    pyvips.cache_set_max(0)
    processors = len(os.sched_getaffinity(0))
    ours = subprocess.Popen([sys.argv[1], "pixels"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    missed = False
    for name, (picture, vips, goals) in JOBS.items():
        with tempfile.NamedTemporaryFile() as file:
            image, options = picture()
            image.save(file, **options)
            file.flush()
            data = open(file.name, "rb").read()
            samples = {key: [] for key in ("ours-wall", "ours-cpu", "alone-wall", "vips-wall", "vips-cpu")}
            for _ in range(rounds):
                for threads in (processors, 1):
                    print(name, file.name, threads, file=ours.stdin, flush=True)
                    wall, cpu, size = map(float, ours.stdout.readline().split())
                    if threads == processors:
                        samples["ours-wall"].append(wall)
                        samples["ours-cpu"].append(cpu)
                    if threads == 1:
                        samples["alone-wall"].append(wall)
                wall, cpu = time.perf_counter(), time.process_time()
                made = vips(data)
                samples["vips-wall"].append((time.perf_counter() - wall) * 1000)
                samples["vips-cpu"].append((time.process_time() - cpu) * 1000)
        found = {key: statistics.median(values) for key, values in samples.items()}
        words = []
        for measure, goal in goals:
            ratio = found[f"ours-{measure}"] / found[f"vips-{measure}"]
            missed |= ratio > goal
            words.append(f"{measure} {ratio:.2f} of libvips (goal {goal}{', missed' if ratio > goal else ''})")
        print(
            f"{name}: {'; '.join(words)}; bytes {size / made:.2f}; on one thread {found['alone-wall']:.0f} ms, "
            + ", ".join(f"{key} {found[key]:.0f}" for key in ("ours-wall", "ours-cpu", "vips-wall", "vips-cpu")), flush=True)
    ours.stdin.close()
    ours.wait()
    sys.exit(missed)


if __name__ == "__main__":
    main()
