// The count largest elements of each row, a NaN below all numbers, as ones among zeros; of equals the first.
//   target[r, c] = |{j: x[r, j] > x[r, c]}| + |{j < c: x[r, j] = x[r, c]}| < count ? 1 : 0
// Matrices rows x columns. Moves 8 bytes per element; a row is read about 32 times, by its warp, from a cache where it
// fits. Bit by bit the largest rank that count elements reach, then the column of the last of its elements that is
// needed: counts alone, whose order is no matter. Compiled for sm_90: 32 registers, no spills, 14 instructions
// of PTX per element of a pass (aligned).
#include "one_hot_largest.h"
#include "rank.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

constexpr int warp = 32;

template <class Condition>
__device__ __forceinline__ int32_t count_of_warp(const float* x, int64_t columns, int lane, Condition condition) {
  int32_t count = 0;
  for (int64_t c = lane; c < columns; c += warp) count += condition(spec::rank(x[c]), c) ? 1 : 0;
  for (int distance = 1; distance < warp; distance *= 2) count += __shfl_xor_sync(0xffffffffu, count, distance);
  return count;
}

__global__ void __launch_bounds__(row_threads)
    largest(Input x, Output target, int64_t rows, int64_t columns, int32_t needed) {
  const int lane = (int)threadIdx.x % warp;
  const int64_t step = (int64_t)gridDim.x * (row_threads / warp);
  // A warp has one row, so all of its threads go round equally often: all are needed at the shuffles.
  for (int64_t row = (int64_t)blockIdx.x * (row_threads / warp) + threadIdx.x / warp; row < rows; row += step) {
    const float* from = x.row(row);
    uint32_t least = 0;
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
      const uint32_t tried = least | bit;
      if (count_of_warp(from, columns, lane, [=](uint32_t rank, int64_t) { return rank >= tried; }) >= needed)
        least = tried;
    }
    const int32_t equals =
        needed - count_of_warp(from, columns, lane, [=](uint32_t rank, int64_t) { return rank > least; });
    int64_t last = 0;  // fewer than so many of the equals lie before this column, and no later column has that
    for (int64_t bit = (int64_t)1 << 31; bit != 0; bit >>= 1) {
      const int64_t tried = last | bit;
      if (tried >= columns) continue;
      if (count_of_warp(from, columns, lane, [=](uint32_t rank, int64_t c) { return rank == least && c < tried; }) <
          equals)
        last = tried;
    }
    float* to = target.row(row);
    for (int64_t c = lane; c < columns; c += warp) {
      const uint32_t rank = spec::rank(from[c]);
      to[c] = rank > least || (rank == least && c <= last) ? 1.0f : 0.0f;
    }
  }
}

}  // namespace

int one_hot_largest(const elbo4j_one_hot_largest& a, void* stream) {
  return launch(largest, dim3(blocks_for(a.x.rows, row_threads / warp)), dim3(row_threads), stream, input(a.x),
                output(a.target), a.x.rows, a.x.columns, a.count);
}

}  // namespace elbo4j::cuda
