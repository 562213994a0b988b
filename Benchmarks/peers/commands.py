"""Whole programs side by side: what a script would call once for a picture, each started anew, on a wall clock."""
import os
import pathlib
import shutil
import statistics
import subprocess
import time

PIPELINES = {
    "jpeg": "outputs:\n  - { file: '{name}.jpg', quality: 85, metadata: none }\n",
    "stamp": "outputs:\n  - { file: '{name}.webp', metadata: { level: provenance, artist: Example } }\n",
}


def lines(darkroom, webp, folder):
    """Name, ours, and the others' commands. Each command gets a folder that is empty."""
    pipelines = {}
    for name, text in PIPELINES.items():
        pipelines[name] = folder / f"{name}.yaml"
        pipelines[name].write_text(text)
    output = folder / "output"

    def ours(name):
        return [darkroom, "process", "--pipeline", str(pipelines[name]), "--output", str(output), str(webp)]

    copy = output / "copy.webp"
    return [
        ("1024x1024 WebP to JPEG, a process", ours("jpeg"), {
            "ImageMagick": ["/usr/bin/convert", str(webp), "-quality", "85", str(output / "a.jpg")],
        }),
        ("1024x1024 WebP stamped, a process", ours("stamp"), {
            "exiv2": ["exiv2", "-M", "set Exif.Image.Artist Example", str(copy)],
            "exiftool": ["exiftool", "-q", "-overwrite_original", "-Artist=Example", str(copy)],
        }),
    ]


def measure(darkroom, data, folder, rounds):
    """Prints the median of each command, and our ratio to it. None is judged: starting a program is most of it."""
    folder = pathlib.Path(folder)
    webp = folder / "picture.webp"
    webp.write_bytes(data)
    for name, ours, others in lines(darkroom, webp, folder):
        times = {}
        for _ in range(rounds):
            for who, command in {"darkroom": ours, **others}.items():
                if shutil.which(command[0]) is None:
                    continue
                output = folder / "output"
                shutil.rmtree(output, ignore_errors=True)
                output.mkdir()
                shutil.copy(webp, output / "copy.webp")
                start = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                times.setdefault(who, []).append((time.perf_counter() - start) * 1000)
        found = {who: statistics.median(values) for who, values in times.items()}
        ours_time = found.pop("darkroom")
        print(f"{name}: {ours_time:.0f} ms; " + ", ".join(
            f"{ours_time / value:.2f} of {who} ({value:.0f} ms)" for who, value in found.items()), flush=True)
