// Column sums: out[column] = sum over the batch of x, rows x columns, in the chunks and the order of batch_sums.h: the
// gradient of a bias. Moves 4 bytes per element; a warp reads 128 neighbouring bytes of a row, aligned or not.
// Compiled for sm_90: at most 32 registers, no spills.
#include "batch_sums.h"
#include "quad.h"
#include "sums_columns.h"

namespace elbo4j::cuda {

namespace {

struct ColumnSum {
  Input x;
  float* sums;

  __device__ __forceinline__ float element(int64_t row, int64_t column) const { return __ldg(x.row(row) + column); }
  __device__ __forceinline__ void finish(int64_t column, float sum) const { sums[column] = sum; }
};

}  // namespace

int sums_columns(const elbo4j_sums_columns& a, void* stream) {
  return sum_batch_of(ColumnSum{input(a.x), a.sums.floats()}, a.x.rows, a.chunks, a.x.columns, stream);
}

}  // namespace elbo4j::cuda
