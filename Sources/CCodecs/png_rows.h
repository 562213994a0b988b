#ifndef PNG_ROWS_H
#define PNG_ROWS_H

#include "codecs_png_rows.h"

/// Writes a row unfiltered.
void png_pack_row(const codecs_png_form *form, uint32_t y, uint8_t *target);

#endif
