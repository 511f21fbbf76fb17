// The logarithm of the mean of the exponentials of each row (the importance-weighted bound: Burda et al. 2016,
// Importance Weighted Autoencoders, equation 8), and its gradient.
//   m = max(x); result = m + log(sum(exp(x - m)) / columns), or m where it is infinite or NaN;  a NaN makes m NaN
//   dx = exp(x - m) (dResult / sum(exp(x - m))): of the sum, not of the rounded result, so that the weights sum to 1
// x, dx rows x columns; result, dResult[rows]. Moves 4 bytes per element, the gradient 8; what is read again comes from
// a cache.
// Compiled for sm_90: 31 registers, the gradient 32 (aligned), no spills.
#include "exponential_rows.h"
#include "log.h"
#include "log_mean_exp_backward.h"
#include "log_mean_exp_forward.h"

namespace elbo4j::cuda {

namespace {

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

}  // namespace

int log_mean_exp_forward(const elbo4j_log_mean_exp_forward& a, void* stream) {
  const Input x = input(a.x);
  return launch_exponential_rows(LogMeanExp{x, a.result.floats()}, aligned(a.x.columns, {x}), a.x.rows, a.x.columns,
                                 stream);
}

int log_mean_exp_backward(const elbo4j_log_mean_exp_backward& a, void* stream) {
  const Input x = input(a.x);
  const Output dx = output(a.dx);
  return launch_exponential_rows(LogMeanExpGradient{x, a.d_result.floats(), dx}, aligned(a.x.columns, {x, dx}),
                                 a.x.rows, a.x.columns, stream);
}

}  // namespace elbo4j::cuda
