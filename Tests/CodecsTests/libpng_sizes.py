#!/usr/bin/env python3
"""The bytes that libpng makes of pictures at level 6 with all filters: for each NAME.raw in a directory (width, height,
channels, bits, each four bytes, little-endian; then the samples), NAME.size gets the number."""
import ctypes
import pathlib
import struct
import sys

png = ctypes.CDLL("libpng16.so.16")
for name in ("png_create_write_struct", "png_create_info_struct"):
    getattr(png, name).restype = ctypes.c_void_p
png.png_get_header_ver.restype = ctypes.c_char_p
TAKE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
FLUSH = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def size(data):
    width, height, channels, depth = struct.unpack("<4I", data[:16])
    made = 0

    def take(_, __, count):
        nonlocal made
        made += count

    writer = ctypes.c_void_p(png.png_create_write_struct(png.png_get_header_ver(None), None, None, None))
    info = ctypes.c_void_p(png.png_create_info_struct(writer))
    callbacks = TAKE(take), FLUSH(lambda _: None)
    png.png_set_write_fn(writer, None, *callbacks)
    png.png_set_compression_level(writer, 6)
    # PNG_ALL_FILTERS
    png.png_set_filter(writer, 0, 0xF8)
    png.png_set_IHDR(writer, info, width, height, depth, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    png.png_write_info(writer, info)
    if depth == 16:
        png.png_set_swap(writer)
    row = width * channels * depth // 8
    for y in range(height):
        png.png_write_row(writer, data[16 + y * row : 16 + (y + 1) * row])
    png.png_write_end(writer, None)
    return made


for path in pathlib.Path(sys.argv[1]).glob("*.raw"):
    path.with_suffix(".size").write_text(str(size(path.read_bytes())))
