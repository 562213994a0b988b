#ifndef CRASTER_VECTORS_H
#define CRASTER_VECTORS_H

// The compiler's vector loops, in a second edition for processors that have longer vectors, chosen when the program
// starts. Both compute the same: AVX2 has no fused multiply-add, which rounds otherwise.
#if defined(__x86_64__) && defined(__clang__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif
#pragma STDC FP_CONTRACT OFF

#endif
