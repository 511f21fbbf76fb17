// Dropout: y = word >= threshold ? x scale : +0, word the noise's of (row, column). The gradient is the same of dy.
// Matrices rows x columns. Moves 8 bytes per element.
// Compiled for sm_90: at most 28 registers, no spills, 29 instructions of PTX per element (aligned).
#include "dropout.h"
#include "dropout_apply.h"
#include "noise.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

struct Dropout {
  Input x;
  Noise noise;
  uint32_t threshold;
  float scale;
  Output y;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    // y may be x
    Quad q = load_own<ALIGNED>(x.row(row), column, columns);
    const spec::Words words = noise.words(row, column);
    q.e[0] = spec::dropout(q.e[0], words.x, threshold, scale);
    q.e[1] = spec::dropout(q.e[1], words.y, threshold, scale);
    q.e[2] = spec::dropout(q.e[2], words.z, threshold, scale);
    q.e[3] = spec::dropout(q.e[3], words.w, threshold, scale);
    store<ALIGNED>(y.row(row), column, columns, q);
  }
};

}  // namespace

int dropout_apply(const elbo4j_dropout_apply& a, void* stream) {
  const Input x = input(a.x);
  const Output y = output(a.y);
  const int64_t columns = a.x.columns;
  return map_rows(Dropout{x, Noise(a.noise), (uint32_t)a.threshold, a.scale, y, columns}, aligned(columns, {x, y}),
                  a.x.rows, columns, stream);
}

}  // namespace elbo4j::cuda
