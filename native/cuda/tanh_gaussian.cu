// A sample of a diagonal Gaussian squashed by tanh and its log-probability, fused: tanh and exp of sigma, noise, u,
// tanh, the exact correction and the row sums; and the gradients of both (Haarnoja et al. 2018, Soft actor-critic,
// appendix C).
//   log sigma = 3.5 tanh(spread) - 1.5, u = mean + sigma eps, action = tanh(u)
//   eps: regenerated from (seed, draw, first row + row, column)
//   logProbability = sum over the columns of the term in spec/tanh_gaussian.h
//   dMean = dAction (1 - tanh(u)^2) + w 2 tanh(u), w = dLogProbability of the row
//   dSpread = 3.5 (1 - tanh(spread)^2) (dMean sigma eps - w)
// All rows x columns; logProbability, w rows x 1. Moves 12 bytes per element, the gradients 20: noise is never stored.
// Compiled for sm_90: 40 registers forward and backward, unaligned 48 backward, no spills.
#include "noise.h"
#include "rows.h"
#include "tanh_gaussian.h"
#include "tanh_gaussian_backward.h"
#include "tanh_gaussian_forward.h"

namespace elbo4j::cuda {

namespace {

struct Forward {
  Input mean, spread;
  Noise noise;
  Output action, log_probability;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad m = load<ALIGNED>(mean.row(row), column, columns);
    const Quad s = load<ALIGNED>(spread.row(row), column, columns);
    const Quad eps = noise.normals(row, column);
    Quad squashed, terms;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float log_sigma = spec::tanh_gaussian_log_sigma(s.e[i]);
      const float u = spec::fma(spec::exp(log_sigma), eps.e[i], m.e[i]);
      squashed.e[i] = spec::tanh(u);
      terms.e[i] = spec::tanh_gaussian_term(u, eps.e[i], log_sigma);
    }
    store<ALIGNED>(action.row(row), column, columns, squashed);
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t row, float sum) const { *log_probability.row(row) = sum; }
};

struct Backward {
  Input mean, spread;
  Noise noise;
  Input d_action, d_log_probability;
  Output d_mean, d_spread;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad m = load<ALIGNED>(mean.row(row), column, columns);
    const Quad s = load<ALIGNED>(spread.row(row), column, columns);
    const Quad of_action = load<ALIGNED>(d_action.row(row), column, columns);
    const float w = __ldg(d_log_probability.row(row));
    const Quad eps = noise.normals(row, column);
    Quad du, ds;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float sigma = spec::exp(spec::tanh_gaussian_log_sigma(s.e[i]));
      const float u = spec::fma(sigma, eps.e[i], m.e[i]);
      du.e[i] = spec::tanh_gaussian_u_gradient(u, of_action.e[i], w);
      ds.e[i] = spec::tanh_gaussian_s_gradient(s.e[i], sigma, eps.e[i], du.e[i], w);
    }
    store<ALIGNED>(d_mean.row(row), column, columns, du);
    store<ALIGNED>(d_spread.row(row), column, columns, ds);
  }
};

}  // namespace

int tanh_gaussian_forward(const elbo4j_tanh_gaussian_forward& a, void* stream) {
  const int64_t rows = a.mean.rows, columns = a.mean.columns;
  const Forward of{input(a.mean),    input(a.spread),           Noise(a.noise),
                   output(a.action), output(a.log_probability), columns};
  return sum_rows(of, aligned(columns, {of.mean, of.spread, of.action}), rows, columns, stream);
}

int tanh_gaussian_backward(const elbo4j_tanh_gaussian_backward& a, void* stream) {
  const int64_t rows = a.mean.rows, columns = a.mean.columns;
  const Backward of{input(a.mean),    input(a.spread),    Noise(a.noise), input(a.d_action), input(a.d_log_probability),
                    output(a.d_mean), output(a.d_spread), columns};
  return map_rows(of, aligned(columns, {of.mean, of.spread, of.d_action, of.d_mean, of.d_spread}), rows, columns,
                  stream);
}

}  // namespace elbo4j::cuda
