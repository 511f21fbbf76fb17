// The count largest elements of each row, a NaN below all numbers, as ones among zeros; of equals the first.
//   target[r, c] = |{j: x[r, j] > x[r, c]}| + |{j < c: x[r, j] = x[r, c]}| < count ? 1 : 0
// Matrices rows x columns. Moves 8 bytes per element; a row is read about 32 times, from a cache where it fits.
//
// Bit by bit the largest rank that count elements reach, then the column of the last of its elements that is needed:
// no order of the elements, no memory for it.
#include "one_hot_largest.h"
#include "rank.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void one_hot_largest(const elbo4j_one_hot_largest& a, int64_t begin, int64_t end) {
  const int64_t columns = a.x.columns;
  for (int64_t r = begin; r < end; r++) {
    const float* x = float_input(a.x).row(r);
    const auto reaching = [&](uint32_t least) {
      int32_t count = 0;
      ELBO4J_SIMD for (int64_t c = 0; c < columns; c++) count += spec::rank(x[c]) >= least ? 1 : 0;
      return count;
    };
    uint32_t least = 0;
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1)
      if (reaching(least | bit) >= a.count) least |= bit;
    int32_t equals = a.count - (least == 0xffffffffu ? 0 : reaching(least + 1));
    float* target = float_output(a.target).row(r);
    for (int64_t c = 0; c < columns; c++) {
      const uint32_t rank = spec::rank(x[c]);
      target[c] = rank > least || (rank == least && equals-- > 0) ? 1.0f : 0.0f;
    }
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
