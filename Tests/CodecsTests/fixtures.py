"""Writes pictures of every kind the codecs read, with the pixels that independent decoders see in them.

    fixtures.py DIRECTORY

`fixtures.json` lists them: name, file, format, size, layout, coding, animated, and `pixels`, a file of raw samples in
the layout's order (sixteen bits in the machine's). Where the pixels come from:

- PNG: from the samples the file was made of, by the encoder below, which knows nothing of libpng; checked against
  Pillow wherever Pillow keeps what is stored.
- WebP: from dwebp; the first frame of an animation from Pillow (WebPAnimDecoder).
- JPEG: from djpeg; CMYK from Pillow.

Files that begin with `hostile-` are not listed: no decoder gets a picture from them, or none that is safe.
"""

import json
import os
import random
import struct
import subprocess
import sys
import zlib

from PIL import Image

WIDTH, HEIGHT = 29, 23

os.chdir(sys.argv[1])
fixtures = []


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def contents(file):
    with open(file, "rb") as source:
        return source.read()


def add(name, file, format, size, layout, coding, pixels, animated=False):
    with open(name + ".raw", "wb") as target:
        target.write(pixels)
    fixtures.append(
        dict(name=name, file=file, format=format, width=size[0], height=size[1], layout=layout, coding=coding,
             animated=animated, pixels=name + ".raw"))


def photograph(width=WIDTH, height=HEIGHT):
    """Smooth colour with some noise and edges, and alpha from 0 to 255."""
    noise = random.Random(width * 10007 + height)
    picture = Image.new("RGBA", (width, height))
    for y in range(height):
        for x in range(width):
            edge = 60 if (x // 7 + y // 5) % 2 else 0
            jitter = noise.randrange(-6, 7)
            rgb = [(x * 255 // width + edge + jitter), (y * 255 // height + jitter), (255 - (x + y) * 4 + jitter)]
            alpha = 0 if x < 3 else 255 if x > width - 6 else (x * 9 + y * 3) % 256
            picture.putpixel((x, y), tuple(max(0, min(255, v)) for v in rgb) + (alpha,))
    return picture


# PNG ----------------------------------------------------------------------------------------------------------------

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(row, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", sample) for sample in row)
    if depth == 8:
        return bytes(row)
    bits = "".join(format(sample, "0%db" % depth) for sample in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(rows, pixel_bytes):
    """Each row with another of the five filters."""
    out, above = bytearray(), None
    for number, row in enumerate(rows):
        above = above or bytes(len(row))
        kind = number % 5
        out.append(kind)
        for i, value in enumerate(row):
            left = row[i - pixel_bytes] if i >= pixel_bytes else 0
            corner = above[i - pixel_bytes] if i >= pixel_bytes else 0
            guess = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]
            out.append((value - guess) & 255)
        above = row
    return bytes(out)


def png(width, height, color, depth, samples, interlaced=False, before=b""):
    """`samples[y][x]` is a list of the samples of a pixel."""
    pixel_bytes = max(1, CHANNELS[color] * depth // 8)
    data = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        rows = [
            packed([s for x in range(x0, width, dx) for s in samples[y][x]], depth) for y in range(y0, height, dy)
        ]
        if rows and rows[0]:
            data += filtered(rows, pixel_bytes)
    ihdr = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    compressed = zlib.compress(data)
    half = len(compressed) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + before + chunk(b"IDAT", compressed[:half]) +
            chunk(b"IDAT", compressed[half:]) + chunk(b"IEND", b""))


def raw(samples, depth):
    flat = [s for row in samples for pixel in row for s in pixel]
    return struct.pack("=%d%s" % (len(flat), "H" if depth == 16 else "B"), *flat)


def pillow_sees(file, layout):
    """The picture in Pillow's eyes, as 8-bit samples of the layout's channels; None where Pillow changes them."""
    picture = Image.open(file)
    mode = {"gray": "L", "grayAlpha": "LA", "rgb": "RGB", "rgba": "RGBA"}[layout]
    if picture.mode == "I":
        return bytes(v >> 8 for v in picture.getdata())
    if mode == "LA" and picture.mode != "LA":
        return None
    return picture.convert(mode).tobytes()


def make_png(label, color, depth, interlaced, transparency):
    rng = random.Random(hash((color, depth)))
    top = (1 << depth) - 1
    palette = [tuple(rng.randrange(256) for _ in range(3)) for _ in range(min(1 << depth, 200))]
    alphas = [(37 * i) % 256 for i in range(len(palette) * 2 // 3 or 1)]
    source = photograph()
    samples, decoded = [], []
    for y in range(HEIGHT):
        samples.append([])
        decoded.append([])
        for x in range(WIDTH):
            r, g, b, a = (v * top // 255 + (rng.randrange(200) if depth == 16 and v < 254 else 0)
                          for v in source.getpixel((x, y)))
            pixel = {0: [r], 2: [r, g, b], 3: [(x * 3 + y) % len(palette)], 4: [r, a], 6: [r, g, b, a]}[color]
            samples[-1].append(pixel)
            decoded[-1].append(pixel)
    key = samples[HEIGHT // 2][WIDTH // 2]
    before = b""
    if color == 3:
        before += chunk(b"PLTE", bytes(v for entry in palette for v in entry))
        decoded = [[list(palette[p[0]]) + ([alphas[p[0]] if p[0] < len(alphas) else 255] if transparency else [])
                    for p in row] for row in samples]
        if transparency:
            before += chunk(b"tRNS", bytes(alphas))
    else:
        if depth < 8:
            decoded = [[[v * 255 // top for v in p] for p in row] for row in samples]
        if transparency:
            before += chunk(b"tRNS", b"".join(struct.pack(">H", v) for v in key))
            full = 65535 if depth == 16 else 255
            decoded = [[d + [0 if s == key else full] for s, d in zip(srow, drow)]
                       for srow, drow in zip(samples, decoded)]
    channels = {0: "gray", 2: "rgb", 3: "rgb", 4: "grayAlpha", 6: "rgba"}[color]
    if transparency:
        channels = {"gray": "grayAlpha", "rgb": "rgba"}[channels]
    name = "png-%s-%d%s%s" % (label.replace(" ", "-"), depth, "-trns" * transparency, "-interlaced" * interlaced)
    with open(name + ".png", "wb") as target:
        target.write(png(WIDTH, HEIGHT, color, depth, samples, interlaced, before))
    pixels = raw(decoded, 16 if depth == 16 else 8)
    seen = pillow_sees(name + ".png", channels)
    if seen is not None and not (depth == 16 and transparency):
        high = bytes(v >> 8 for row in decoded for p in row for v in p) if depth == 16 else pixels
        assert seen == high, "Pillow sees other pixels in " + name
    coding = "%s of %d bit%s%s%s" % (label, depth, "s" * (depth > 1), ", tRNS" * transparency,
                                     ", interlaced" * interlaced)
    add(name, name + ".png", "png", (WIDTH, HEIGHT), channels + ("16" if depth == 16 else "8"), coding, pixels)


def make_pngs():
    for interlaced in (False, True):
        for transparency in (False, True):
            for depth in (1, 2, 4, 8, 16):
                make_png("gray", 0, depth, interlaced, transparency)
                if depth <= 8:
                    make_png("palette", 3, depth, interlaced, transparency)
                if depth >= 8:
                    make_png("RGB", 2, depth, interlaced, transparency)
                    if not transparency:
                        make_png("gray with alpha", 4, depth, interlaced, transparency)
                        make_png("RGBA", 6, depth, interlaced, transparency)
    # Pillow's own files, sizes below one Adam7 block, and chunks that must change no sample.
    for size in ((1, 1), (3, 2), (5, 9)):
        picture = photograph(*size).convert("RGB")
        name = "png-pillow-%dx%d" % size
        picture.save(name + ".png", optimize=True, dpi=(300, 300))
        add(name, name + ".png", "png", size, "rgb8", "RGB of 8 bits", picture.tobytes())
        rows = [[list(picture.getpixel((x, y))) for x in range(size[0])] for y in range(size[1])]
        before = (chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"sBIT", bytes([5, 5, 5])) +
                  chunk(b"bKGD", bytes(6)) + chunk(b"tEXt", b"Comment\0" + b"x" * 50))
        name = "png-chunks-%dx%d" % size
        with open(name + ".png", "wb") as target:
            target.write(png(size[0], size[1], 2, 8, rows, True, before))
        add(name, name + ".png", "png", size, "rgb8", "RGB of 8 bits, interlaced", picture.tobytes())
    # An animated PNG: decoders that do not know acTL show the default image.
    picture = photograph().convert("RGB")
    picture.save("png-animated.png", save_all=True, append_images=[picture.rotate(180)], duration=100)
    add("png-animated", "png-animated.png", "png", picture.size, "rgb8", "RGB of 8 bits", picture.tobytes(), True)


# WebP ---------------------------------------------------------------------------------------------------------------


def netpbm(file):
    """Size, channels and samples of a binary PGM, PPM or PAM of 8 bits."""
    data = open(file, "rb").read()
    if data.startswith(b"P7"):
        head, samples = data.split(b"ENDHDR\n", 1)
        fields = dict(line.split(b" ", 1) for line in head.split(b"\n")[1:] if line)
        return (int(fields[b"WIDTH"]), int(fields[b"HEIGHT"])), int(fields[b"DEPTH"]), samples
    kind, width, height, _, samples = split_pnm(data)
    return (width, height), {b"P5": 1, b"P6": 3}[kind], samples


def split_pnm(data):
    position, words = 0, []
    while len(words) < 4:
        end = position
        while data[end:end + 1].strip():
            end += 1
        words.append(data[position:end])
        position = end + 1
    return words[0], int(words[1]), int(words[2]), int(words[3]), data[position:]


def riff(*chunks):
    body = b"WEBP"
    for kind, data in chunks:
        body += kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def animation(canvas, place, *bitstream):
    """An animation of one frame, of the size of the other fixtures. Offsets are even (RFC 9649 2.7.1.1)."""
    def sides(*values):
        return b"".join(struct.pack("<I", value)[:3] for value in values)
    frame = sides(place[0] // 2, place[1] // 2, WIDTH - 1, HEIGHT - 1, 100) + b"\0" + riff(bitstream)[12:]
    return riff((b"VP8X", b"\x02\0\0\0" + sides(canvas[0] - 1, canvas[1] - 1)), (b"ANIM", bytes(6)), (b"ANMF", frame))


def make_webp(name, source, coding, *options):
    file = name + ".webp"
    run("cwebp", "-quiet", *options, source, "-o", file)
    add_webp(name, coding)


def add_webp(name, coding):
    alpha = "A" in coding.split()[1]
    run("dwebp", "-quiet", "-nodither", "-pam" if alpha else "-ppm", name + ".webp", "-o", name + ".pnm")
    size, channels, samples = netpbm(name + ".pnm")
    assert channels == (4 if alpha else 3)
    add(name, name + ".webp", "webp", size, "rgba8" if alpha else "rgb8", coding, samples)


def make_webps():
    photograph().save("alpha.png")
    photograph().convert("RGB").save("opaque.png")
    photograph(1, 1).convert("RGB").save("dot.png")
    photograph(130, 70).convert("RGB").save("wide.png")
    lossy, lossless = "lossy YUV 4:2:0", "lossless RGB"
    make_webp("webp-lossy", "opaque.png", lossy, "-q", "75")
    make_webp("webp-lossy-dot", "dot.png", lossy, "-q", "75")
    make_webp("webp-lossy-low", "wide.png", lossy, "-q", "3")
    make_webp("webp-lossy-sharp", "wide.png", lossy, "-q", "90", "-sharp_yuv", "-m", "6")
    make_webp("webp-lossy-partitions", "wide.png", lossy, "-q", "90", "-segments", "4", "-f", "80", "-strong")
    make_webp("webp-lossless", "opaque.png", lossless, "-lossless")
    make_webp("webp-lossless-dot", "dot.png", lossless, "-lossless")
    make_webp("webp-near-lossless", "wide.png", lossless, "-near_lossless", "40")
    make_webp("webp-lossless-alpha", "alpha.png", "lossless RGBA", "-lossless", "-exact")
    make_webp("webp-lossy-alpha", "alpha.png", "lossy YUVA 4:2:0", "-q", "60")
    make_webp("webp-lossy-alpha-lossy", "alpha.png", "lossy YUVA 4:2:0", "-q", "60", "-alpha_q", "30", "-exact")
    Image.open("alpha.png").convert("P").convert("RGB").save("indexed.png")
    make_webp("webp-lossless-indexed", "indexed.png", lossless, "-lossless", "-q", "100")
    # VP8X without alpha: a picture with a profile.
    with open("profile.icc", "wb") as target:
        target.write(bytes(132))
    run("webpmux", "-set", "icc", "profile.icc", "webp-lossy.webp", "-o", "webp-lossy-profile.webp")
    add_webp("webp-lossy-profile", lossy)
    # Trailing bytes are no part of the RIFF chunk.
    with open("webp-lossless-trailer.webp", "wb") as target:
        target.write(open("webp-lossless.webp", "rb").read() + b"trailing bytes")
    add_webp("webp-lossless-trailer", lossless)
    # Animations: a frame that covers the canvas, and first frames that lie somewhere on it.
    run("img2webp", "-lossless", "-d", "100", "alpha.png", "opaque.png", "-o", "webp-animated-lossless.webp")
    run("img2webp", "-lossy", "-q", "60", "-d", "100", "opaque.png", "alpha.png", "-o", "webp-animated-lossy.webp")
    for blend in ("+b", "-b"):
        for first in ("webp-lossy", "webp-lossy-alpha", "webp-lossless-alpha"):
            name = "webp-animated-offset-%s%s" % (first[5:], "-over" * (blend == "-b"))
            # The last frame is the one that makes the canvas larger than the first.
            run("webpmux", "-frame", first + ".webp", "+100+6+4+0" + blend, "-frame", "webp-lossy-low.webp",
                "+100+0+0+1" + blend, "-bgcolor", "255,10,200,30", "-o", name + ".webp")
    # webpmux would write a single frame as a still picture.
    with open("webp-animated-offset-single.webp", "wb") as target:
        target.write(animation((50, 40), (6, 4), b"VP8 ", contents("webp-lossy.webp")[20:]))
    for file in sorted(os.listdir(".")):
        if file.startswith("webp-animated"):
            picture = Image.open(file)
            frames = picture.n_frames
            picture.seek(0)
            if picture.mode != "RGBA":  # Pillow drops the alpha of an animation whose frames have none.
                frame = (6, 4, 6 + WIDTH, 4 + HEIGHT) if "offset" in file else (0, 0, WIDTH, HEIGHT)
                cover = Image.new("L", picture.size, 0)
                cover.paste(255, frame)
                picture = picture.convert("RGB")
                picture.putalpha(cover)
            pixels = picture.tobytes()
            add(file[:-5], file, "webp", picture.size, "rgba8", "animation", pixels, frames > 1)


# JPEG ---------------------------------------------------------------------------------------------------------------


def add_jpeg(name, coding):
    run("djpeg", "-pnm", "-outfile", name + ".pnm", name + ".jpg")
    size, channels, samples = netpbm(name + ".pnm")
    add(name, name + ".jpg", "jpeg", size, "gray8" if channels == 1 else "rgb8", coding, samples)


def make_jpeg(name, source, coding, *options):
    run("cjpeg", *options, "-outfile", name + ".jpg", source)
    add_jpeg(name, coding)


def without_segment(data, marker):
    """A JPEG without the first segment of that marker."""
    at = data.index(bytes([0xFF, marker]))
    return data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]:]


def make_jpegs():
    photograph().convert("RGB").save("color.ppm")
    photograph().convert("L").save("gray.pgm")
    photograph(1, 1).convert("RGB").save("dot.ppm")
    photograph(130, 70).convert("RGB").save("wide.ppm")
    sampling = {"1x1": "4:4:4", "2x1": "4:2:2", "2x2": "4:2:0", "1x2": "4:4:0", "4x1": "4:1:1", "4x2": "4:1:0",
                "1x1,1x1,2x2": "1x1,1x1,2x2", "2x2,1x2,1x2": "2x2,1x2,1x2"}
    for factors, notation in sampling.items():
        name = "jpeg-" + factors.replace(",", "-")
        make_jpeg(name, "color.ppm", "YCbCr " + notation, "-sample", factors, "-quality", "80", "-optimize")
        make_jpeg(name + "-progressive", "color.ppm", "YCbCr %s, progressive" % notation, "-sample", factors,
                  "-quality", "80", "-progressive")
        make_jpeg(name + "-wide", "wide.ppm", "YCbCr " + notation, "-sample", factors, "-quality", "91")
    make_jpeg("jpeg-dot", "dot.ppm", "YCbCr 4:2:0", "-quality", "80")
    make_jpeg("jpeg-gray", "gray.pgm", "gray", "-quality", "80")
    make_jpeg("jpeg-gray-progressive", "gray.pgm", "gray, progressive", "-progressive")
    make_jpeg("jpeg-rgb", "color.ppm", "RGB", "-rgb", "-quality", "90")
    make_jpeg("jpeg-restart", "wide.ppm", "YCbCr 4:2:0", "-restart", "1")
    make_jpeg("jpeg-restart-blocks", "wide.ppm", "YCbCr 4:2:0, progressive", "-restart", "3B", "-progressive")
    make_jpeg("jpeg-arithmetic", "color.ppm", "YCbCr 4:2:0, arithmetic coding", "-arithmetic")
    make_jpeg("jpeg-low", "wide.ppm", "YCbCr 4:2:0", "-quality", "2")
    with open("scans.txt", "w") as target:
        target.write("0;\n1;\n2;\n")
    make_jpeg("jpeg-scans", "color.ppm", "YCbCr 4:2:0", "-scans", "scans.txt")
    data = open("jpeg-2x2.jpg", "rb").read()
    with open("jpeg-trailer.jpg", "wb") as target:
        target.write(data + b"trailing bytes")
    add_jpeg("jpeg-trailer", "YCbCr 4:2:0")
    make_cmyk()


def make_cmyk():
    """Adobe's CMYK and YCCK, and CMYK that says nothing of Adobe and thus stores its ink upright."""
    light = photograph().convert("RGB")
    red, green, blue = (band.point(lambda v: 255 - v) for band in light.split())
    black = Image.new("L", light.size)
    black.putdata([(x * 11 + y * 7) % 256 for y in range(light.height) for x in range(light.width)])
    ink = Image.merge("CMYK", (red, green, blue, black))
    ink.save("jpeg-cmyk.jpg", quality=85)
    data = open("jpeg-cmyk.jpg", "rb").read()
    at = data.index(b"Adobe")
    with open("jpeg-ycck.jpg", "wb") as target:
        target.write(data[:at + 11] + b"\x02" + data[at + 12:])
    with open("jpeg-cmyk-plain.jpg", "wb") as target:
        target.write(without_segment(data, 0xEE))
    for name, coding, adobe in (("cmyk", "CMYK", True), ("ycck", "YCCK 4:4:4", True), ("cmyk-plain", "CMYK", False)):
        picture = Image.open("jpeg-%s.jpg" % name)
        assert picture.mode == "CMYK"
        samples = picture.tobytes()
        if not adobe:  # Pillow takes every CMYK for Adobe's.
            samples = bytes(255 - v for v in samples)
        add("jpeg-" + name, "jpeg-%s.jpg" % name, "jpeg", picture.size, "cmyk8", coding, samples)


# Hostile files --------------------------------------------------------------------------------------------------------


def hostile(file, *parts):
    with open("hostile-" + file, "wb") as target:
        target.write(b"".join(parts))


def make_hostile_pngs():
    hostile("pixels.png", huge_png(60000, 60000))
    hostile("sides.png", huge_png(0x7FFFFFFF, 0x7FFFFFFF))
    good = contents("png-palette-4-trns.png")
    at = good.index(b"tRNS") + 5
    hostile("transparency.png", good[:at], bytes([good[at] ^ 1]), good[at + 1:])
    # Text that libpng would inflate to 50 MB, and text longer than libpng's own limit of 8 MB.
    one = [[[1, 2, 3]]]
    hostile("text.png", png(1, 1, 2, 8, one, before=chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(50_000_000)))))
    hostile("long-text.png", png(1, 1, 2, 8, one, before=chunk(b"tEXt", b"long\0" + b"x" * 9_000_000)))
    missing = [[[1, 2, 3]] * 8] * 4
    short = png(8, 4, 2, 8, missing)
    hostile("rows.png", short[:20], struct.pack(">I", 9), short[24:29],
            struct.pack(">I", zlib.crc32(short[12:20] + struct.pack(">I", 9) + short[24:29])), short[33:])


def huge_png(width, height):
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(bytes(100))) +
            chunk(b"IEND", b""))


def make_hostile_webps():
    lossy, lossless = contents("webp-lossy.webp")[20:], contents("webp-lossless.webp")[20:]
    # The bitstream is cut, the chunks around it are whole.
    hostile("cut-lossy.webp", riff((b"VP8 ", lossy[:len(lossy) * 2 // 3])))
    hostile("cut-lossless.webp", riff((b"VP8L", lossless[:len(lossless) * 2 // 3])))
    bits = struct.pack("<I", 16382 | 16382 << 14)
    hostile("pixels.webp", riff((b"VP8L", lossless[:1] + bits + lossless[5:])))
    # An animated canvas of 65000 pixels on each side, which is just below libwebp's own limit of 2^32.
    hostile("canvas.webp", animation((65000, 65000), (0, 0), b"VP8L", lossless))
    hostile("frame.webp", animation((WIDTH + 1, HEIGHT + 1), (2, 0), b"VP8L", lossless))
    hostile("no-frame.webp", riff((b"VP8X", b"\x02" + bytes(9)), (b"ANIM", bytes(6))))


def make_hostile_jpegs():
    good = contents("jpeg-2x2.jpg")
    frame = good.index(b"\xff\xc0")
    side = frame + 5
    hostile("pixels.jpg", good[:side], struct.pack(">HH", 65500, 65500), good[side + 4:])
    hostile("sides.jpg", good[:side], struct.pack(">HH", 65535, 65535), good[side + 4:])
    hostile("twelve-bits.jpg", good[:frame + 4], b"\x0c", good[frame + 5:])
    hostile("lossless.jpg", good[:frame], b"\xff\xc3", good[frame + 2:])
    hostile("ended-early.jpg", good[:-40], b"\xff\xd9")
    restarts = contents("jpeg-restart.jpg")
    at = restarts.index(b"\xff\xd2")
    hostile("restarts.jpg", restarts[:at], b"\xff\xd5", restarts[at + 2:])
    # One scan for each of three components.
    scans = contents("jpeg-scans.jpg")
    starts = [i for i in range(len(scans)) if scans[i:i + 2] == b"\xff\xda"]
    assert len(starts) == 3
    third = starts[2]
    assert b"\xff\xc4" not in scans[starts[1]:third]
    hostile("component.jpg", scans[:third], b"\xff\xd9")
    first = scans[starts[0]:scans.index(b"\xff\xc4", starts[0])]
    hostile("scans.jpg", scans[:starts[0]], first * 101, scans[starts[0]:])
    frame = scans.index(b"\xff\xc0")
    hostile("two-components.jpg", scans[:frame + 2], struct.pack(">H", 14), scans[frame + 4:frame + 9], b"\x02",
            scans[frame + 10:frame + 16], scans[frame + 19:third], b"\xff\xd9")


make_pngs()
make_webps()
make_jpegs()
make_hostile_pngs()
make_hostile_webps()
make_hostile_jpegs()
with open("fixtures.json", "w") as target:
    json.dump(fixtures, target)
