// The maximum of each row and the sum of its exponentials from there: what softmax and log-mean-exp share.
//
// An operation is a functor with the matrix x and
//   template <bool ALIGNED>
//   void finish(int64_t row, int64_t columns, int lane, int width, float maximum, float sum) const
// which all width threads of a row call; theirs are the quads lane, lane + width ...
#pragma once
#include "exp.h"
#include "rows.h"

namespace elbo4j::cuda {

// NaN if either is.
__device__ __forceinline__ float larger(float a, float b) { return a != a || a > b ? a : b; }

// The same threads go over a row twice: for its maximum, and for the sum; mostly once more to finish. A row has a warp
// or less: one so long that this were slow would have as many evaluations of a model behind it.
template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads)
    exponential_rows_of_warps(Operation operation, int64_t rows, int64_t columns, int log_width) {
  const Input& x = operation.x;
  const float infinity = spec::float_from_bits(0x7f800000u);
  const int width = 1 << log_width;
  const int rows_of_block = row_threads >> log_width;
  const int lane = (int)threadIdx.x & (width - 1);
  for (int64_t first = (int64_t)blockIdx.x * rows_of_block; first < rows; first += (int64_t)gridDim.x * rows_of_block) {
    const int64_t row = first + (threadIdx.x >> log_width);
    const int64_t columns_here = row < rows ? columns : 0;
    float maximum = -infinity;
#pragma unroll 4
    for (int64_t column = 4 * lane; column < columns_here; column += 4 * width) {
      const Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++)
        if (ALIGNED || column + i < columns) maximum = larger(maximum, q.e[i]);
    }
    for (int distance = 1; distance < width; distance *= 2)
      maximum = larger(maximum, __shfl_xor_sync(0xffffffffu, maximum, distance));
    double sum = 0.0;
#pragma unroll 4
    for (int64_t column = 4 * lane; column < columns_here; column += 4 * width) {
      Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) q.e[i] = spec::exp(q.e[i] - maximum);
      clear_missing<ALIGNED>(q, column, columns);
      sum += (double)spec::quad_sum(q.e[0], q.e[1], q.e[2], q.e[3]);
    }
    sum = sum_of_lanes(sum, width);
    if (row < rows) operation.template finish<ALIGNED>(row, columns, lane, width, maximum, (float)sum);
  }
}

template <class Operation>
int launch_exponential_rows(const Operation& operation, bool quads, int64_t rows, int64_t columns, void* stream) {
  const int log_width = log_width_of(columns, 5);
  return launch(quads ? exponential_rows_of_warps<true, Operation> : exponential_rows_of_warps<false, Operation>,
                dim3(blocks_for(rows, row_threads >> log_width)), dim3(row_threads), stream, operation, rows, columns,
                log_width);
}

}  // namespace elbo4j::cuda
