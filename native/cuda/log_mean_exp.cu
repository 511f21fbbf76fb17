// The logarithm of the mean of the exponentials of each row (the importance-weighted bound: Burda et al. 2016,
// Importance Weighted Autoencoders, equation 8), and its gradient.
//   m = max(x); result = m + log(sum(exp(x - m)) / columns), or m where it is infinite or NaN;  a NaN makes m NaN
//   dx = dResult exp(x - result) / columns
// x, dx rows x columns; result, dResult[rows]. Moves 8 bytes per element, the gradient 8.
// Compiled for sm_90: 31 registers, no spills, 24 instructions per element (aligned); the gradient 25.
#include "exp.h"
#include "log.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

// NaN if either is.
__device__ __forceinline__ float larger(float a, float b) { return a != a || a > b ? a : b; }

// The same threads go over a row twice: for its maximum, and for the sum. A row has a warp or less: one so long that
// this were slow would have as many evaluations of a model behind it.
template <bool ALIGNED>
__global__ void __launch_bounds__(row_threads)
    log_mean_exp_of_warps(Input x, float* result, int64_t rows, int64_t columns, int log_width) {
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
    if (row < rows && lane == 0) {
      const bool finite = spec::absolute(maximum) < infinity;
      result[row] = finite ? maximum + spec::log((float)sum / (float)columns) : maximum;
    }
  }
}

struct LogMeanExpGradient {
  Input x;
  const float *result, *dresult;
  Output dx;
  float share;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad q = load<ALIGNED>(x.row(row), column, columns);
    const float shift = __ldg(result + row), weight = __ldg(dresult + row);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = weight * (spec::exp(q.e[i] - shift) * share);
    store<ALIGNED>(dx.row(row), column, columns, q);
  }
};

}  // namespace

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_log_mean_exp(const float* x, int64_t x_stride, float* result, int64_t rows, int64_t columns,
                             void* stream) {
  const Input in{x, x_stride};
  const int log_width = log_width_of(columns, 5);
  return launch(aligned(columns, {in}) ? log_mean_exp_of_warps<true> : log_mean_exp_of_warps<false>,
                dim3(blocks_for(rows, row_threads >> log_width)), dim3(row_threads), stream, in, result, rows, columns,
                log_width);
}

int elbo4j_cuda_log_mean_exp_backward(const float* x, int64_t x_stride, const float* result, const float* dresult,
                                      float* dx, int64_t dx_stride, int64_t rows, int64_t columns, void* stream) {
  const Input in{x, x_stride};
  const Output out{dx, dx_stride};
  return map_rows(LogMeanExpGradient{in, result, dresult, out, 1.0f / (float)columns, columns},
                  aligned(columns, {in, out}), rows, columns, stream);
}
