"""What the pictures are that everybody works on: drawn from a fixed seed, the same each time."""
import numpy as np
from PIL import Image


def photograph(width, height, alpha=False):
    """Light and edges of many sizes, with grain."""
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
