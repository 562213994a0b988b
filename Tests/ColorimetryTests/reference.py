"""Profiles, and what becomes of colours through them in double precision, by nothing but the formulas.

Writes JSON: a list of {name, profile (base64), channels, samples, expected}, where samples are of 8 bits and expected
are sRGB values of 0 to 255 that are not rounded. The profiles are made here, byte by byte (ICC.1:2022, ICC.1:2001-04 for
the tables); no colour management library has a part in it.
"""

import base64
import json
import random
import struct
import sys

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
SRGB = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06)


def mat(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def apply(m, v):
    return [sum(m[i][k] * v[k] for k in range(3)) for i in range(3)]


def inv(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [[(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
            [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
            [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det]]


def primaries(white, xy):
    """From light to XYZ under D50 (Bradford)."""
    def xyz(x, y):
        return [x / y, 1.0, (1 - x - y) / y]
    columns = [xyz(*xy[2 * i:2 * i + 2]) for i in range(3)]
    m = [[columns[j][i] for j in range(3)] for i in range(3)]
    w = xyz(*white)
    s = apply(inv(m), w)
    m = [[m[i][j] * s[j] for j in range(3)] for i in range(3)]
    cone = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    a, b = apply(cone, w), apply(cone, D50)
    scale = [[b[i] / a[i] if i == j else 0 for j in range(3)] for i in range(3)]
    return mat(mat(inv(cone), mat(scale, cone)), m)


SRGB_MATRIX = primaries(D65, SRGB)
SRGB_INVERSE = inv(SRGB_MATRIX)


def srgb_light(v):
    return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4


def srgb_value(light):
    light = min(max(light, 0.0), 1.0)
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def from_xyz(xyz):
    return [255 * srgb_value(v) for v in apply(SRGB_INVERSE, xyz)]


# Profiles -------------------------------------------------------------------------------------------------------------


def fixed(v):
    return struct.pack(">i", round(v * 65536))


def xyz_tag(v):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, v))


def para(*p):
    kind = {1: 0, 5: 3}[len(p)]
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(fixed, p))


def gamma(g):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(g * 256))


def table(values):
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + b"".join(
        struct.pack(">H", round(v * 65535)) for v in values)


def text(name):
    return b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + b"\0" * (1 + 12 + 67)


def profile(name, space, tags, kind=b"mntr", pcs=b"XYZ ", version=0x02400000):
    tags = [(b"desc", text(name)), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", xyz_tag(D50))] + tags
    directory, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    places = {}
    for signature, content in tags:
        content += b"\0" * (-len(content) % 4)
        if content not in places:
            places[content] = start + len(data)
            data += content
        directory += signature + struct.pack(">II", places[content], len(content))
    header = struct.pack(">I4sI4s4s4s", start + len(data), b"\0\0\0\0", version, kind, space, pcs)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + b"".join(map(fixed, D50))
    header += b"\0" * (128 - len(header))
    return header + directory + data


def shaper(name, m, curve, version=0x02400000):
    tags = [(t, xyz_tag([m[i][j] for i in range(3)])) for j, t in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(t, curve) for t in (b"rTRC", b"gTRC", b"bTRC")]
    return profile(name, b"RGB ", tags, version=version)


def lab_table(inputs, grid, lab):
    """mft2: curves that change nothing, and a table of Lab as version 2 codes it."""
    data = b"mft2\0\0\0\0" + bytes([inputs, 3, grid, 0])
    data += b"".join(fixed(float(i == j)) for i in range(3) for j in range(3))
    data += struct.pack(">HH", 2, 2) + struct.pack(">HH", 0, 65535) * inputs
    for index in range(grid ** inputs):
        at = [index // grid ** (inputs - 1 - i) % grid / (grid - 1) for i in range(inputs)]
        l, a, b = lab(at)
        data += struct.pack(">HHH", round(l * 652.8), round((a + 128) * 256), round((b + 128) * 256))
    return data + struct.pack(">HH", 0, 65535) * 3


def tables(inputs, grid, lab):
    """For both intents: libraries look for a black point where the intent has a table of its own."""
    data = lab_table(inputs, grid, lab)
    return [(b"A2B0", data), (b"A2B1", data)]


def lab_xyz(l, a, b):
    y = (l + 16) / 116
    x, z = y + a / 500, y - b / 200
    return [w * (t ** 3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29)) for w, t in zip(D50, (x, y, z))]


def black_point(l):
    """Black point compensation (ISO 18619) from a black of that lightness to none."""
    black = lab_xyz(min(l, 50), 0, 0)
    def scaled(xyz):
        return [(v - k) * w / (w - k) for v, k, w in zip(xyz, black, D50)]
    return scaled


# Cases ----------------------------------------------------------------------------------------------------------------


chance = random.Random(7)
cases = []


def add(name, channels, icc, samples, convert):
    expected = [v for s in samples for v in convert([c / 255 for c in s])]
    cases.append({
        "name": name, "profile": base64.b64encode(icc).decode(), "channels": channels,
        "samples": [c for s in samples for c in s], "expected": expected})


def colours(channels, steps, more):
    samples = [[]]
    for _ in range(channels):
        samples = [s + [c] for s in samples for c in steps]
    return samples + [[chance.randrange(256) for _ in range(channels)] for _ in range(more)]


def add_shaper(name, white, xy, curve, light, version=0x02400000, swapped=False):
    m = primaries(white, xy)
    if swapped:
        m = [[row[1], row[0], row[2]] for row in m]
    add(name, "rgb", shaper(name, m, curve, version), colours(3, range(0, 256, 51), 600) + [[v] * 3 for v in range(256)],
        lambda c: from_xyz(apply(m, [light(v) for v in c])))


def interpolated(values):
    def light(v):
        at = v * (len(values) - 1)
        floor = min(int(at), len(values) - 2)
        return values[floor] + (values[floor + 1] - values[floor]) * (at - floor)
    return light


srgb_curve = para(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
REC2020 = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046)
add_shaper("Display P3", D65, P3, srgb_curve, srgb_light, version=0x04400000)
add_shaper("Adobe RGB", D65, (0.64, 0.33, 0.21, 0.71, 0.15, 0.06), gamma(563 / 256), lambda v: v ** (563 / 256))
add_shaper("ProPhoto", (0.3457, 0.3585), (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001), gamma(1.8),
           lambda v: v ** (round(1.8 * 256) / 256))
deep = [(i / 1023) ** 2.4 for i in range(1024)]
add_shaper("Rec. 2020 by table", D65, REC2020, table(deep), interpolated([round(v * 65535) / 65535 for v in deep]))
add_shaper("Linear", D65, SRGB, para(1.0), lambda v: v, version=0x04400000)
add_shaper("Swapped", D65, SRGB, srgb_curve, srgb_light, version=0x04400000, swapped=True)
add_shaper("Plain by formula", D65, SRGB, srgb_curve, srgb_light, version=0x04400000)
add_shaper("Plain by table", D65, SRGB, table([srgb_light(i / 1023) for i in range(1024)]), srgb_light)
# Another space under sRGB's name.
add_shaper("sRGB IEC61966-2.1", D65, P3, srgb_curve, srgb_light)


def grid(bump):
    """mAB: a table in the picture's own samples, then sRGB's curves and its matrix (ICC.1:2022 §10.12). The bump lies
    between reds of 70 and 80, and nowhere near gray."""
    table = b""
    for red in range(52):
        for green in range(4):
            for blue in range(4):
                value = bump if (red, green, blue) == (15, 1, 2) else red * 5
                table += struct.pack(">HHH", value * 257, green * 85 * 257, blue * 85 * 257)
    clut = bytes([52, 4, 4] + [0] * 13) + bytes([2, 0, 0, 0]) + table
    none = (b"curv" + b"\0" * 8) * 3
    # XYZ of 1 is 32768 of 65535.
    share = 32768 / 65535
    m = b"".join(fixed(v * share) for row in SRGB_MATRIX for v in row) + b"\0" * 12
    parts, data, start = [], b"", 32
    for part in (none, m, srgb_curve * 3, clut, none):
        parts.append(start + len(data))
        data += part + b"\0" * (-len(part) % 4)
    return b"mAB \0\0\0\0" + bytes([3, 3, 0, 0]) + struct.pack(">5I", *parts) + data


def add_grid(name, bump):
    # Curves and matrix beside the table say nothing of the bump: the table counts.
    tags = [(t, xyz_tag([SRGB_MATRIX[i][j] for i in range(3)])) for j, t in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(t, srgb_curve) for t in (b"rTRC", b"gTRC", b"bTRC")]
    tags += [(t, grid(bump)) for t in (b"A2B0", b"A2B1")]
    samples = [[r * 5, g * 85, b * 85] for r in range(52) for g in range(4) for b in range(4)]
    add(name, "rgb", profile(name, b"RGB ", tags, version=0x04400000), samples,
        lambda c: [bump if [round(255 * v) for v in c] == [75, 85, 170] else 255 * c[0], 255 * c[1], 255 * c[2]])


add_grid("Plain by grid", 75)
add_grid("Bump", 135)

shades = [[v] for v in range(256)]
add("Gray 1.8", "gray", profile("Gray 1.8", b"GRAY", [(b"kTRC", gamma(1.8))]), shades,
    lambda c: [255 * srgb_value(c[0] ** (round(1.8 * 256) / 256))])
gain = [(i / 255) ** 1.6 for i in range(256)]
add("Dot gain", "gray", profile("Dot gain", b"GRAY", [(b"kTRC", table(gain))]), shades,
    lambda c: [255 * srgb_value(interpolated([round(v * 65535) / 65535 for v in gain])(c[0]))])
add("Gray as it is", "gray", profile("Gray as it is", b"GRAY", [(b"kTRC", srgb_curve)], version=0x04400000), shades,
    lambda c: [255 * c[0]])


def ink(c):
    """Paper and ink of no particular press. All ink together is a dark gray, not black."""
    cyan, magenta, yellow, black = c
    l = 12 + (95 - 12) * (1 - black) * (1 - 0.42 * cyan) * (1 - 0.48 * magenta) * (1 - 0.1 * yellow)
    return l, (70 * magenta - 35 * cyan) * (1 - black), (85 * yellow - 45 * cyan) * (1 - black)


def coded(lab):
    l, a, b = lab
    return round(l * 652.8) / 652.8, round((a + 128) * 256) / 256 - 128, round((b + 128) * 256) / 256 - 128


# Only colours at the table's own steps: between them libraries interpolate as they like.
darkest = black_point(coded(ink([1, 1, 1, 1]))[0])
add("Press", "cmyk", profile("Press", b"CMYK", tables(4, 6, ink), b"scnr", b"Lab "),
    colours(4, range(0, 256, 51), 0), lambda c: from_xyz(darkest(lab_xyz(*coded(ink(c))))))


# A table of the size that presses have: half a megabyte.
add("Large press", "cmyk", profile("Large press", b"CMYK", tables(4, 17, ink), b"scnr", b"Lab "), [[0] * 4, [255] * 4],
    lambda c: from_xyz(darkest(lab_xyz(*coded(ink(c))))))


def scanner(c):
    return 5 + 90 * (0.2 * c[0] + 0.7 * c[1] + 0.1 * c[2]) ** 0.5, 80 * (c[0] - c[1]), 60 * (c[1] - c[2])


dark = black_point(coded(scanner([0, 0, 0]))[0])
add("Scanner", "rgb", profile("Scanner", b"RGB ", tables(3, 6, scanner), b"scnr", b"Lab "),
    colours(3, range(0, 256, 51), 0), lambda c: from_xyz(dark(lab_xyz(*coded(scanner(c))))))

json.dump(cases, sys.stdout)
