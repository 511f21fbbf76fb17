// Sums over the batch, one for each column: the rows are cut into 1, 2, 4 or 8 chunks, as the operation says, each
// is one chain of float additions from +0 in row order, and neighbouring chunks are added, 8 -> 4 -> 2 -> 1.
//
// A block has 32 columns, a warp of it a chunk: loads of 128 bytes, and all chains of a column at once.
//
// An operation is a functor that is copied to the device:
//   T element(int64_t row, int64_t column) const: float, or what has several that are added alike
//   void finish(int64_t column, T sum) const
#pragma once
#include "launch.h"

namespace elbo4j::cuda {

constexpr int most_chunks = 8;

template <class Operation>
__global__ void __launch_bounds__(32 * most_chunks) sum_batch(Operation operation, int64_t rows, int64_t columns) {
  using T = decltype(operation.element(0, 0));
  __shared__ T sums[most_chunks][32];
  const int lane = threadIdx.x % 32, chunk = threadIdx.x / 32, chunks = blockDim.x / 32;
  const int64_t begin = chunk * rows / chunks, end = (chunk + 1) * rows / chunks;
  for (int64_t first = (int64_t)blockIdx.x * 32; first < columns; first += (int64_t)gridDim.x * 32) {
    const int64_t column = first + lane;
    T sum{};
    if (column < columns) {
#pragma unroll 8
      for (int64_t row = begin; row < end; row++) sum = sum + operation.element(row, column);
    }
    sums[chunk][lane] = sum;
    for (int count = chunks / 2; count > 0; count /= 2) {
      __syncthreads();
      if (chunk < count) sum = sums[2 * chunk][lane] + sums[2 * chunk + 1][lane];
      __syncthreads();
      if (chunk < count) sums[chunk][lane] = sum;
    }
    if (chunk == 0 && column < columns) operation.finish(column, sum);
    __syncthreads();
  }
}

template <class Operation>
int sum_batch_of(const Operation& operation, int64_t rows, int chunks, int64_t columns, void* stream) {
  return launch(sum_batch<Operation>, dim3(blocks_for(columns, 32)), dim3(32 * chunks), stream, operation, rows,
                columns);
}

}  // namespace elbo4j::cuda
