// Lambda-returns of each row, a column a step, and their gradients (Hafner et al. 2020, Dream to Control, equation 6),
// fused: the whole chain over the steps is one pass, and so is the way back.
//   G[t] = r[t] + d[t] m[t], m[t] = (1 - lambda) v[t] + lambda G[t + 1], m[T - 1] = v[T - 1]; t descending
//   h[t] = dG[t] + lambda d[t - 1] h[t - 1]; dr = h; dd = h m; dv = (1 - lambda) d h, of the last step d h; t ascending
// All rows x T. Moves 16 bytes per element; the gradients 16, and 4 for each of those that are wanted: m is computed
// again from the returns. A thread has a row: a chain leaves nothing to share. Its blocks are small, because some
// thousand rows should reach all of a device.
// Compiled for sm_90: at most 52 registers, no spills; instructions of PTX per element: 18, the gradients 43.
#include "lambda_returns.h"
#include "lambda_returns_backward.h"
#include "lambda_returns_forward.h"
#include "launch.h"
#include "quad.h"

namespace elbo4j::cuda {

namespace {

constexpr int chain_threads = 64;

struct Forward {
  Input rewards, discounts, values;
  float lambda;
  Output returns;
  int64_t columns;

  __device__ __forceinline__ void chain(int64_t row) const {
    const float *r = rewards.row(row), *d = discounts.row(row), *v = values.row(row);
    float* to = returns.row(row);
    const int64_t last = columns - 1;
    float next = 0.0f;
#pragma unroll 4
    for (int64_t t = last; t >= 0; t--) {
      const float value = __ldg(v + t);
      const float mean = t == last ? value : spec::lambda_mean(lambda, value, next);
      to[t] = next = spec::fma(__ldg(d + t), mean, __ldg(r + t));
    }
  }
};

struct Backward {
  Input discounts, values;
  float lambda;
  Input returns, d_returns;
  Output d_rewards, d_discounts, d_values;
  int64_t columns;

  __device__ __forceinline__ void chain(int64_t row) const {
    const float *d = discounts.row(row), *v = values.row(row);
    const float *of = returns.row(row), *own = d_returns.row(row);
    const int64_t last = columns - 1;
    float d_mean = 0.0f;
#pragma unroll 4
    for (int64_t t = 0; t <= last; t++) {
      const float whole = t == 0 ? __ldg(own) : spec::lambda_next_gradient(lambda, d_mean, __ldg(own + t));
      d_mean = spec::mul(__ldg(d + t), whole);
      if (d_rewards.data) d_rewards.row(row)[t] = whole;
      if (d_discounts.data) {
        const float value = __ldg(v + t);
        const float mean = t == last ? value : spec::lambda_mean(lambda, value, __ldg(of + t + 1));
        d_discounts.row(row)[t] = spec::mul(whole, mean);
      }
      if (d_values.data) d_values.row(row)[t] = t == last ? d_mean : spec::lambda_value_gradient(lambda, d_mean);
    }
  }
};

// one block at least: without a number ptxas spills for sm_100, to save registers that nobody waits for
template <class Operation>
__global__ void __launch_bounds__(chain_threads, 1) chains(Operation operation, int64_t rows) {
  for (int64_t row = (int64_t)blockIdx.x * chain_threads + threadIdx.x; row < rows;
       row += (int64_t)gridDim.x * chain_threads)
    operation.chain(row);
}

template <class Operation> int run(const Operation& operation, int64_t rows, void* stream) {
  return launch(chains<Operation>, dim3(blocks_for(rows, chain_threads)), dim3(chain_threads), stream, operation, rows);
}

}  // namespace

int lambda_returns_forward(const elbo4j_lambda_returns_forward& a, void* stream) {
  const Forward of{input(a.rewards), input(a.discounts), input(a.values),
                   a.lambda,         output(a.returns),  a.rewards.columns};
  return run(of, a.rewards.rows, stream);
}

int lambda_returns_backward(const elbo4j_lambda_returns_backward& a, void* stream) {
  const Backward of{input(a.discounts),    input(a.values),    a.lambda,
                    input(a.returns),      input(a.d_returns), output(a.d_rewards),
                    output(a.d_discounts), output(a.d_values), a.values.columns};
  return run(of, a.values.rows, stream);
}

}  // namespace elbo4j::cuda
