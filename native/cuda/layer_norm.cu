// Layer normalisation (Ba, Kiros and Hinton 2016, equations 3 and 4) of each row, and its gradients; without mean and
// beta, root mean square normalisation (Zhang and Sennrich 2019, equation 4).
//   m = mean(x); r = 1 / sqrt(mean((x - m)^2) + epsilon); xhat = (x - m) r;  y = gamma xhat + beta
//   g = gamma dY; dX = r (g - mean(g) - xhat mean(g xhat));  dGamma = sum over the rows of dY xhat, dBeta of dY
// Means are of the float64 row sums before their rounding. x, y, gradients rows x columns; gamma, beta[columns];
// m, r[rows]. Moves 8 bytes per element, dX 12, dGamma and dBeta 8; what is read again comes from a cache.
// Compiled for sm_90, aligned: at most 64 registers, dGamma and dBeta 32; no spills; instructions of PTX per element:
// 15 (without mean and beta 11), dX 28, dGamma and dBeta 15 (12).
#include "batch_sums.h"
#include "layer_norm_backward.h"
#include "layer_norm_forward.h"
#include "layer_norm_parameter_gradients.h"
#include "normalisation.h"
#include "row_group.h"

namespace elbo4j::cuda {

namespace {

template <bool CENTRED> struct LayerNorm {
  Input x;
  const float *gamma, *beta;
  float epsilon;
  Output y;
  float *mean, *rstd;

  template <bool ALIGNED, class Group>
  __device__ __forceinline__ void row(const Group& group, int64_t row, int64_t columns, bool exists) const {
    const double count = (double)columns;
    const float m = !CENTRED ? 0.0f
                             : spec::mean_of(group.sum(columns,
                                                       [&](int64_t column) {
                                                         const Quad q = load<ALIGNED>(x.row(row), column, columns);
                                                         return spec::quad_sum(q.e[0], q.e[1], q.e[2], q.e[3]);
                                                       }),
                                             count);
    const double squares = group.sum(columns, [&](int64_t column) {
      Quad q = load<ALIGNED>(x.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float d = q.e[i] - m;
        q.e[i] = d * d;
      }
      clear_missing<ALIGNED>(q, column, columns);
      return spec::quad_sum(q.e[0], q.e[1], q.e[2], q.e[3]);
    });
    const float r = spec::reciprocal_deviation(squares, count, epsilon);
    if (group.first() && exists) {
      if (CENTRED) mean[row] = m;
      rstd[row] = r;
    }
    group.each(columns, [&](int64_t column) {
      Quad q = load<ALIGNED>(x.row(row), column, columns);
      const Quad scale = load<ALIGNED>(gamma, column, columns);
      const Quad shift = CENTRED ? load<ALIGNED>(beta, column, columns) : Quad{};
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float xhat = spec::normalised(q.e[i], m, r);
        q.e[i] = CENTRED ? spec::fma(xhat, scale.e[i], shift.e[i]) : xhat * scale.e[i];
      }
      store<ALIGNED>(y.row(row), column, columns, q);
    });
  }
};

template <bool CENTRED> struct LayerNormGradient {
  Input x;
  const float *gamma, *mean, *rstd;
  Input dy;
  Output dx;

  struct Operands {
    Quad xhat, g;
  };

  template <bool ALIGNED>
  __device__ __forceinline__ Operands operands(int64_t row, int64_t column, int64_t columns, float m, float r) const {
    Operands of{load<ALIGNED>(x.row(row), column, columns), load<ALIGNED>(dy.row(row), column, columns)};
    const Quad scale = load<ALIGNED>(gamma, column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      of.xhat.e[i] = spec::normalised(of.xhat.e[i], m, r);
      of.g.e[i] = of.g.e[i] * scale.e[i];
    }
    return of;
  }

  template <bool ALIGNED, class Group>
  __device__ __forceinline__ void row(const Group& group, int64_t row, int64_t columns, bool exists) const {
    const double count = (double)columns;
    const float m = CENTRED && exists ? __ldg(mean + row) : 0.0f, r = exists ? __ldg(rstd + row) : 0.0f;
    const float mean_g = !CENTRED ? 0.0f
                                  : spec::mean_of(group.sum(columns,
                                                            [&](int64_t column) {
                                                              Quad g = operands<ALIGNED>(row, column, columns, m, r).g;
                                                              clear_missing<ALIGNED>(g, column, columns);
                                                              return spec::quad_sum(g.e[0], g.e[1], g.e[2], g.e[3]);
                                                            }),
                                                  count);
    const float mean_gx = spec::mean_of(group.sum(columns,
                                                  [&](int64_t column) {
                                                    Operands of = operands<ALIGNED>(row, column, columns, m, r);
#pragma unroll
                                                    for (int i = 0; i < 4; i++) of.g.e[i] = of.g.e[i] * of.xhat.e[i];
                                                    clear_missing<ALIGNED>(of.g, column, columns);
                                                    return spec::quad_sum(of.g.e[0], of.g.e[1], of.g.e[2], of.g.e[3]);
                                                  }),
                                        count);
    group.each(columns, [&](int64_t column) {
      Operands of = operands<ALIGNED>(row, column, columns, m, r);
#pragma unroll
      for (int i = 0; i < 4; i++) of.g.e[i] = spec::normalised_gradient(of.xhat.e[i], r, of.g.e[i], mean_g, mean_gx);
      store<ALIGNED>(dx.row(row), column, columns, of.g);
    });
  }
};

}  // namespace

// With fewer registers it spills on sm_86 and sm_89.
template <> constexpr int least_blocks<true, LayerNorm<true>> = 4;

namespace {

struct OfBoth {
  float gamma, beta;

  __device__ __forceinline__ OfBoth operator+(const OfBoth& other) const {
    return {gamma + other.gamma, beta + other.beta};
  }
};

template <bool CENTRED> struct ParameterGradients {
  Input x;
  const float *mean, *rstd;
  Input dy;
  float *dgamma, *dbeta;

  __device__ __forceinline__ OfBoth element(int64_t row, int64_t column) const {
    const float m = CENTRED ? __ldg(mean + row) : 0.0f, d = __ldg(dy.row(row) + column);
    return {spec::normalised(__ldg(x.row(row) + column), m, __ldg(rstd + row)) * d, d};
  }

  __device__ void finish(int64_t column, OfBoth sum) const {
    dgamma[column] = sum.gamma;
    if (dbeta) dbeta[column] = sum.beta;
  }
};

// A matrix of one row, for whether it is aligned.
Input row_of(const elbo4j_matrix& m) { return {m.floats(), 0}; }

template <bool CENTRED> int forward(const elbo4j_layer_norm_forward& a, void* stream) {
  const LayerNorm<CENTRED> of{input(a.x),  a.gamma.floats(), a.beta.floats(), a.epsilon,
                              output(a.y), a.mean.floats(),  a.rstd.floats()};
  return pass_rows(of, aligned(a.x.columns, {of.x, row_of(a.gamma), row_of(a.beta), of.y}), a.x.rows, a.x.columns,
                   stream);
}

template <bool CENTRED> int backward(const elbo4j_layer_norm_backward& a, void* stream) {
  const LayerNormGradient<CENTRED> of{input(a.x),      a.gamma.floats(), a.mean.floats(),
                                      a.rstd.floats(), input(a.d_y),     output(a.d_x)};
  return pass_rows(of, aligned(a.x.columns, {of.x, row_of(a.gamma), of.dy, of.dx}), a.x.rows, a.x.columns, stream);
}

template <bool CENTRED> int parameter_gradients(const elbo4j_layer_norm_parameter_gradients& a, void* stream) {
  const ParameterGradients<CENTRED> of{input(a.x),   a.mean.floats(),    a.rstd.floats(),
                                       input(a.d_y), a.d_gamma.floats(), a.d_beta.floats()};
  return sum_batch_of(of, a.x.rows, a.chunks, a.x.columns, stream);
}

}  // namespace

int layer_norm_forward(const elbo4j_layer_norm_forward& a, void* stream) {
  return (a.mean.data ? forward<true> : forward<false>)(a, stream);
}

int layer_norm_backward(const elbo4j_layer_norm_backward& a, void* stream) {
  return (a.mean.data ? backward<true> : backward<false>)(a, stream);
}

int layer_norm_parameter_gradients(const elbo4j_layer_norm_parameter_gradients& a, void* stream) {
  return (a.mean.data ? parameter_gradients<true> : parameter_gradients<false>)(a, stream);
}

}  // namespace elbo4j::cuda
