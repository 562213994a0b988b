"""The thousand requests of the drain: what is dropped, and what should come of each.

`thousand()` is deterministic. Everything is small, so that the time goes into calls and not into pixels.
"""

import json
import struct
import zlib
from dataclasses import dataclass, field
from decimal import Decimal

PUBLISHED, REFUSED, FAILED, HELD = "published", "refused", "failed", "held"

PIPELINES = {
    "default": "outputs:\n  - { file: '{name}.webp', resize: { width: 48 }, method: 0 }\n",
    "web": """request: { generate: { format: png } }
verify: { size: requested, on-mismatch: fail, reject: [violation, blurred, blank] }
accepts-images: true
outputs:
  - { file: '{name}-{width}.jpg', resize: { width: [48, 24] } }
""",
    "cut": """request: { background-remove: {} }
accepts-images: true
outputs: [{ file: '{name}.png', resize: { width: 32 } }]
""",
    "large": """request: { upscale: { scale: 2 } }
accepts-images: true
outputs: [{ file: '{name}-{width}.webp', resize: { width: 40 }, method: 0 }]
""",
    "lenient": """verify: { size: requested, on-mismatch: accept }
collision: suffix
outputs: [{ file: '{name}-{label.sku}.png', resize: { width: 32, height: 32, fit: cover }, metadata: none }]
""",
    "swap": "collision: replace\noutputs: [{ file: '{name}.jpg', resize: { width: 32 }, metadata: full }]\n",
}

# What a call costs by the vendor's list, `Sources/Sandbox/models.json`; the tests of `plan` hold the program against it.
PIXEL_MODELS = {"venice-sd35": "0.01", "z-image-turbo": "0.01", "wai-Illustrious": "0.01", "chroma": "0.01",
                "lustify-sdxl": "0.01", "lustify-v8": "0.01", "flux-2-pro": "0.03", "wan-2-7-text-to-image": "0.0375",
                "wan-2-7-pro-text-to-image": "0.09375", "recraft-v4": "0.05", "krea-v2-medium": "0.04"}
CHEAP = [name for name, price in PIXEL_MODELS.items() if price == "0.01"]
UPSCALE, CUT_OUT, EDIT = Decimal("0.02"), Decimal("0.03"), Decimal("0.04")
# `budget.extra-usd`: what the local API charges for a rewritten prompt, and for a search.
EXTRA = Decimal("0.01")
# Only these calls are slow; the first run is killed while one of them is under way.
SLOW_MODEL = "lustify-v7"


@dataclass
class Request:
    """One request: a file, or a line of one."""
    source: str                                    # the path that the ledger and the failed folder know it by
    data: bytes                                    # as dropped
    fate: str = PUBLISHED
    document: object = None                        # as JSON; None where it is no JSON, or a picture
    pipeline: str = "default"
    name: str = ""
    labels: dict = field(default_factory=dict)
    priority: int = 0
    prices: list = field(default_factory=list)     # of each call in turn, the worst
    rivals: str = ""                               # of those that share this word, one is published, the rest refused
    failures: int = 0                              # calls that fail before it comes to its end


def picture(width, height, seed):
    """A PNG: a gradient with a chequer over it."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(((x * 3 + seed * 40) & 255, (y * 2 + seed * 25) & 255, ((x >> 4 ^ y >> 4) & 1) * 200))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b""))


def yaml(value, indent=0):
    """Block YAML of mappings and lists, scalars as JSON writes them."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(
            f"{pad}{key}:" + (f"\n{yaml(item, indent + 1)}" if isinstance(item, (dict, list)) and item
                              else f" {json.dumps(item, ensure_ascii=False)}\n") for key, item in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-\n{yaml(item, indent + 1)}" if isinstance(item, (dict, list)) and item
                       else f"{pad}- {json.dumps(item, ensure_ascii=False)}\n" for item in value)
    return f"{pad}{json.dumps(value)}\n"


class Drop:
    """Collects files in the order in which they are numbered, and the requests that they hold."""

    def __init__(self):
        self.files = {}
        self.requests = []

    def material(self, path, data):
        self.files[path] = data

    def add(self, path, document, pipeline="default", fate=PUBLISHED, data=None, **more):
        name = document.get("name") if isinstance(document, dict) else None
        stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if data is None:
            text = yaml(document) if path.endswith((".yaml", ".yml")) else json.dumps(document, ensure_ascii=False)
            data = text.encode()
        self.files[path] = data
        envelope = document if isinstance(document, dict) else {}
        self.requests.append(Request(
            path, data, fate, document, pipeline, name or stem, envelope.get("labels", {}),
            envelope.get("priority", 0), **more))

    def lines(self, path, items):
        """A batch: (document or text, fate, prices) a line."""
        folder, _, file = path.rpartition("/")
        stem = file.removesuffix(".jsonl")
        whole = []
        for number, (document, fate, prices) in enumerate(items, 1):
            text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
            whole.append(text)
            named = f"{stem}-{number:04}"
            own = document if isinstance(document, dict) else {}
            self.requests.append(Request(
                f"{folder}/{named}.json", text.encode(), fate, own or None,
                own.get("pipeline", folder.split("/")[0]), own.get("name", named), own.get("labels", {}),
                own.get("priority", 0), prices))
        self.files[path] = ("\n".join(whole) + "\n").encode()


def generate(model, prompt, side=256, **more):
    return {"model": model, "prompt": prompt, "width": side, "height": side, **more}


# A directive, what becomes of the job, and how many calls fail before.
FAULTS = (
    [("[sandbox:status=429;retry-after=1;times=1]", PUBLISHED, 1)] * 4
    + [("[sandbox:status=503;times=1]", PUBLISHED, 1)] * 4
    + [("[sandbox:status=500;times=2]", PUBLISHED, 2)] * 3
    + [("[sandbox:status=402;times=1]", PUBLISHED, 1)] * 2
    + [("[sandbox:drop]", HELD, 1), ("[sandbox:truncate]", HELD, 1), ("[sandbox:status=502]", HELD, 1)] * 3
    + [("[sandbox:status=400]", FAILED, 1)] * 2
    + [(f"[sandbox:status={status}]", FAILED, 1) for status in (401, 404, 413, 422)]
    + [("[sandbox:garbage]", FAILED, 0), ("[sandbox:short]", FAILED, 0)] * 3
    + [("[sandbox:blurred]", FAILED, 0), ("[sandbox:violation]", FAILED, 0), ("[sandbox:size=64x64]", FAILED, 0),
       ("[sandbox:format=jpeg]", PUBLISHED, 0), ("[sandbox:latency=300ms]", PUBLISHED, 0)] * 2
)
SLOW = 4


def thousand():
    drop = Drop()
    images = [picture(256 + 16 * number, 256, number) for number in range(4)]
    for number, image in enumerate(images):
        drop.material(f"photos/{number}.png", image)
    drop.material("photos/tiny.png", picture(16, 16, 1))
    _plain(drop)
    _pictures(drop)
    _chains(drop)
    _batches(drop)
    _hot_folders(drop, images)
    _collisions(drop)
    _refused(drop)
    for number in range(1000 - len(FAULTS) - SLOW - len(drop.requests)):
        model = CHEAP[number % len(CHEAP)]
        drop.add(f"more/{number:03}.json", {"pipeline": "default", "generate": generate(model, f"Mosaic {number}")},
                 prices=[Decimal("0.01")])
    _faulty(drop)
    return drop


def _plain(drop):
    models = list(PIXEL_MODELS)
    for number in range(260):
        model = models[number % len(models)] if number % 3 == 0 else CHEAP[number % len(CHEAP)]
        price = Decimal(PIXEL_MODELS[model])
        body = generate(model, f"A harbour, picture {number}")
        if number % 5 == 0: body["format"] = ("png", "jpeg", "webp")[number // 5 % 3]
        if number % 7 == 0: body["seed"] = number * 1001
        if number % 11 == 0: body |= {"negative_prompt": "fog", "style_preset": "Watercolor", "steps": 8}
        if number % 13 == 0: body["variants"] = 1 + number // 13 % 3
        elif number % 17 == 0: body["return_binary"] = True
        if number % 19 == 0: body["enhance_prompt"] = True
        document = {}
        if number % 4 == 0: document["labels"] = {"sku": f"s{number}", "season": "automne é"}
        if number % 6 == 0: document["priority"] = (-50, 50)[number // 6 % 2]
        document["generate"] = body
        extra = EXTRA if "enhance_prompt" in body else 0
        kind = ("json", "yaml", "yml")[number % 3]
        drop.add(f"web/{number:03}.{kind}", document, "web", prices=[price * body.get("variants", 1) + extra])
    for number in range(120):
        model = CHEAP[number % len(CHEAP)]
        drop.add(f"bare-{number:03}.json", generate(model, f"A tower, {number}"), prices=[Decimal("0.01")])
    for number in range(60):
        body = {"prompt": f"A lantern, {number}", "size": "256x256", "model": CHEAP[number % len(CHEAP)]}
        if number % 2: body |= {"output_format": "jpeg", "n": 1}
        if number % 4 == 0: body["response_format"] = ("b64_json", "url")[number // 4 % 2]
        if number % 3:
            drop.add(f"openai/{number:02}.json", {"pipeline": "default", "generations": body}, prices=[Decimal("0.01")])
        else:
            drop.add(f"lantern-{number:02}.json", body, prices=[Decimal("0.01")])
    # Models whose price goes by tier and quality make large pictures: a few.
    for number, (body, price) in enumerate([
            ({"model": "gpt-image-2", "quality": "low", "aspect_ratio": "1:1"}, "0.02"),
            ({"model": "gpt-image-2", "quality": "medium", "resolution": "1K"}, "0.07"),
            ({"model": "nano-banana-2"}, "0.1"), ({"model": "krea-2-turbo", "resolution": "1K"}, "0.04"),
            ({"model": "grok-imagine-image-2-0", "quality": "low", "enable_web_search": True}, "0.06")]):
        drop.add(f"tiers/{number}.yaml", {"pipeline": "default", "generate": {"prompt": f"An alley, {number}", **body}},
                 prices=[Decimal(price)])


def _faulty(drop):
    """Spread evenly over the inbox, which is taken in the alphabet's order."""
    order = sorted(request.source for request in drop.requests if request.fate == PUBLISHED)

    def beside(part):
        return order[int(part * len(order))].rsplit(".", 1)[0]

    for number in range(len(FAULTS)):
        # Coprime to their number: neighbours in the list do not follow one another.
        directive, fate, failures = FAULTS[number * 17 % len(FAULTS)]
        body = generate(CHEAP[number % len(CHEAP)], f"Storm {number} {directive}")
        drop.add(f"{beside(number / len(FAULTS))}-storm-{number:02}.json", {"pipeline": "web", "generate": body}, "web",
                 fate, prices=[Decimal("0.01")], failures=failures)
    for number in range(SLOW):
        drop.add(f"{beside(0.4)}-slow-{number}.json", {
            "pipeline": "default", "generate": generate(SLOW_MODEL, f"A glacier {number} [sandbox:latency=2s]")},
            prices=[Decimal("0.01")])


def _pictures(drop):
    for number in range(14):
        model, price = (("firered-image-edit", EDIT), ("flux-2-max-edit", Decimal("0.12")),
                        ("wan-2-7-pro-edit", Decimal("0.094")))[number % 3]
        body = {"image": f"photos/{number % 4}.png", "prompt": f"Rain, {number}", "output_format": "jpeg"}
        if number % 3: body["model"] = model
        drop.add(f"edits/{number:02}.json", {"pipeline": "default", "edit": body} if number % 2 else
                 {"pipeline": "default", "name": f"rain-{number}", "edit": body}, prices=[price])
    drop.add("edit-bare.json", {"image": "photos/1.png", "prompt": "At night"}, prices=[EDIT])
    drop.add("edits/fault.json", {"pipeline": "default", "edit": {
        "image": "photos/1.png", "prompt": "Snow [sandbox:status=500;times=1]", "output_format": "jpeg"}},
        prices=[EDIT], failures=1)
    for number in range(8):
        body = {"modelId": "grok-imagine-edit", "prompt": f"Merge {number}", "output_format": "jpeg",
                "images": [f"photos/{index}.png" for index in range(1 + number % 4)]}
        drop.add(f"edits/many-{number}.yaml", {"pipeline": "default", "multi-edit": body},
                 prices=[Decimal("0.03") + Decimal("0.0023") * len(body["images"])])
    for number in range(40):
        drop.add(f"large/photo-{number:02}.yaml", {"upscale": {"image": f"photos/{number % 4}.png", "scale": 2}},
                 "large", prices=[UPSCALE])
        drop.add(f"cut/photo-{number:02}.json", {"background-remove": {"image": f"photos/{number % 4}.png"}}, "cut",
                 prices=[CUT_OUT])
        drop.add(f"web/photo-{number:02}.yaml", {"source": f"photos/{number % 4}.png"}, "web")


def _chains(drop):
    for number in range(18):
        model = CHEAP[number % len(CHEAP)]
        variants = 1 + number % 2
        drop.add(f"chains/up-{number:02}.yaml", {
            "pipeline": "default", "generate": generate(model, f"A gate, {number}", variants=variants),
            "then": [{"upscale": {"scale": 2}}]}, prices=[Decimal("0.01") * variants] + [UPSCALE] * variants)
        drop.add(f"chains/cut-{number:02}.json", {
            "pipeline": "lenient", "labels": {"sku": f"c{number}"}, "generate": generate(model, f"A chair, {number}"),
            "then": [{"background-remove": {}}, {"upscale": {"scale": 2}}]}, "lenient",
            prices=[Decimal("0.01"), CUT_OUT, UPSCALE])
    for number in range(4):
        drop.add(f"chains/source-{number}.json", {
            "pipeline": "default", "source": f"photos/{number}.png", "then": [{"background-remove": {}}]},
            prices=[CUT_OUT])
    for number, (directive, fate, failures) in enumerate([
            ("[sandbox:drop]", HELD, 1), ("[sandbox:status=503;times=1]", PUBLISHED, 1),
            ("[sandbox:garbage]", FAILED, 0), ("[sandbox:status=400]", FAILED, 1)]):
        drop.add(f"chains/fault-{number}.json", {
            "pipeline": "default", "generate": generate("chroma", f"A bridge, {number}"),
            "then": [{"edit": {"prompt": f"Dusk {directive}", "output_format": "jpeg"}}, {"background-remove": {}}]},
            "default", fate, prices=[Decimal("0.01"), EDIT, CUT_OUT], failures=failures)


def _batches(drop):
    for batch in range(9):
        items = []
        for number in range(20):
            document = {"generate": generate(CHEAP[number % len(CHEAP)], f"Stamp {batch} {number}")}
            if number % 9 == 3: document["name"] = f"stamp-{batch}-{number}"
            if number % 8 == 5: document["labels"] = {"batch": str(batch)}
            if batch == 2: document["priority"] = 20
            fate = PUBLISHED
            if (batch, number) == (1, 4): document, fate = '{"generate": {"model": "chroma", "prompt":', REFUSED
            if (batch, number) == (3, 7): document, fate = {"generate": {"model": "chroma"}}, REFUSED
            if (batch, number) == (5, 0): document, fate = {"generat": {"model": "chroma", "prompt": "p"}}, REFUSED
            if (batch, number) == (7, 19): document, fate = "[1, 2]", REFUSED
            items.append((document, fate, [Decimal("0.01")] if fate == PUBLISHED else []))
        drop.lines(f"{'default' if batch % 2 else 'web'}/stamps-{batch}.jsonl", items)


def _hot_folders(drop, images):
    for number in range(14):
        for folder, price in (("web", None), ("cut", CUT_OUT), ("large", UPSCALE)):
            path = f"{folder}/hot-{number:02}.png"
            drop.add(path, None, folder, data=images[number % 4], prices=[price] if price else [])


def _collisions(drop):
    body = {"source": "photos/0.png"}
    for number in range(4):
        for twin in "ab":
            drop.add(f"twins/{number}{twin}.json", {"pipeline": "default", "name": f"twin-{number}", "generate": generate(
                "chroma", f"Twin {number}{twin}")}, rivals=f"twin-{number}", prices=[Decimal("0.01")])
            drop.add(f"twins/source-{number}{twin}.yaml", {"pipeline": "lenient", "name": f"sign-{number}", "labels": {
                "sku": "x"}, **body}, "lenient")
            drop.add(f"twins/swap-{number}{twin}.json", {"pipeline": "swap", "name": f"swap-{number}", "generate": generate(
                "venice-sd35", f"Swap {number}{twin}")}, "swap", prices=[Decimal("0.01")])
    drop.add("twins/nest.json", {"pipeline": "default", "output": "", "name": "nest", **body}, rivals="nest")
    drop.add("twins/nested.json", {"pipeline": "default", "output": "nest", "name": "egg", **body}, rivals="nest")
    # A stranger's directory lies there.
    drop.add("twins/stranger.json", {"pipeline": "default", "output": "", "name": "stranger", **body}, fate=REFUSED)


def _refused(drop):
    model = "venice-sd35"
    bodies = [
        {"generate": {"model": model, "promt": "p", "prompt": "p"}},
        {"generate": generate(model, "p", side=250)},
        {"generate": generate("z-image-turbo", "p", side=252)},
        {"generate": generate(model, "p", side=2000)},
        {"pipeline": "wbe", "generate": generate(model, "p")},
        {"generate": generate(model, "long " * 301)},
        {"generate": generate(model, "p", variants=2, return_binary=True)},
        {"generate": generate(model, "p", variants=5)},
        {"generate": generate("qwen-image-2", "p")},
        {"generate": {"model": "nano-banana-2", "prompt": "p", "resolution": "8K"}},
        {"generate": {"model": "gpt-image-2", "prompt": "p", "resolution": "2K", "quality": "high"}},
        {"generate": generate(model, "p", inpaint={"strength": 50})},
        {"generate": generate("firered-image-edit", "p")},
        {"generate": generate(model, "p"), "upscale": {"image": "photos/1.png"}},
        {"edit": {"image": "photos/missing.png", "prompt": "p"}},
        {"edit": {"image": "photos/tiny.png", "prompt": "p"}},
        {"edit": {"image": "iVBORw0KGgoAAAANSUhEUg...", "prompt": "p"}},
        {"edit": {"image": "../0.png", "prompt": "p"}},
        {"upscale": {"image": "photos/1.png", "scale": 5}},
        {"upscale": {"image": "photos/tiny.png"}},
        {"name": "../up", "generate": generate(model, "p")},
        {"priority": 101, "generate": generate(model, "p")},
        {"labels": {"a": {"b": 1}}, "generate": generate(model, "p")},
        {"generate": generate(model, "p"), "after": [{"run": ["true"]}]},
        {"generate": generate(model, "p"), "then": [{"generate": generate(model, "q")}]},
        {"source": "photos/1.png", "edit": {"image": "photos/1.png", "prompt": "p"}},
        {"name": "nothing"}, {}, [], "text",
    ]
    for number, body in enumerate(bodies):
        if isinstance(body, dict) and "pipeline" not in body: body = {"pipeline": "default", **body} if body else body
        drop.add(f"wrong/{number:02}.{'json' if number % 2 or not isinstance(body, dict) else 'yaml'}", body,
                 fate=REFUSED)
    for name, text in [("cut.json", '{"generate": {"model": "x", '), ("twice.json", '{"source": "a.png", "source": "b.png"}'),
                       ("tab.yaml", "generate:\n\tmodel: x\n"), ("latin.json", '{"name": "caf\\u00e9", "x": "\udce9"}')]:
        drop.add(f"wrong/{name}", None, fate=REFUSED, data=text.encode("utf-8", "surrogateescape"))
