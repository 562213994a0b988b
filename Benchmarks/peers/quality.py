"""How near an output is to what it should be, told by code of nobody's that is compared: a reference resized in double
precision, and structural similarity (Wang et al. 2004) with its Gaussian window of 1.5 pixels."""
import io

import numpy as np
from PIL import Image


def weights(size, target):
    """Lanczos3, widened by the scale, for each pixel of a side of `target`: rows of `size` weights that sum to one."""
    scale = max(size / target, 1)
    centers = (np.arange(target)[:, None] + 0.5) * size / target - 0.5
    distance = (np.arange(size)[None, :] - centers) / scale
    kernel = np.where(np.abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0)
    return kernel / kernel.sum(axis=1, keepdims=True)


def resized(picture, width, height):
    """The picture at this size, as floats from 0 to 255; colours weighted by alpha where there is one."""
    if (picture.shape[1], picture.shape[0]) == (width, height):
        return picture.astype(float)
    across, down = weights(picture.shape[1], width), weights(picture.shape[0], height)
    mixed = picture.astype(float)
    if mixed.shape[2] == 4:
        mixed[..., :3] *= mixed[..., 3:] / 255
    mixed = np.einsum("yr,rxc->yxc", down, np.einsum("xs,rsc->rxc", across, mixed, optimize=True), optimize=True)
    if mixed.shape[2] == 4:
        alpha = np.clip(mixed[..., 3:], 0, 255)
        mixed[..., :3] = np.where(alpha >= 0.5, mixed[..., :3] * 255 / np.maximum(alpha, 0.5), 0)
    return np.clip(mixed, 0, 255)


def luma(picture):
    """What is seen of a picture over gray."""
    light = picture[..., :3] @ [0.299, 0.587, 0.114]
    if picture.shape[2] == 4:
        share = picture[..., 3] / 255
        light = light * share + 128 * (1 - share)
    return light


def similarity(a, b):
    """SSIM of two pictures of one size, as arrays of bytes or floats."""
    window = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window /= window.sum()

    def blurred(values):
        for axis in (0, 1):
            values = np.apply_along_axis(lambda line: np.convolve(line, window, "valid"), axis, values)
        return values

    a, b = luma(a), luma(b)
    mean_a, mean_b = blurred(a), blurred(b)
    spread_a, spread_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    common = blurred(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(np.mean(
        (2 * mean_a * mean_b + c1) * (2 * common + c2)
        / ((mean_a**2 + mean_b**2 + c1) * (spread_a + spread_b + c2))))


def decoded(data, has_alpha):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA" if has_alpha else "RGB"))
