#ifndef VECTORS_H
#define VECTORS_H

/// Before a function: its loops are made twice, the second time for processors with AVX2, which take a third of the
/// time; the processor chooses when the program starts.
#if defined(__x86_64__) && defined(__clang__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif

#endif
