// The logarithm of the mean of the exponentials of each row (the importance-weighted bound: Burda et al. 2016,
// Importance Weighted Autoencoders, equation 8), and its gradient.
//   m = max(x); result = m + log(sum(exp(x - m)) / columns), or m where it is infinite or NaN;  a NaN makes m NaN
//   dx = exp(x - m) (dResult / sum(exp(x - m))): of the sum, not of the rounded result, so that the weights sum to 1
// x, dx rows x columns; result, dResult[rows]. Moves 4 bytes per element, the gradient 8; what is read again comes from
// a cache.
// Compiled for sm_90: 31 registers, the gradient 32 (aligned), no spills.
#include "exp.h"
#include "log.h"
#include "log_mean_exp_backward.h"
#include "log_mean_exp_forward.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

// NaN if either is.
__device__ __forceinline__ float larger(float a, float b) { return a != a || a > b ? a : b; }

// The same threads go over a row twice: for its maximum, and for the sum; for the gradient once more. A row has a warp
// or less: one so long that this were slow would have as many evaluations of a model behind it.
template <bool ALIGNED, class Operation>
__global__ void __launch_bounds__(row_threads)
    log_mean_exp_of_warps(Operation operation, int64_t rows, int64_t columns, int log_width) {
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

struct LogMeanExp {
  Input x;
  float* result;

  template <bool ALIGNED>
  __device__ __forceinline__ void finish(int64_t row, int64_t columns, int lane, int, float maximum, float sum) const {
    if (lane != 0) return;
    const bool finite = spec::absolute(maximum) < spec::float_from_bits(0x7f800000u);
    result[row] = finite ? maximum + spec::log(sum / (float)columns) : maximum;
  }
};

struct LogMeanExpGradient {
  Input x;
  const float* dresult;
  Output dx;

  template <bool ALIGNED>
  __device__ __forceinline__ void finish(int64_t row, int64_t columns, int lane, int width, float maximum,
                                         float sum) const {
    const float weight = __ldg(dresult + row) / sum;
#pragma unroll 2
    for (int64_t column = 4 * lane; column < columns; column += 4 * width) {
      Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) q.e[i] = spec::exp(q.e[i] - maximum) * weight;
      store<ALIGNED>(dx.row(row), column, columns, q);
    }
  }
};

template <class Operation>
int launch_log_mean_exp(const Operation& operation, bool quads, int64_t rows, int64_t columns, void* stream) {
  const int log_width = log_width_of(columns, 5);
  return launch(quads ? log_mean_exp_of_warps<true, Operation> : log_mean_exp_of_warps<false, Operation>,
                dim3(blocks_for(rows, row_threads >> log_width)), dim3(row_threads), stream, operation, rows, columns,
                log_width);
}

}  // namespace

int log_mean_exp_forward(const elbo4j_log_mean_exp_forward& a, void* stream) {
  const Input x = input(a.x);
  return launch_log_mean_exp(LogMeanExp{x, a.result.floats()}, aligned(a.x.columns, {x}), a.x.rows, a.x.columns,
                             stream);
}

int log_mean_exp_backward(const elbo4j_log_mean_exp_backward& a, void* stream) {
  const Input x = input(a.x);
  const Output dx = output(a.dx);
  return launch_log_mean_exp(LogMeanExpGradient{x, a.d_result.floats(), dx}, aligned(a.x.columns, {x, dx}), a.x.rows,
                             a.x.columns, stream);
}

}  // namespace elbo4j::cuda
