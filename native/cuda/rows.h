// Kernels over the quads of rows, with and without the sum of each row (spec/row_sum.h).
//
// Short rows: as many threads as the row has quads, rounded up to a power of two, so that a warp has several rows.
// Longer ones: a warp a row; where there are too few of them to fill a device, a block a row. A lane of the row sum is
// a thread of a warp in all three, so the order of the additions is the same.
//
// An operation is a functor that is copied to the device:
//   template <bool ALIGNED> float quad(int64_t row, int64_t column) const    its work on a quad; returns the quad's sum
//   void finish(int64_t row, float sum) const                                takes the row's sum, on one thread
// For map_rows, quad returns nothing and there is no finish.
#pragma once
#include "launch.h"
#include "quad.h"
#include "row_sum.h"

namespace elbo4j::cuda {

constexpr int row_threads = 256;
constexpr unsigned most_blocks_y = 65535;

// The tree over the lanes; every one of the width threads (a power of two) gets the sum.
__device__ __forceinline__ double sum_of_lanes(double lane, int width) {
  for (int distance = 1; distance < width; distance *= 2) lane += __shfl_xor_sync(0xffffffffu, lane, distance);
  return lane;
}

// How many blocks of a kernel a multiprocessor must hold: fewer leave a thread more registers. 0: as the compiler
// likes.
template <bool ALIGNED, class Operation> constexpr int least_blocks = 0;

template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads, (least_blocks<ALIGNED, Operation>))
    sum_rows_of_warps(Operation operation, int64_t rows, int64_t columns, int log_width) {
  const int width = 1 << log_width;
  const int rows_of_block = row_threads >> log_width;
  const int lane = (int)threadIdx.x & (width - 1);
  // All threads of a warp go round equally often: all are needed at the shuffles.
  for (int64_t first = (int64_t)blockIdx.x * rows_of_block; first < rows; first += (int64_t)gridDim.x * rows_of_block) {
    const int64_t row = first + (threadIdx.x >> log_width);
    double sum = 0.0;
    if (row < rows)
      for (int64_t column = 4 * lane; column < columns; column += 4 * width)
        sum += (double)operation.template quad<ALIGNED>(row, column);
    sum = sum_of_lanes(sum, width);
    if (row < rows && lane == 0) operation.finish(row, (float)sum);
  }
}

template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads, (least_blocks<ALIGNED, Operation>))
    sum_rows_of_blocks(Operation operation, int64_t rows, int64_t columns) {
  __shared__ float quads[2][row_threads];
  int side = 0;
  for (int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
    double sum = 0.0;
    for (int64_t first = 0; first < columns; first += 4 * row_threads) {
      const int64_t column = first + 4 * (int)threadIdx.x;
      quads[side][threadIdx.x] = column < columns ? operation.template quad<ALIGNED>(row, column) : 0.0f;
      // One barrier a round: the other side is written next, and this one only after the next barrier.
      __syncthreads();
      if (threadIdx.x < spec::row_sum_lanes)
        for (int i = threadIdx.x; i < row_threads; i += spec::row_sum_lanes) sum += (double)quads[side][i];
      side ^= 1;
    }
    if (threadIdx.x < spec::row_sum_lanes) {
      sum = sum_of_lanes(sum, spec::row_sum_lanes);
      if (threadIdx.x == 0) operation.finish(row, (float)sum);
    }
  }
}

// A block has several short rows or a piece of a long one.
template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads)
    map_rows_of_blocks(Operation operation, int64_t rows, int64_t columns, int log_width) {
  const int lane = (int)threadIdx.x & ((1 << log_width) - 1);
  const int rows_of_block = row_threads >> log_width;
  const int64_t column = 4 * (((int64_t)blockIdx.x << log_width) + lane);
  if (column >= columns) return;
#pragma unroll 1
  for (int64_t row = (int64_t)blockIdx.y * rows_of_block + (threadIdx.x >> log_width); row < rows;
       row += (int64_t)gridDim.y * rows_of_block)
    operation.template quad<ALIGNED>(row, column);
}

// The smallest power of two that holds the quads of a row, up to a limit; its logarithm.
inline int log_width_of(int64_t columns, int most) {
  int log_width = 0;
  while (log_width < most && (4LL << log_width) < columns) log_width++;
  return log_width;
}

// A warp a row needs some thousand rows to keep enough of them in flight; a block, a row long enough for half of it.
inline bool is_long(int64_t rows, int64_t columns) { return columns > 2 * row_threads && rows < 4096; }

template <bool ALIGNED, class Operation>
int sum_rows_by_blocks(const Operation& operation, int64_t rows, int64_t columns, void* stream) {
  return launch(sum_rows_of_blocks<ALIGNED, Operation>, dim3(blocks_for(rows, 1)), dim3(row_threads), stream, operation,
                rows, columns);
}

template <bool ALIGNED, class Operation>
int sum_rows_by_warps(const Operation& operation, int64_t rows, int64_t columns, void* stream) {
  const int log_width = log_width_of(columns, 5);
  return launch(sum_rows_of_warps<ALIGNED, Operation>, dim3(blocks_for(rows, row_threads >> log_width)),
                dim3(row_threads), stream, operation, rows, columns, log_width);
}

template <bool ALIGNED, class Operation>
int map_rows_by_blocks(const Operation& operation, int64_t rows, int64_t columns, void* stream) {
  const int log_width = log_width_of(columns, 8);
  const unsigned pieces = (unsigned)parts(columns, 4LL << log_width);
  const unsigned of_rows = blocks_for(rows, row_threads >> log_width);
  return launch(map_rows_of_blocks<ALIGNED, Operation>, dim3(pieces, of_rows < most_blocks_y ? of_rows : most_blocks_y),
                dim3(row_threads), stream, operation, rows, columns, log_width);
}

template <class Operation>
int sum_rows(const Operation& operation, bool is_aligned, int64_t rows, int64_t columns, void* stream) {
  const auto by_blocks = is_aligned ? sum_rows_by_blocks<true, Operation> : sum_rows_by_blocks<false, Operation>;
  const auto by_warps = is_aligned ? sum_rows_by_warps<true, Operation> : sum_rows_by_warps<false, Operation>;
  return (is_long(rows, columns) ? by_blocks : by_warps)(operation, rows, columns, stream);
}

template <class Operation>
int map_rows(const Operation& operation, bool is_aligned, int64_t rows, int64_t columns, void* stream) {
  const auto map = is_aligned ? map_rows_by_blocks<true, Operation> : map_rows_by_blocks<false, Operation>;
  return map(operation, rows, columns, stream);
}

// One long row instead, where the rows of all operands lie one after the other: for operations that treat all elements
// alike.
template <class... Operands> void flatten(int64_t& rows, int64_t& columns, Operands&... operands) {
  if (rows != 1 && ((operands.stride != columns) || ...)) return;
  columns *= rows;
  rows = 1;
  ((operands.stride = columns), ...);
}

}  // namespace elbo4j::cuda
