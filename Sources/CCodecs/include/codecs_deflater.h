#ifndef CODECS_DEFLATER_H
#define CODECS_DEFLATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Deflate (RFC 1951) for filtered rows of photographs, as a stream in bounded memory.
//
// What filters leave of a photograph is noise around zero: a literal costs three or four bits, and a repetition of
// three to five bytes, which general compressors are glad of, costs more than the literals it replaces. libpng meets
// this with zlib's Z_FILTERED, libdeflate has nothing for it and makes such pictures up to 4% larger than libpng does.
// Here a repetition is taken when it costs fewer bits than its literals did in the block before.
//
// In C, because every byte is looked at several times through overlapping windows: Swift's checks would double the time.

typedef struct codecs_deflater codecs_deflater;

/// A deflater, or NULL when there is no memory.
///
/// `effort` 1 to 12: how many earlier places are compared with each, from 1 to 384.
codecs_deflater *codecs_deflater_create(int effort);

/// Takes the next `count` bytes; they are copied. False when there is no memory: only `destroy` may follow.
bool codecs_deflater_write(codecs_deflater *deflater, const uint8_t *bytes, size_t count);

/// Ends the stream. False when there is no memory.
bool codecs_deflater_finish(codecs_deflater *deflater);

/// What has been written so far, whole only after `finish`; valid until the next call.
const uint8_t *codecs_deflater_output(const codecs_deflater *deflater, size_t *count);

void codecs_deflater_destroy(codecs_deflater *deflater);

#endif
