#ifndef CRASTER_H
#define CRASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Rows of interleaved samples with straight alpha, to and from planes of floats, whose colours are multiplied by alpha
// unless they too are to be straight.
//
// In C for `target_clones`: the same loops in a second edition for processors with long vectors, chosen when the program
// starts. Swift has none, and takes ten times as long.

/// Where one row lies, plane by plane: red, green, blue or gray, then alpha where there is one.
typedef struct craster_planes {
  float *plane[4];
} craster_planes;

/// Reads the first `count` pixels of a row: `channels` samples (1 gray, 2 gray and alpha, 3 RGB, 4 RGBA) each of 8 bits,
/// as floats from 0 to 255.
void craster_read_8(
    const uint8_t *row, int channels, const craster_planes *to, size_t count, bool is_straight);

/// The same of samples of 16 bits in the machine's order, as floats from 0 to 65535.
void craster_read_16(
    const uint16_t *row, int channels, const craster_planes *to, size_t count, bool is_straight);

/// Writes what `craster_read_8` reads: colours divided by alpha, cut to 0 and 255, rounded to the nearest. What is
/// transparent once rounded has no colour.
void craster_write_8(
    uint8_t *row, int channels, const craster_planes *from, size_t count, bool is_straight);

/// The same for samples of 16 bits.
void craster_write_16(
    uint16_t *row, int channels, const craster_planes *from, size_t count, bool is_straight);

enum {
  craster_lines_at_once = 4,
  craster_taps_at_once = 8,
  craster_sums_at_once = 4,
};

/// Adds lines of `count` floats to another, each times its weight.
void craster_add_lines(
    float *to, const float *const lines[craster_lines_at_once], const float weights[craster_lines_at_once],
    size_t count);

/// Writes weighted sums of a line's floats: of the `taps` floats from `firsts[x]` on, with the `taps` weights of each
/// behind those of the one before. `taps` is a multiple of `craster_taps_at_once`, and `to`, `firsts` and `weights` go on
/// to a multiple of `craster_sums_at_once` sums. Sums that end beyond the line meet finite floats there, and weights of
/// zero.
void craster_across(
    float *to, size_t count, const float *line, const int32_t *firsts, const float *weights, size_t taps);

#endif
