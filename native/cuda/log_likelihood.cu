// The log-likelihood of a Bernoulli distribution given by its logits, and its gradient, in one pass.
//   logLikelihood = sum(x l - max(l, 0) - log1p(exp(-|l|)))
//   dLogits = w (x - sigmoid(l)), w = dLogLikelihood of the row
// Both functions share exp(-|l|). logits, dLogits rows x columns; x rows / samples x columns; w, logLikelihood[rows].
// Moves 12 bytes per element, 8 without the gradient.
// Compiled for sm_90: 31 registers, 30 without the gradient (aligned), no spills.
#include "bernoulli.h"
#include "bernoulli_log_likelihood_fused.h"
#include "exp.h"
#include "sigmoid.h"
#include "stored.h"

namespace elbo4j::cuda {

namespace {

template <bool GRADIENT, class T> struct Bernoulli {
  InputOf<T> logits, x;
  int64_t samples;
  const float* weight;
  float* log_likelihood;
  OutputOf<T> dlogits;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad l = load<ALIGNED>(logits.row(row), column, columns);
    const Quad target = load<ALIGNED>(x.row(samples == 1 ? row : row / samples), column, columns);
    const float w = GRADIENT ? __ldg(weight + row) : 0.0f;
    Quad terms, gradient;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float decay = spec::exp_nonpositive(-spec::absolute(l.e[i]));
      terms.e[i] = spec::bernoulli_from(target.e[i], l.e[i], decay);
      if (GRADIENT) gradient.e[i] = w * (target.e[i] - spec::sigmoid_from(l.e[i], decay));
    }
    if (GRADIENT) store<ALIGNED>(dlogits.row(row), column, columns, gradient);
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t row, float sum) const { log_likelihood[row] = sum; }
};

}  // namespace

int bernoulli_log_likelihood_fused(const elbo4j_bernoulli_log_likelihood_fused& a, void* stream) {
  const int64_t rows = a.logits.rows, columns = a.logits.columns, samples = a.logits.samples_of(a.x);
  const float* weight = a.d_log_likelihood.floats();
  float* result = a.log_likelihood.floats();
  return with_element(a.logits.type, aligned(columns, {&a.logits, &a.x, &a.d_logits}), [&](auto element) {
    using T = decltype(element);
    const InputOf<T> in = stored_input<T>(a.logits), target = stored_input<T>(a.x);
    const OutputOf<T> gradient = stored_output<T>(a.d_logits);
    if (gradient.data)
      return sum_stored_rows<T>(Bernoulli<true, T>{in, target, samples, weight, result, gradient, columns}, rows,
                                columns, stream);
    return sum_stored_rows<T>(Bernoulli<false, T>{in, target, samples, nullptr, result, gradient, columns}, rows,
                              columns, stream);
  });
}

}  // namespace elbo4j::cuda
