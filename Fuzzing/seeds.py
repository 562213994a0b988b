#!/usr/bin/python3
"""Writes what fuzzing starts from: small inputs of every kind, a folder for each target.

    seeds.py DIRECTORY

Pictures are those of the codecs' tests (Tests/CodecsTests/fixtures.py), and further ones with metadata by Pillow and
exiftool; blocks are cut out of them; words are the shipped pipelines, the vendor's bodies, and what stands below.
"""

import gzip
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib

from PIL import Image, ImageCms

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
OUTPUT = os.path.abspath(sys.argv[1])

# A larger one is no good to start from.
LIMIT = 16_000


def add(targets, data):
    if isinstance(data, str):
        data = data.encode()
    if len(data) > LIMIT:
        return
    for target in targets.split():
        folder = os.path.join(OUTPUT, target)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as file:
            file.write(data)


def contents(path):
    with open(path, "rb") as file:
        return file.read()


# Pictures -----------------------------------------------------------------------------------------------------------

def add_picture(data):
    kind = {b"\xff\xd8": "jpeg", b"\x89P": "png", b"RI": "webp"}.get(data[:2])
    if kind:
        add(f"{kind} {kind}-container inspection metadata-plan", data)
        if kind == "jpeg":
            add("rearranging", data)


def segments(jpeg):
    position = 2
    while position + 4 <= len(jpeg) and jpeg[position] == 0xFF and jpeg[position + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[position + 2:position + 4])[0]
        yield jpeg[position + 1], jpeg[position + 4:position + 2 + length]
        position += 2 + length


def add_blocks(jpeg):
    for marker, data in segments(jpeg):
        if data.startswith(b"Exif\0\0"):
            add("exif", data[6:])
        elif data.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            add("xmp extended-xmp", data[29:])
        elif data.startswith(b"Photoshop 3.0\0"):
            add("iptc", data[14:])
            start = data.find(b"\x1c\x02")
            if start > 0:
                add("iptc", data[start:])


def pictures():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, os.path.join(ROOT, "Tests/CodecsTests/fixtures.py"), folder], check=True,
            stdout=subprocess.DEVNULL)
        for name in sorted(os.listdir(folder)):
            add_picture(contents(os.path.join(folder, name)))
    with tempfile.TemporaryDirectory() as folder:
        tagged(folder)


def tagged(folder):
    os.chdir(folder)
    width, height = 16, 16
    rgb = Image.new("RGB", (width, height))
    rgb.putdata([(x * 15, y * 15, (x * y) % 256) for y in range(height) for x in range(width)])
    rgba = rgb.copy()
    rgba.putalpha(rgb.convert("L"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    add("icc", srgb)
    add("icc", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    made = json.loads(subprocess.run(
        [sys.executable, os.path.join(ROOT, "Tests/ColorimetryTests/reference.py")], check=True,
        capture_output=True).stdout)
    for case in made:
        add("icc", __import__("base64").b64decode(case["profile"]))
    rgb.save("a.jpg", quality=70, icc_profile=srgb, dpi=(300, 300))
    rgb.save("b.jpg", quality=70, progressive=True, comment=b"from afar")
    rgb.convert("CMYK").save("c.jpg", quality=70)
    rgba.save("a.png", icc_profile=srgb, dpi=(72, 72))
    rgb.quantize(16).save("b.png", transparency=3)
    rgb.save("a.webp", quality=70, icc_profile=srgb)
    rgba.save("b.webp", lossless=True)
    rgb.save("c.webp", save_all=True, append_images=[rgb.transpose(Image.FLIP_LEFT_RIGHT)], duration=40)
    for number, name in enumerate(["a.jpg", "b.jpg", "c.jpg", "a.png", "b.png", "a.webp", "b.webp", "c.webp"]):
        add_picture(contents(name))
        subprocess.run(
            ["exiftool", "-q", "-overwrite_original", "-Make=Ricoh", "-Artist=Ada", "-EXIF:ImageDescription=A canal",
             f"-Orientation#={number + 1}", "-EXIF:GPSLatitude=45.4", "-EXIF:GPSLatitudeRef=N",
             "-EXIF:UserComment=a comment", "-MakerNoteUnknownText=Secret", "-XMP-exif:GPSLatitude=45.4",
             "-XMP-dc:Title=Canal", "-XMP-dc:Creator=Ada", "-XMP-dc:Rights=(c)", "-XMP-photoshop:City=Venezia",
             "-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
             name], check=True)
        add_picture(contents(name))
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-ThumbnailImage<=b.jpg", "-IPTC:City=Venezia", "-IPTC:Keywords=canal",
         "-IPTC:By-line=Ada", "-IPTC:CodedCharacterSet=UTF8", "-Comment=from afar", "a.jpg"], check=True)
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-all=", "-icc_profile=", "c.webp"], check=False)
    for name in ["a.jpg", "b.jpg"]:
        add_picture(contents(name))
        add_blocks(contents(name))
    plain = io.BytesIO()
    rgb.save(plain, "JPEG", quality=70)
    extended(plain.getvalue())
    texts(contents("b.png"))
    credentials(plain.getvalue(), contents("a.png"), contents("b.webp"))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def texts(png):
    """Every kind of text behind a PNG's header."""
    pieces = [
        chunk(b"tEXt", b"Comment\0caf\xe9"), chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"a canal\nSteps: 8")),
        chunk(b"iTXt", b"Title\0\0\0de\0Titel\0" + "Kanäle".encode()),
        chunk(b"iTXt", b"Title\0\1\0de\0Titel\0" + zlib.compress("Kanäle".encode())),
        chunk(b"tEXt", b"Raw profile type iptc\0\niptc\n      12\n1c021900066361\n6e616c0000\n"),
        chunk(b"tIME", b"\x07\xea\1\2\3\4\5"), chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"sRGB", b"\0"),
        chunk(b"cICP", b"\x09\x10\0\1"), chunk(b"acTL", struct.pack(">II", 1, 0)),
        chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
    ]
    for piece in pieces + [b"".join(pieces[:4])]:
        add_picture(png[:33] + piece + png[33:])


def extended(jpeg):
    """XMP in a main packet and an extension."""
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    whole = (f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}><rdf:Description rdf:about="" '
             'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>far</dc:title></rdf:Description></rdf:RDF>'
             '</x:xmpmeta>').encode()
    digest = hashlib.md5(whole).hexdigest().upper()
    main = (f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}><rdf:Description rdf:about="" '
            f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{digest}"/></rdf:RDF></x:xmpmeta>')
    out = b"\xff\xd8"
    half = len(whole) // 2
    for data in [
        b"http://ns.adobe.com/xap/1.0/\0" + main.encode(),
        *(b"http://ns.adobe.com/xmp/extension/\0" + digest.encode() + struct.pack(">II", len(whole), start) +
          whole[start:start + half + 1] for start in (0, half + 1)),
    ]:
        out += b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
    add_picture(out + jpeg[2:])
    for title in ("long " * 300, "a"):
        add("xmp extended-xmp", f'''<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}><rdf:Description rdf:about="urn:a" xmlns:p="urn:p" p:a="{title}"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">&lt;a&#x20;</rdf:li>
<rdf:li xml:lang="de">b</rdf:li></rdf:Alt></dc:description><dc:subject><rdf:Bag><rdf:li>one</rdf:li></rdf:Bag></dc:subject>
<!-- aside --><p:b rdf:parseType="Resource"><p:c><![CDATA[ ]] > ]]></p:c></p:b></rdf:Description>
<rdf:Description rdf:about="urn:a" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="45,26N"/></rdf:RDF>
</x:xmpmeta><?xpacket end="w"?>''')


def credentials(jpeg, png, webp):
    def box(kind, data):
        return struct.pack(">I", len(data) + 8) + kind + data
    kind = b"c2pa" + bytes.fromhex("00110010800000AA00389B71")
    term = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMediad"
    store = box(b"jumb", box(b"jumd", kind + b"\3c2pa\0") + box(b"jumb", box(b"jumd", kind + b"\3m\0") + box(b"cbor", term)))
    payload = b"JP\0\1" + struct.pack(">I", 1) + store
    first, rest = store[:60], store[60:]
    halves = [b"JP\0\1" + struct.pack(">I", 1) + first, b"JP\0\1" + struct.pack(">I", 2) + store[:8] + rest]
    for parts in ([payload], halves):
        app = b"".join(b"\xff\xeb" + struct.pack(">H", len(part) + 2) + part for part in parts)
        add_picture(jpeg[:2] + app + jpeg[2:])
        add("credential", b"".join(bytes([len(part)]) + part for part in parts))
    add("credential", store)
    add_picture(png[:33] + chunk(b"caBX", store) + png[33:])
    padded = store + b"\0" * (len(store) % 2)
    body = webp[8:] + b"C2PA" + struct.pack("<I", len(store)) + padded
    add_picture(b"RIFF" + struct.pack("<I", len(body)) + body)


# Words --------------------------------------------------------------------------------------------------------------

DOCUMENTS = [
    '{"a": [1, -2.5e-3, true, null, "\\u00e9\\ud83d\\ude00\\n\\""], "b": {"c": {}}, "d": []}',
    '[0, 0.0, 1e400, "", {"": [[]]}]', '\ufeff{"a":1}\n{"a":2}\r\n\n[3]',
]
YAML = [
    "a: &x [1, 0x10, 0o7, .5, yes, ~, 'it''s', \"\\u00e9\\x41\"]\nb: *x\nc: |\n  text\n  more\nd: >-\n  folded\n  text\n",
    "? a\n: - b\n  - {c: d, 'e': !!str 1}\n--- \n", "# comment\n%YAML 1.2\n---\na: 2026-01-02\n...\n",
]
REQUESTS = [
    {"pipeline": "web", "name": "canal é", "output": "heroes/one", "priority": 5, "labels": {"a": "b", "c": 1},
     "generate": {"model": "m", "prompt": "a canal", "width": 512, "height": 512, "variants": 2, "seed": 7},
     "then": [{"upscale": {"scale": 2}}, {"edit": {"prompt": "bluer"}}]},
    {"edit": {"prompt": "x", "image": "photo.jpg", "model": "m"}}, {"source": "photos/a.png"},
    {"multi-edit": {"prompt": "x", "images": ["a.png", "https://x.example/y.png", "data:image/png;base64,iVBORw0KGgo="]}},
    {"prompt": "bare", "size": "1024x1024", "response_format": "b64_json"},
    {"upscale": {"image": "iVBORw0KGgo=", "scale": 4, "enhance": True, "enhanceCreativity": 0.5}},
    {"background-remove": {"image": "a.webp"}, "metadata": {"artist": "Ada", "copyright": "(c)", "keywords": ["a"]}},
    {"prompt": "x", "style_references": [{"image": "a.png", "strength": 0.5}], "aspect_ratio": "16:9"},
]
PIPELINES = [
    """description: all
request: { generate: { format: png } }
verify:
  size: { min: 512x512, max: 4096x4096, aspect: "16:9", tolerance: 0.02 }
  on-mismatch: accept
  reject: [violation, blurred, blank]
  read-back: full
collision: suffix
on-unknown: hold
reuse: true
outputs:
  - file: "{name}-{width}x{height}-{label.a}-{sha256:8}.webp"
    resize: { width: [320, 640], height: 200, fit: cover, position: top, enlarge: true }
    quality: 80
    method: 6
    lossless: false
    metadata: { level: full, copyright: "(c)", artist: A, keywords: [a, b], dpi: 300 }
  - file: "{name}.jpg"
    quality: 85
    subsampling: "4:2:0"
    progressive: true
    background: "#ffffff"
    metadata: keep
  - { file: "{job}-{variant}.png", compression: 9, trim: { tolerance: 3 }, pad: 4, blur: 1.5, sharpen: true }
after:
  - run: [/usr/local/bin/publish, "{manifest}"]
  - webhook: https://build.example/hooks/images
""",
]
FILE_NAMES = [
    "{name}-{job}-{pipeline}-{variant}-{width}x{height}.{format}\nname\njob\npipe",
    "{seed}{model}{date}{sha256:8}{label.a}.webp\nn\nj\np\nlabel/../x\nmodel:1", "{name}.jpg\n..\n.\n\u202e", "a.png",
]


def dumped(value):
    return json.dumps(value, ensure_ascii=False)


def words():
    for text in DOCUMENTS:
        add("json yaml", text)
    for text in YAML:
        add("yaml request-yaml", text)
    for value in REQUESTS:
        add("request-json request-yaml json request-lines", dumped(value))
        add("request-json", json.dumps(value, indent=1))
        lines = [f"{key}: {dumped(inner)}" for key, inner in value.items()]
        add("request-yaml yaml", "\n".join(lines) + "\n")
    add("request-lines", "\n".join(map(dumped, REQUESTS)) + "\n")
    folder = os.path.join(ROOT, "Tests/Venice/bodies")
    for name in os.listdir(folder):
        if name.endswith(".json"):
            add("request-json request-yaml", contents(os.path.join(folder, name)))
    for text in PIPELINES:
        add("pipeline yaml", text)
    folder = os.path.join(ROOT, "pipelines")
    for name in os.listdir(folder):
        add("pipeline", contents(os.path.join(folder, name)))
    for text in FILE_NAMES:
        add("file-name", text)
    add("xmp-fields", "\0".join("trained|sys|a prompt <&>|d|alt|(c)|tool|id|head|Ada|Bob".split("|")))
    add("xmp-fields", "é\r\n\t \0]]>\0\x01\ufffe")


# Answers ------------------------------------------------------------------------------------------------------------

def answers():
    dot = io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "PNG")
    base64 = __import__("base64").b64encode(dot.getvalue()).decode()
    bodies = [
        dumped({"id": "g-1", "images": [base64, "AAEC"], "request": {"a": [1, True, None]}, "timing": {"total": 18}}),
        '{"request": {"prompt": "\\ud83d\\ude00\\"", "images": ["AAEC"]}, "images": ["AA\\/C", "\\u0041AEC"], "x": -1.5e+3}',
        dumped({"created": 1, "data": [{"b64_json": base64}, {"url": "data:image/png;base64,AAEC", "n": {}}]}),
        dumped({"data": [{"url": "https://x.example/a.png"}]}), ' \n{ "images" : [ "QQ==" , "QUI=" ] , "a" : [ { } , [ ] ] } ',
        "<html>", "",
    ]
    for body in bodies + [dot.getvalue()]:
        data = body.encode() if isinstance(body, str) else body
        add("answer json", data)
        add("answer-gzip", gzip.compress(data, mtime=0))
        add("answer-gzip", gzip.compress(data[:20], mtime=0) + gzip.compress(data[20:], mtime=0))
    for value in [
        {"error": "no", "message": "more", "issues": [{"path": ["images", 0], "message": "bad"}], "code": "X"},
        {"error": {"message": "m", "type": "t", "param": "size", "code": None}},
        {"error": "Invalid", "details": {"_errors": [], "width": {"_errors": ["too small"]}}},
        {"x402Version": 1, "accepts": []}, {"error": "pay", "code": "PAYMENT_REQUIRED", "currentBalanceUsd": 0.5},
    ]:
        add("refusal", dumped(value))
    add("answer-head", "Content-Type: application/json; charset=utf-8\nRetry-After: 3\nX-Request-ID: a\n"
        "x-ratelimit-limit-requests: 20\nx-ratelimit-reset-requests: 1e9\nx-venice-enhanced-prompt: a%20b%C3%A9\n"
        "x-venice-is-blurred: true\nDate: Sun, 06 Nov 1994 08:49:37 GMT\nContent-Encoding: x-gzip")
    add("answer-head", "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT\ndate:Sun Nov  6 08:49:37 1994\n"
        "2026-06-15T19:05:10.504Z\n2026-06-15T19:05:10Z\ndata:image/png;base64,AAAA\niVBORw0KGgo=")
    models = json.loads(contents(os.path.join(ROOT, "Sources/Catalogue/models.json")))
    for start in range(0, len(models), 6):
        add("catalogue", dumped({"data": models[start:start + 6], "styles": ["a"]}))
    for model in models[:12]:
        model["id"] = "m"
        add("catalogue", dumped({"data": [model]}))
    add("catalogue", dumped({"data": [{"id": "m", "type": "image", "model_spec": {
        "constraints": {"promptCharacterLimit": 1500, "steps": {"default": 20, "max": 30}, "widthHeightDivisor": 8,
                        "aspectRatios": ["1:1", "16:9"], "defaultAspectRatio": "1:1", "resolutions": ["1K", "2K"]},
        "pricing": {"generation": {"usd": 0.01}, "resolutions": {"1K": {"usd": 0.1}, "2K": {"usd": "0.2"}},
                    "upscale": {"2x": {"usd": 0.02}, "4x": {"usd": 0.08}}},
        "traits": ["default"], "deprecation": {"date": "2026-01-01T00:00:00Z", "replacement": "n"}, "offline": False}}]}))
    add("catalogue", dumped({"version": 1, "base-url": "https://api.example", "fetched": 1, "styles": None, "models": []}))


# Messages -----------------------------------------------------------------------------------------------------------

def messages():
    header = {"format": "png", "size": {"width": 64, "height": 64}, "layout": {"channels": "rgb", "depth": 8},
              "isAnimated": False, "coding": "RGB", "block": {"width": 8, "height": 8}}
    report = {"header": header, "orientation": 6, "surveys": [], "space": {"sRGB": {}}, "isCarried": False,
              "flaw": "f", "damage": {"notAnImage": {}}}
    replies = [
        {"header": {"_0": header}}, {"examined": {"_0": report}}, {"surveyed": {"_0": []}}, {"finished": {}},
        {"made": {"_0": [{"animated": {}}], "credential": None}}, {"unreadable": {"errno": 5}},
        {"fitted": {"format": "jpeg", "size": {"width": 1, "height": 2}, "change": "c"}},
        {"failed": {"_0": {"original": {"_0": {"truncated": {"_0": "png"}}}}}},
    ]
    for reply in replies:
        text = dumped(reply).encode()
        add("reply", struct.pack("<I", len(text)) + text)
    limits = {"pixels": 100, "bytes": 100}
    for order in [{"header": {"_0": limits}}, {"examine": {"_0": limits}}, {"next": {}}, {"survey": {"_0": [], "_1": limits}},
                  {"inspect": {"_0": limits}}]:
        text = dumped(order).encode()
        add("order", struct.pack("<I", len(text)) + text)
    add("control-question", dumped({"control": 1, "word": "list", "spool": "/spool", "about": {"state": ["held"]}}))
    add("control-question", dumped({"control": 2, "word": "list", "spool": "/other"}))
    for line in [{"item": {"a": 1}}, {"beat": True}, {"end": {}}, {"error": {"kind": "spool", "message": "m", "speaks": 1}}]:
        add("control-line", dumped(line))


words()
answers()
messages()
pictures()
