"""What is dropped for each crash: a few requests of every kind, small, and what should come of them."""

from decimal import Decimal

from drain_requests import CUT_OUT, EDIT, FAILED, PIPELINES, REFUSED, UPSCALE, Drop, generate, picture

CHEAP = Decimal("0.01")


def work():
    drop = Drop()
    drop.material("photos/0.png", picture(256, 256, 0))
    # Two pictures of one call, two outputs of each.
    drop.add("web/pair.yaml", {"labels": {"sku": "7"}, "generate": generate("chroma", "A pair", variants=2)}, "web",
             prices=[2 * CHEAP])
    # Two calls, the second on the first one's picture.
    drop.add("chain.json", {"generate": generate("chroma", "A chain"), "then": [{"upscale": {"scale": 2}}]},
             prices=[CHEAP, UPSCALE])
    drop.add("cut/photo.json", {"background-remove": {"image": "photos/0.png"}}, "cut", prices=[CUT_OUT])
    drop.add("web/photo.yaml", {"source": "photos/0.png"}, "web")
    drop.add("wrong.json", {"generat": {"prompt": "p"}}, fate=REFUSED)
    # Refused by the API, at no charge.
    drop.add("declined.json", {"generate": generate("chroma", "Declined [sandbox:status=400]")}, fate=FAILED,
             prices=[CHEAP], failures=1)
    # Two for one place: the later takes it from the earlier.
    for twin in "ab":
        drop.add(f"swap/{twin}.json", {"name": "twin", "generate": generate("chroma", f"Twin {twin}")}, "swap",
                 prices=[CHEAP])
    # Two for one place: the later is refused.
    for rival in "ab":
        drop.add(f"rival-{rival}.json", {"name": "rival", "source": "photos/0.png"}, rivals="rival")
    # Two that give way.
    for sign in "ab":
        drop.add(f"lenient/{sign}.yaml", {"name": "sign", "labels": {"sku": "x"}, "source": "photos/0.png"}, "lenient")
    drop.lines("default/stamps.jsonl", [
        ({"generate": generate("chroma", "A stamp")}, "published", [CHEAP]),
        ({"generate": generate("chroma", "A stamp, cut [sandbox:short]")}, FAILED, [CHEAP])])
    return drop
