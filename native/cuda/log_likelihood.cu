// The log-likelihood of independent elements with one to three parameters each (spec/likelihoods.h), and its gradients,
// in one pass.
//   logLikelihood = sum(term(x, p...));  dP = w derivative(x, p...), w = dLogLikelihood of the row
// All functions share what is costly (exp(-|l|) of a logit l). Parameters and gradients rows x columns; x
// rows / samples x columns; w, logLikelihood[rows]. With one parameter it moves 12 bytes per element, 8 without the
// gradient; 8 more for each further one, or 4.
// Compiled for sm_90, aligned: Bernoulli 30 registers, Laplace 34, Student's t 48, negative binomial 64,
// zero-inflated 70; at most 94 of any; no spills.
#include <utility>

#include "likelihoods.h"
#include "log_likelihood_fused.h"
#include "stored.h"

namespace elbo4j::cuda {

namespace {

#define FUNCTIONS(name, parameter_count, number_count)                                                                 \
  struct name {                                                                                                        \
    using Parameters = std::make_index_sequence<parameter_count>;                                                      \
    using Numbers = std::make_index_sequence<number_count>;                                                            \
    template <class... P> static __device__ __forceinline__ float shared(P... p) { return spec::name##_shared(p...); } \
    template <class... P> static __device__ __forceinline__ float term(float x, P... p) {                              \
      return spec::name##_term(x, p...);                                                                               \
    }                                                                                                                  \
    template <class... P>                                                                                              \
    static __device__ __forceinline__ spec::Derivatives<parameter_count> derivatives(float x, P... p) {                \
      return spec::name##_derivatives(x, p...);                                                                        \
    }                                                                                                                  \
  };
ELBO4J_LIKELIHOODS(FUNCTIONS)

template <class F, bool GRADIENT, class T, class Parameters = typename F::Parameters,
          class Numbers = typename F::Numbers>
struct LogLikelihood;

template <class F, bool GRADIENT, class T, std::size_t... P, std::size_t... N>
struct LogLikelihood<F, GRADIENT, T, std::index_sequence<P...>, std::index_sequence<N...>> {
  InputOf<T> parameters[sizeof...(P)], x;
  int64_t samples;
  const float* weight;
  float* log_likelihood;
  OutputOf<T> gradients[sizeof...(P)];
  int64_t columns;
  float numbers[2];

  LogLikelihood(const elbo4j_log_likelihood_fused& a, const elbo4j_matrix* const* of,
                const elbo4j_matrix* const* with_respect_to)
      : parameters{stored_input<T>(*of[P])...},
        x(stored_input<T>(a.x)),
        samples(a.parameter.samples_of(a.x)),
        weight(a.d_log_likelihood.floats()),
        log_likelihood(a.log_likelihood.floats()),
        gradients{stored_output<T>(*with_respect_to[P])...},
        columns(a.parameter.columns),
        numbers{a.shape, a.constant} {}

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad p[] = {load<ALIGNED>(parameters[P].row(row), column, columns)...};
    const Quad target = load<ALIGNED>(x.row(samples == 1 ? row : row / samples), column, columns);
    const float w = GRADIENT ? __ldg(weight + row) : 0.0f;
    Quad terms, of[sizeof...(P)];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float shared = F::shared(p[P].e[i]..., numbers[N]...);
      terms.e[i] = F::term(target.e[i], p[P].e[i]..., numbers[N]..., shared);
      if (GRADIENT) {
        const auto d = F::derivatives(target.e[i], p[P].e[i]..., numbers[N]..., shared);
        ((of[P].e[i] = w * d.of[P]), ...);
      }
    }
    if (GRADIENT) (store_if_given<ALIGNED>(gradients[P], row, column, of[P]), ...);
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  template <bool ALIGNED>
  __device__ __forceinline__ void store_if_given(const OutputOf<T>& to, int64_t row, int64_t column,
                                                 const Quad& q) const {
    if (to.data) store<ALIGNED>(to.row(row), column, columns, q);
  }

  __device__ void finish(int64_t row, float sum) const { log_likelihood[row] = sum; }
};

}  // namespace

// With fewer registers it spills on sm_120.
template <class F, class Numbers>
constexpr int least_blocks<false, LogLikelihood<F, true, Any, std::make_index_sequence<3>, Numbers>> = 2;

namespace {

template <class F, bool GRADIENT> int likelihood(const elbo4j_log_likelihood_fused& a, void* stream) {
  const elbo4j_matrix* const of[] = {&a.parameter, &a.second, &a.third};
  const elbo4j_matrix* const with_respect_to[] = {&a.d_parameter, &a.d_second, &a.d_third};
  const bool quads =
      aligned(a.parameter.columns, {&a.parameter, &a.second, &a.third, &a.x, &a.d_parameter, &a.d_second, &a.d_third});
  return with_element(a.parameter.type, quads, [&](auto element) {
    using T = decltype(element);
    return sum_stored_rows<T>(LogLikelihood<F, GRADIENT, T>(a, of, with_respect_to), a.parameter.rows,
                              a.parameter.columns, stream);
  });
}

}  // namespace

int log_likelihood_fused(const elbo4j_log_likelihood_fused& a, void* stream) {
#define WITHOUT_AND_WITH_GRADIENTS(name, parameters, numbers) {likelihood<name, false>, likelihood<name, true>},
  constexpr int (*of_functions[][2])(const elbo4j_log_likelihood_fused&,
                                     void*) = {ELBO4J_LIKELIHOODS(WITHOUT_AND_WITH_GRADIENTS)};
  return of_functions[a.function][a.d_log_likelihood.data != nullptr](a, stream);
}

}  // namespace elbo4j::cuda
