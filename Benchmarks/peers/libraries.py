"""What a user would pick instead, within a process: libvips by pyvips, and Pillow. Each makes a job's outputs of the
original's bytes, in the job's order, as a list of files in memory."""
import io

import pyvips
from PIL import Image

# What libvips remembers of earlier rounds would be no work.
pyvips.cache_set_max(0)

WEBP_SET = [(1024, "webp"), (768, "webp"), (512, "webp"), (256, "webp"), (1024, "jpeg")]
LARGE_SET = [(2048, "webp"), (1280, "webp"), (640, "webp"), (320, "webp"), (2048, "jpeg")]


def vips_set(data, outputs, quality=0):
    image = pyvips.Image.new_from_buffer(data, "").copy_memory()
    files = []
    for width, format in outputs:
        resized = image if width == image.width else image.resize(width / image.width, kernel="lanczos3")
        if format == "webp":
            files.append(resized.webpsave_buffer(Q=80 + quality, effort=4, keep="none"))
        else:
            files.append(resized.jpegsave_buffer(Q=85 + quality, keep="none"))
    return files


def pillow_set(data, outputs):
    image = Image.open(io.BytesIO(data)).convert("RGB")
    files = []
    for width, format in outputs:
        height = round(image.height * width / image.width)
        resized = image if width == image.width else image.resize((width, height), Image.LANCZOS)
        file = io.BytesIO()
        resized.save(file, format, **(dict(quality=80, method=4) if format == "webp" else dict(quality=85)))
        files.append(file.getvalue())
    return files


def vips_jpeg(data, quality=0):
    return [pyvips.Image.thumbnail_buffer(data, 720).jpegsave_buffer(Q=80 + quality, keep="none")]


def pillow_jpeg(data):
    image = Image.open(io.BytesIO(data))
    file = io.BytesIO()
    image.resize((720, round(image.height * 720 / image.width)), Image.LANCZOS, reducing_gap=2).save(
        file, "JPEG", quality=80)
    return [file.getvalue()]


def vips_png(data, filter="none"):
    return [pyvips.Image.thumbnail_buffer(data, 720).pngsave_buffer(compression=6, keep="none", filter=filter)]


def pillow_png(data):
    image = Image.open(io.BytesIO(data))
    file = io.BytesIO()
    image.resize((720, round(image.height * 720 / image.width)), Image.LANCZOS).save(file, "PNG", compress_level=6)
    return [file.getvalue()]
