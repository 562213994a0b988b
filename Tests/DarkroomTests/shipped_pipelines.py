#!/usr/bin/env python3
"""Pictures of any size through every pipeline that ships, by `darkroom process`.

    shipped_pipelines.py PROGRAM PIPELINES WIDTHxHEIGHT...

PIPELINES is the folder of pipelines. Each size is drawn as PNG (with alpha where it is small), JPEG and WebP. A pipeline
either makes all of its outputs, which Pillow then decodes and finds as large as the manifest says, or refuses the picture
for its size and leaves nothing behind. Prints a line for each picture, with the most memory that a worker had, and for
which pipeline.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
# Larger ones are drawn in steps, so that even a PNG of 100 megapixels has less than `limits.bytes`.
SMALL = 1_000_000


def drawn(width, height):
    """Waves of three colours; with grain and alpha where that is small."""
    x, y = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
    planes = [127.5 + 127 * np.sin(x / (30 + 7 * i) + y / (50 - 9 * i)) for i in range(3)]
    picture = np.stack([plane.astype(np.uint8) for plane in planes], axis=2)
    if width * height > SMALL:
        return picture & 0xF0, False
    random = np.random.default_rng(3)
    picture = np.clip(picture.astype(int) + random.integers(-20, 21, picture.shape), 0, 255).astype(np.uint8)
    alpha = np.broadcast_to(np.clip((x + y) * 4, 0, 255).astype(np.uint8), (height, width))
    return np.dstack([picture, alpha]), True


def originals(size, folder):
    width, height = map(int, size.split("x"))
    picture, has_alpha = drawn(width, height)
    for format in ("PNG", "JPEG", "WEBP"):
        if format == "WEBP" and max(width, height) > 16383:
            continue
        file = folder / f"{size}.{format.lower()}"
        image = Image.fromarray(picture)
        if format == "JPEG" and has_alpha:
            image = image.convert("RGB")
        image.save(file, format, **({"compress_level": 1} if format == "PNG" else {"quality": 80, "method": 0}
                                    if format == "WEBP" else {"quality": 80}))
        yield file


def peak(pid):
    """The kernel's own mark of what the children of a process had in memory, in MB; 0 where there are none any more."""
    marks = [0]
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            for child in pathlib.Path(f"/proc/{pid}/task/{thread}/children").read_text().split():
                status = pathlib.Path(f"/proc/{child}/status").read_text().splitlines()
                marks += [int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")]
    except OSError:
        # It has ended meanwhile, or one of its own.
        pass
    return max(marks)


def process(program, pipeline, file, output):
    """Status, what was said, seconds, and the most memory of the program's worker in MB.

    Not from getrusage(2), which counts what this process had when it started the program."""
    start, memory = time.monotonic(), 0
    command = [program, "process", "--pipeline", str(pipeline), "--output", str(output), str(file)]
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(command, stdout=words, stderr=words)
        while child.poll() is None:
            memory = max(memory, peak(child.pid))
            time.sleep(0.005)
        words.seek(0)
        said = words.read().decode()
    return child.returncode, said, time.monotonic() - start, memory


def check(output, pipeline, file):
    """The outputs of a published directory, as the manifest has them."""
    folder = output / file.stem
    manifest = json.loads((folder / "manifest.json").read_text())
    outputs = manifest["outputs"]
    if not outputs:
        sys.exit(f"{file.name} through {pipeline.stem}: no outputs")
    for made in outputs:
        with Image.open(folder / made["file"]) as image:
            image.load()
            if image.size != (made["width"], made["height"]):
                sys.exit(f"{file.name} through {pipeline.stem}: {made['file']} is {image.size}")
    return len(outputs)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, pipelines = sys.argv[1], sorted(pathlib.Path(sys.argv[2]).glob("*.yaml"))
    if not pipelines:
        sys.exit(f"no pipelines in {sys.argv[2]}")
    for size in sys.argv[3:]:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for file in originals(size, folder):
                made, refused, most, seconds = 0, [], (0, "none"), 0
                for pipeline in pipelines:
                    output = folder / pipeline.stem
                    output.mkdir(exist_ok=True)
                    status, said, time_taken, memory = process(program, pipeline, file, output)
                    most, seconds = max(most, (memory, pipeline.stem)), seconds + time_taken
                    if status == 0:
                        made += check(output, pipeline, file)
                    elif status == 1 and ("size" in said or "aspect" in said or "smaller" in said):
                        refused.append(pipeline.stem)
                        if any(not entry.name.startswith(".") for entry in output.iterdir()):
                            sys.exit(f"{file.name} through {pipeline.stem}: refused, but something was left")
                    else:
                        sys.exit(f"{file.name} through {pipeline.stem} ended with {status}: {said}")
                    subprocess.run(["rm", "-rf", str(output)], check=True)
                print(f"{file.name}: {made} outputs; refused for its size by {', '.join(refused) or 'none'}; "
                      f"{seconds:.1f} s, at most {most[0]:.0f} MB ({most[1]})", flush=True)


if __name__ == "__main__":
    main()
