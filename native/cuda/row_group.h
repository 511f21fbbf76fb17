// Kernels that go over a row several times, the same threads each time: for its sum, for another one that needs it, and
// for what needs both.
//
// A group of threads has a row: as many as the row has quads, rounded up to a power of two, a warp at most; or a whole
// block where there are few long rows. A lane of the row sum (spec/row_sum.h) is a thread of a warp in both, so the
// order of the additions is the same.
//
// An operation is a functor that is copied to the device; every thread of a group calls it, also where there is no row
// any more (then columns is 0):
//   template <bool ALIGNED, class Group> void row(const Group& group, int64_t row, int64_t columns, bool exists) const
// It goes over the row by group.sum(columns, quad) and group.each(columns, quad), where quad is a function of the first
// of four columns, which for a sum returns a spec::quad_sum. Every thread gets the sum; group.first() is true of one.
#pragma once
#include "rows.h"

namespace elbo4j::cuda {

class ThreadsOfWarp {
 public:
  __device__ __forceinline__ ThreadsOfWarp(int log_width)
      : width_(1 << log_width), lane_((int)threadIdx.x & (width_ - 1)) {}

  __device__ __forceinline__ bool first() const { return lane_ == 0; }

  template <class Quad> __device__ __forceinline__ double sum(int64_t columns, Quad quad) const {
    double lane = 0.0;
#pragma unroll 2
    for (int64_t column = 4 * lane_; column < columns; column += 4 * width_) lane += (double)quad(column);
    return sum_of_lanes(lane, width_);
  }

  template <class Quad> __device__ __forceinline__ void each(int64_t columns, Quad quad) const {
#pragma unroll 2
    for (int64_t column = 4 * lane_; column < columns; column += 4 * width_) quad(column);
  }

 private:
  const int width_, lane_;
};

class ThreadsOfBlock {
 public:
  __device__ __forceinline__ bool first() const { return threadIdx.x == 0; }

  template <class Quad> __device__ __forceinline__ double sum(int64_t columns, Quad quad) const {
    __shared__ float quads[row_threads];
    __shared__ double total;
    double lane = 0.0;
    for (int64_t begin = 0; begin < columns; begin += 4 * row_threads) {
      const int64_t column = begin + 4 * (int)threadIdx.x;
      quads[threadIdx.x] = column < columns ? quad(column) : 0.0f;
      __syncthreads();
      if (threadIdx.x < spec::row_sum_lanes)
        for (int i = threadIdx.x; i < row_threads; i += spec::row_sum_lanes) lane += (double)quads[i];
      __syncthreads();
    }
    if (threadIdx.x < spec::row_sum_lanes) {
      lane = sum_of_lanes(lane, spec::row_sum_lanes);
      if (threadIdx.x == 0) total = lane;
    }
    __syncthreads();
    const double result = total;
    __syncthreads();
    return result;
  }

  template <class Quad> __device__ __forceinline__ void each(int64_t columns, Quad quad) const {
    for (int64_t column = 4 * (int)threadIdx.x; column < columns; column += 4 * row_threads) quad(column);
  }
};

template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads)
    pass_rows_of_warps(Operation operation, int64_t rows, int64_t columns, int log_width) {
  const ThreadsOfWarp group(log_width);
  const int rows_of_block = row_threads >> log_width;
  // All threads of a warp go round equally often: all are needed at the shuffles.
  for (int64_t begin = (int64_t)blockIdx.x * rows_of_block; begin < rows; begin += (int64_t)gridDim.x * rows_of_block) {
    const int64_t row = begin + (threadIdx.x >> log_width);
    operation.template row<ALIGNED>(group, row, row < rows ? columns : 0, row < rows);
  }
}

template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads, (least_blocks<ALIGNED, Operation>))
    pass_rows_of_blocks(Operation operation, int64_t rows, int64_t columns) {
  for (int64_t row = blockIdx.x; row < rows; row += gridDim.x)
    operation.template row<ALIGNED>(ThreadsOfBlock(), row, columns, true);
}

template <bool ALIGNED, class Operation>
int pass_rows(const Operation& operation, int64_t rows, int64_t columns, void* stream) {
  if (is_long(rows, columns))
    return launch(pass_rows_of_blocks<ALIGNED, Operation>, dim3(blocks_for(rows, 1)), dim3(row_threads), stream,
                  operation, rows, columns);
  const int log_width = log_width_of(columns, 5);
  return launch(pass_rows_of_warps<ALIGNED, Operation>, dim3(blocks_for(rows, row_threads >> log_width)),
                dim3(row_threads), stream, operation, rows, columns, log_width);
}

template <class Operation>
int pass_rows(const Operation& operation, bool is_aligned, int64_t rows, int64_t columns, void* stream) {
  return is_aligned ? pass_rows<true>(operation, rows, columns, stream)
                    : pass_rows<false>(operation, rows, columns, stream);
}

}  // namespace elbo4j::cuda
