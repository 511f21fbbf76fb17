// The log-likelihood of independent elements with one parameter each (spec/likelihoods.h), and its gradient, in one
// pass.
//   logLikelihood = sum(term(x, p));  dParameter = w derivative(x, p), w = dLogLikelihood of the row
// Both functions share what is costly (exp(-|l|) of a logit l). parameter, dParameter rows x columns; x rows / samples
// x columns; w, logLikelihood[rows]. Moves 12 bytes per element, 8 without the gradient.
// Compiled for sm_90: Bernoulli 31 registers, 30 without the gradient (aligned); at most 64 of any; no spills.
#include "likelihoods.h"
#include "log_likelihood_fused.h"
#include "stored.h"

namespace elbo4j::cuda {

namespace {

#define FUNCTIONS(name)                                                                        \
  struct name {                                                                                \
    static __device__ __forceinline__ float shared(float p) { return spec::name##_shared(p); } \
    static __device__ __forceinline__ float term(float x, float p, float shared) {             \
      return spec::name##_term(x, p, shared);                                                  \
    }                                                                                          \
    static __device__ __forceinline__ float derivative(float x, float p, float shared) {       \
      return spec::name##_derivative(x, p, shared);                                            \
    }                                                                                          \
  };
ELBO4J_LIKELIHOODS(FUNCTIONS)

template <class F, bool GRADIENT, class T> struct LogLikelihood {
  InputOf<T> parameter, x;
  int64_t samples;
  const float* weight;
  float* log_likelihood;
  OutputOf<T> dparameter;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad p = load<ALIGNED>(parameter.row(row), column, columns);
    const Quad target = load<ALIGNED>(x.row(samples == 1 ? row : row / samples), column, columns);
    const float w = GRADIENT ? __ldg(weight + row) : 0.0f;
    Quad terms, gradient;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float shared = F::shared(p.e[i]);
      terms.e[i] = F::term(target.e[i], p.e[i], shared);
      if (GRADIENT) gradient.e[i] = w * F::derivative(target.e[i], p.e[i], shared);
    }
    if (GRADIENT) store<ALIGNED>(dparameter.row(row), column, columns, gradient);
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t row, float sum) const { log_likelihood[row] = sum; }
};

template <class F, bool GRADIENT> int likelihood(const elbo4j_log_likelihood_fused& a, void* stream) {
  const int64_t rows = a.parameter.rows, columns = a.parameter.columns;
  return with_element(a.parameter.type, aligned(columns, {&a.parameter, &a.x, &a.d_parameter}), [&](auto element) {
    using T = decltype(element);
    const LogLikelihood<F, GRADIENT, T> of{stored_input<T>(a.parameter),
                                           stored_input<T>(a.x),
                                           a.parameter.samples_of(a.x),
                                           a.d_log_likelihood.floats(),
                                           a.log_likelihood.floats(),
                                           stored_output<T>(a.d_parameter),
                                           columns};
    return sum_stored_rows<T>(of, rows, columns, stream);
  });
}

}  // namespace

int log_likelihood_fused(const elbo4j_log_likelihood_fused& a, void* stream) {
#define WITHOUT_AND_WITH_GRADIENT(name) {likelihood<name, false>, likelihood<name, true>},
  constexpr int (*of_functions[][2])(const elbo4j_log_likelihood_fused&,
                                     void*) = {ELBO4J_LIKELIHOODS(WITHOUT_AND_WITH_GRADIENT)};
  return of_functions[a.function][a.d_parameter.data != nullptr](a, stream);
}

}  // namespace elbo4j::cuda
