// The first maximum of each row, a NaN above all numbers, as a row of zeros with a 1 in its column.
//   target[r, c] = c == min(argmax(x[r])) ? 1 : 0
// Matrices rows x columns. Moves 8 bytes per element.
#include "one_hot_maximum.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

bool is_above(float a, float b) { return a > b || (a != a && b == b); }

}  // namespace

void one_hot_maximum(const elbo4j_one_hot_maximum& a, int64_t begin, int64_t end) {
  const int64_t columns = a.x.columns;
  if (columns == 0) return;
  for (int64_t r = begin; r < end; r++) {
    const float* x = float_input(a.x).row(r);
    int64_t best = 0;
    for (int64_t c = 1; c < columns; c++)
      if (is_above(x[c], x[best])) best = c;
    float* target = float_output(a.target).row(r);
    ELBO4J_SIMD for (int64_t c = 0; c < columns; c++) target[c] = 0.0f;
    target[best] = 1.0f;
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
