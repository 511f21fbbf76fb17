// The log-likelihood of levels x under mixtures of discretised logistic variables (spec/discretised_logistic.h), and
// its gradients, in one pass. Of each element, over its components k with log-probability p_k, and u_k = l_k + p_k:
//   logLikelihood = sum(log(sum_k exp(u_k)) - log(sum_k exp(l_k)))
//   with r_k = exp(u_k) / sum exp(u): dLogits_k = w (r_k - softmax(l)_k);  dMean_k, dLogScale_k = w r_k times p_k's
// The logarithms of sums are spec/log_sum.h's. logits, mean, logScale and gradients rows x components columns:
// component k of column d in column k columns + d; x rows / samples x columns. Moves 24 bytes per component of an
// element, 12 without the gradients; what is read again comes from a cache.
// Compiled: at most 96 registers, no spills.
#include "logistic_mixture_log_likelihood_fused.h"
#include "discretised_logistic.h"
#include "log.h"
#include "log_sum.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

template <bool GRADIENT> struct LogisticMixtureLogLikelihood {
  Input logits, mean, log_scale, x;
  Output d_logits, d_mean, d_log_scale;
  const float* weight;
  float* log_likelihood;
  int64_t samples, columns;
  int components;
  float top;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad target = load<ALIGNED>(x.row(samples == 1 ? row : row / samples), column, columns);
    spec::LogSum of_l[4], of_u[4];
#pragma unroll 1
    for (int k = 0; k < components; k++) {
      const Quad l = load<ALIGNED>(logits.row(row) + k * columns, column, columns);
      const Quad m = load<ALIGNED>(mean.row(row) + k * columns, column, columns);
      const Quad s = load<ALIGNED>(log_scale.row(row) + k * columns, column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float u = l.e[i] + spec::discretised_logistic_term(target.e[i], m.e[i], top,
                                                                 spec::discretised_logistic_shared(s.e[i]));
        of_l[i] = k == 0 ? spec::LogSum{l.e[i], 1.0f} : spec::log_sum_with(of_l[i], l.e[i]);
        of_u[i] = k == 0 ? spec::LogSum{u, 1.0f} : spec::log_sum_with(of_u[i], u);
      }
    }
    if (GRADIENT) {
      const float w = __ldg(weight + row);
#pragma unroll 1
      for (int k = 0; k < components; k++) {
        Quad l = load<ALIGNED>(logits.row(row) + k * columns, column, columns);
        Quad m = load<ALIGNED>(mean.row(row) + k * columns, column, columns);
        Quad s = load<ALIGNED>(log_scale.row(row) + k * columns, column, columns);
#pragma unroll
        for (int i = 0; i < 4; i++) {
          const float inverse = spec::discretised_logistic_shared(s.e[i]);
          const float u = l.e[i] + spec::discretised_logistic_term(target.e[i], m.e[i], top, inverse);
          const float share = spec::log_sum_share(of_u[i].most, of_u[i].sum, u);
          const auto d = spec::discretised_logistic_derivatives(target.e[i], m.e[i], top, inverse);
          l.e[i] = w * (share - spec::log_sum_share(of_l[i].most, of_l[i].sum, l.e[i]));
          m.e[i] = (w * share) * d.of[0];
          s.e[i] = (w * share) * d.of[1];
        }
        store_if_given<ALIGNED>(d_logits, k, row, column, l);
        store_if_given<ALIGNED>(d_mean, k, row, column, m);
        store_if_given<ALIGNED>(d_log_scale, k, row, column, s);
      }
    }
    Quad terms;
#pragma unroll
    for (int i = 0; i < 4; i++)
      terms.e[i] = (of_u[i].most - of_l[i].most) + spec::log(spec::div(of_u[i].sum, of_l[i].sum));
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  template <bool ALIGNED>
  __device__ __forceinline__ void store_if_given(const Output& to, int k, int64_t row, int64_t column,
                                                 const Quad& q) const {
    if (to.data) store<ALIGNED>(to.row(row) + k * columns, column, columns, q);
  }

  __device__ void finish(int64_t row, float sum) const { log_likelihood[row] = sum; }
};

}  // namespace

// With fewer registers it spills.
template <bool ALIGNED, bool GRADIENT> constexpr int least_blocks<ALIGNED, LogisticMixtureLogLikelihood<GRADIENT>> = 2;

namespace {

bool aligned_or_absent(int64_t columns, const Output& m) { return !m.data || aligned(columns, {m}); }

template <bool GRADIENT> int of(const elbo4j_logistic_mixture_log_likelihood_fused& a, void* stream) {
  const int64_t columns = a.x.columns;
  const Input logits = input(a.logits), mean = input(a.mean), log_scale = input(a.log_scale), x = input(a.x);
  const Output d_logits = output(a.d_logits), d_mean = output(a.d_mean), d_log_scale = output(a.d_log_scale);
  const bool quads = aligned(columns, {logits, mean, log_scale, x}) && aligned_or_absent(columns, d_logits) &&
                     aligned_or_absent(columns, d_mean) && aligned_or_absent(columns, d_log_scale);
  return sum_rows(LogisticMixtureLogLikelihood<GRADIENT>{logits, mean, log_scale, x, d_logits, d_mean, d_log_scale,
                                                         a.d_log_likelihood.floats(), a.log_likelihood.floats(),
                                                         a.logits.samples_of(a.x), columns,
                                                         (int)(a.logits.columns / columns), a.top},
                  quads, a.logits.rows, columns, stream);
}

}  // namespace

int logistic_mixture_log_likelihood_fused(const elbo4j_logistic_mixture_log_likelihood_fused& a, void* stream) {
  return a.d_log_likelihood.data ? of<true>(a, stream) : of<false>(a, stream);
}

}  // namespace elbo4j::cuda
