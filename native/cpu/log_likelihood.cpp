// The log-likelihood of independent elements with one to three parameters each (spec/likelihoods.h), and its gradients,
// in one pass.
//   logLikelihood = sum(term(x, p...));  dP = w derivative(x, p...), w = dLogLikelihood of the row
// All functions share what is costly (exp(-|l|) of a logit l). Parameters and gradients rows x columns; x
// rows / samples x columns; w, logLikelihood[rows]. With one parameter it moves 12 bytes per element, 8 without the
// gradient; 8 more for each further one, or 4.
#include <utility>

#include "likelihoods.h"
#include "log_likelihood_fused.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

#define FUNCTIONS(name, parameter_count, number_count)                                                            \
  struct name {                                                                                                   \
    using Parameters = std::make_index_sequence<parameter_count>;                                                 \
    using Numbers = std::make_index_sequence<number_count>;                                                       \
    template <class... P> static ELBO4J_INLINE float shared(P... p) { return spec::name##_shared(p...); }         \
    template <class... P> static ELBO4J_INLINE float term(float x, P... p) { return spec::name##_term(x, p...); } \
    template <class... P> static ELBO4J_INLINE spec::Derivatives<parameter_count> derivatives(float x, P... p) {  \
      return spec::name##_derivatives(x, p...);                                                                   \
    }                                                                                                             \
  };
ELBO4J_LIKELIHOODS(FUNCTIONS)

template <class F, bool GRADIENT, std::size_t... P, std::size_t... N>
void likelihood(const elbo4j_log_likelihood_fused& a, int64_t begin, int64_t end, std::index_sequence<P...>,
                std::index_sequence<N...>) {
  const elbo4j_matrix* const of[] = {&a.parameter, &a.second, &a.third};
  const elbo4j_matrix* const with_respect_to[] = {&a.d_parameter, &a.d_second, &a.d_third};
  const Input parameters[] = {input(*of[P])...}, x = input(a.x, a.parameter.samples_of(a.x));
  const Output gradients[] = {output(*with_respect_to[P])...};
  const float numbers[] = {a.shape, a.constant};
  RowSums sums;
  for_each_tile(begin, end, a.parameter.columns, [&](const Tile& tile) {
    Buffer parameter_buffers[sizeof...(P)], x_buffer, shared_values, terms, gradient_buffers[sizeof...(P)];
    const int size = tile.size();
    const float* const p[] = {parameters[P].tile(tile, parameter_buffers[P])...};
    const float* target = x.tile(tile, x_buffer);
    float *t = terms.data, *const gradient[] = {gradients[P].tile(tile, gradient_buffers[P])...};
    float* shared = shared_values.data;
    // Three loops: one would be a chain of fifty dependent instructions, too long for the next elements to overlap with
    // it.
    ELBO4J_SIMD for (int i = 0; i < size; i++) shared[i] = F::shared(p[P][i]..., numbers[N]...);
    ELBO4J_SIMD for (int i = 0; i < size; i++) t[i] = F::term(target[i], p[P][i]..., numbers[N]..., shared[i]);
    if (GRADIENT) {
      with_row_weights(tile, a.d_log_likelihood.floats() + tile.row, [&](auto w) {
        ELBO4J_SIMD for (int i = 0; i < size; i++) {
          const auto d = F::derivatives(target[i], p[P][i]..., numbers[N]..., shared[i]);
          ((gradient[P][i] = w[i] * d.of[P]), ...);
        }
      });
      (gradients[P].commit(tile, gradient_buffers[P]), ...);
    }
    sums.add(tile, t);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) a.log_likelihood.floats()[tile.row + r] = sums[r];
  });
}

template <class F, bool GRADIENT> void likelihood(const elbo4j_log_likelihood_fused& a, int64_t begin, int64_t end) {
  likelihood<F, GRADIENT>(a, begin, end, typename F::Parameters(), typename F::Numbers());
}

}  // namespace

void log_likelihood_fused(const elbo4j_log_likelihood_fused& a, int64_t begin, int64_t end) {
#define WITHOUT_AND_WITH_GRADIENTS(name, parameters, numbers) {likelihood<name, false>, likelihood<name, true>},
  constexpr void (*of_functions[][2])(const elbo4j_log_likelihood_fused&, int64_t,
                                      int64_t) = {ELBO4J_LIKELIHOODS(WITHOUT_AND_WITH_GRADIENTS)};
  of_functions[a.function][a.d_log_likelihood.data != nullptr](a, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
