// The first maximum of each row, a NaN above all numbers, as a row of zeros with a 1 in its column.
//   target[r, c] = c == min(argmax(x[r])) ? 1 : 0
// Matrices rows x columns. Moves 8 bytes per element. A row has a warp or less.
// Compiled for sm_90: at most 32 registers, no spills, 27 instructions of PTX per element (aligned).
#include "one_hot_maximum.h"
#include "rows.h"
#include "float_operations.h"

namespace elbo4j::cuda {

namespace {

__device__ __forceinline__ bool is_above(float a, float b) { return a > b || (a != a && b == b); }

template <bool ALIGNED>
__global__ void __launch_bounds__(row_threads)
    one_hot_of_warps(Input x, Output target, int64_t rows, int64_t columns, int log_width) {
  const int width = 1 << log_width;
  const int rows_of_block = row_threads >> log_width;
  const int lane = (int)threadIdx.x & (width - 1);
  // All threads of a warp go round equally often: all are needed at the shuffles.
  for (int64_t first = (int64_t)blockIdx.x * rows_of_block; first < rows; first += (int64_t)gridDim.x * rows_of_block) {
    const int64_t row = first + (threadIdx.x >> log_width);
    const int64_t columns_here = row < rows ? columns : 0;
    float most = spec::float_from_bits(0xff800000u);
    long long best = columns;  // beyond all, for a thread without elements
    for (int64_t column = 4 * lane; column < columns_here; column += 4 * width) {
      const Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++)
        if ((ALIGNED || column + i < columns) && (best == columns || is_above(q.e[i], most))) {
          most = q.e[i];
          best = column + i;
        }
    }
    for (int distance = 1; distance < width; distance *= 2) {
      const float other = __shfl_xor_sync(0xffffffffu, most, distance);
      const long long at = __shfl_xor_sync(0xffffffffu, best, distance);
      if (is_above(other, most) || (!is_above(most, other) && at < best)) {
        most = other;
        best = at;
      }
    }
    for (int64_t column = 4 * lane; column < columns_here; column += 4 * width) {
      Quad q;
#pragma unroll
      for (int i = 0; i < 4; i++) q.e[i] = column + i == best ? 1.0f : 0.0f;
      store<ALIGNED>(target.row(row), column, columns, q);
    }
  }
}

}  // namespace

int one_hot_maximum(const elbo4j_one_hot_maximum& a, void* stream) {
  const Input x = input(a.x);
  const Output target = output(a.target);
  const int64_t rows = a.x.rows, columns = a.x.columns;
  const int log_width = log_width_of(columns, 5);
  return launch(aligned(columns, {x, target}) ? one_hot_of_warps<true> : one_hot_of_warps<false>,
                dim3(blocks_for(rows, row_threads >> log_width)), dim3(row_threads), stream, x, target, rows, columns,
                log_width);
}

}  // namespace elbo4j::cuda
