"""What calls cost by the vendor's list of models: integers and decimals, and nothing shared with the program.

Where a list names no default, `1K` counts as the tier and the price without a quality as the quality; the worst is the
dearest that the vendor may have meant.
"""

import json
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

# What a picture counts for whose price nobody knows, and a rewritten prompt or a search: the program's own defaults.
UNKNOWN, EXTRA = 1_000_000, 20_000


def listed(path):
    """The models by id."""
    with open(path) as file:
        return {model["id"]: model for model in json.load(file, parse_float=Decimal, parse_int=Decimal)}


def micros(price):
    """Millionths of a dollar, without the noise of binary floating point that the list carries."""
    nano = Decimal(price["usd"]).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    return int((nano * 1000000).quantize(Decimal(1), ROUND_CEILING))


def table(pricing):
    """{tier: {quality or None: price}}; None is the price where no quality is asked for."""
    rows = {}
    for tier, price in pricing.get("resolutions", {}).items():
        rows.setdefault(tier, {})[None] = micros(price)
    for tier, qualities in pricing.get("quality", {}).items():
        for quality, price in qualities.items():
            rows.setdefault(tier, {})[quality] = micros(price)
    return rows


def picture(pricing, flat, tier, quality, live):
    """One picture: expected, worst, and whether the list knows. `live`: the second tier and `low` are the defaults."""
    rows = table(pricing)
    if not rows:
        return (micros(pricing[flat]),) * 2 + (True,)

    def possible(tier):
        row = rows[tier]
        if quality in row and quality is not None:
            return [row[quality]]
        if quality is None and live and "low" in row:
            return [row[None], row["low"]]
        return list(row.values())

    if tier is not None and tier not in rows:
        dearest = max(UNKNOWN, max(p for t in rows for p in possible(t)))
        return dearest, dearest, False
    certain = tier or (sorted(rows)[1] if live else None)
    chosen = certain or "1K"
    expected = rows[chosen].get(quality, rows[chosen][None])
    tiers = [certain] if certain else list(rows)
    return expected, max([expected] + [p for t in tiers for p in possible(t)]), True


def call(models, operation, body, pixels=None):
    """One call by the list alone: expected, worst, and whether the list knows."""
    asked = body.get("resolution"), body.get("quality")
    name = {"upscale": "upscaler", "background-remove": "bria-bg-remover"}.get(operation)
    name = name or body.get("modelId") or body.get("model") or "firered-image-edit"
    if name not in models:
        found = UNKNOWN, UNKNOWN, False
    else:
        pricing = models[name]["model_spec"]["pricing"]
        if operation in ("edit", "multi-edit"):
            found = picture(pricing, "inpaint", *asked, False)
            if "inputImages" in pricing:
                images = len(body["images"]) if operation == "multi-edit" else 1
                more = micros(pricing["inputImages"]["additional"]) * max(0, images - int(pricing["inputImages"]["included"]))
                found = found[0] + more, found[1] + more, found[2]
        elif operation == "upscale":
            twice, fourfold = micros(pricing["upscale"]["2x"]), micros(pricing["upscale"]["4x"])
            dear = fourfold if body.get("scale", 2) == 4 else twice
            found = twice if pixels and pixels * 16 > 16777216 else dear, dear, True
        else:
            found = picture(pricing, "generation", *(asked if operation == "generate" else (None, None)), False)
    extras = EXTRA * ((body.get("enhance_prompt") is True) + (body.get("enable_web_search") is True))
    times = int(body.get("variants", 1)) if operation == "generate" else 1
    return found[0] * times + extras, found[1] * times + extras, found[2]
