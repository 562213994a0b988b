#ifndef PNG_ROWS_H
#define PNG_ROWS_H

#include "codecs_png_rows.h"

/// Bytes from a sample to the same of the pixel before it, at least 1 (PNG Third Edition 9.2, `bpp`).
size_t png_stored_pixel_bytes(const codecs_png_form *form);

/// Writes a row unfiltered.
void png_pack_row(const codecs_png_form *form, uint32_t y, uint8_t *target);

#endif
