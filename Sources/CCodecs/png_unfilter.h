#ifndef PNG_UNFILTER_H
#define PNG_UNFILTER_H

#include "codecs_png_unfilter.h"

/// Undoes a row's filter in place (PNG Third Edition 9.2). `filter` is 0 to 4; `above` is the row above, or NULL for
/// the first one; `pixel` is the bytes of a pixel, 1 for several pixels in a byte. There are `CODECS_PNG_SLACK` bytes
/// more to be read behind both rows.
void png_unfilter_row(int filter, uint8_t *row, const uint8_t *above, size_t count, size_t pixel);

#endif
