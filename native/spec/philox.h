// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011): 128 random bits as
// a function of a counter and a key. No state: any block can be computed anywhere, in any order, and again.
//
// How elbo4j numbers its noise: key = the 64-bit seed; counter = (column / 4, row, low and high half of the draw); word
// w of a block belongs to column 4 * (column / 4) + w.
#pragma once
#include <cstdint>

#include "float_operations.h"

namespace elbo4j::spec {

struct Words {
  uint32_t x, y, z, w;
};

ELBO4J_SPEC Words philox4x32_10(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1) {
#if defined(__CUDACC__)
#pragma unroll
#elif defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 10
#endif
  for (int round = 0; round < 10; round++) {
    const Product product0 = product(c0, 0xD2511F53u), product1 = product(c2, 0xCD9E8D57u);
    c0 = product1.high ^ c1 ^ k0;
    c2 = product0.high ^ c3 ^ k1;
    c1 = product1.low;
    c3 = product0.low;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return Words{c0, c1, c2, c3};
}

}  // namespace elbo4j::spec
