// The log-likelihood of independent elements with one parameter each (spec/likelihoods.h), and its gradient, in one
// pass.
//   logLikelihood = sum(term(x, p));  dParameter = w derivative(x, p), w = dLogLikelihood of the row
// Both functions share what is costly (exp(-|l|) of a logit l). parameter, dParameter rows x columns; x rows / samples
// x columns; w, logLikelihood[rows]. Moves 12 bytes per element, 8 without the gradient.
#include "likelihoods.h"
#include "log_likelihood_fused.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

#define FUNCTIONS(name)                                                                                         \
  struct name {                                                                                                 \
    static ELBO4J_INLINE float shared(float p) { return spec::name##_shared(p); }                               \
    static ELBO4J_INLINE float term(float x, float p, float shared) { return spec::name##_term(x, p, shared); } \
    static ELBO4J_INLINE float derivative(float x, float p, float shared) {                                     \
      return spec::name##_derivative(x, p, shared);                                                             \
    }                                                                                                           \
  };
ELBO4J_LIKELIHOODS(FUNCTIONS)

template <class F, bool GRADIENT> void likelihood(const elbo4j_log_likelihood_fused& a, int64_t begin, int64_t end) {
  const Input parameter = input(a.parameter), x = input(a.x, a.parameter.samples_of(a.x));
  const Output gradients = output(a.d_parameter);
  RowSums sums;
  for_each_tile(begin, end, a.parameter.columns, [&](const Tile& tile) {
    Buffer parameter_buffer, x_buffer, shared_values, terms, gradient_buffer;
    const int size = tile.size();
    const float* p = parameter.tile(tile, parameter_buffer);
    const float* target = x.tile(tile, x_buffer);
    float *t = terms.data, *gradient = gradients.tile(tile, gradient_buffer);
    float* shared = shared_values.data;
    // Three loops: one would be a chain of fifty dependent instructions, too long for the next elements to overlap with
    // it.
    ELBO4J_SIMD for (int i = 0; i < size; i++) shared[i] = F::shared(p[i]);
    ELBO4J_SIMD for (int i = 0; i < size; i++) t[i] = F::term(target[i], p[i], shared[i]);
    if (GRADIENT) {
      with_row_weights(tile, a.d_log_likelihood.floats() + tile.row, [&](auto w) {
        ELBO4J_SIMD for (int i = 0; i < size; i++) gradient[i] = w[i] * F::derivative(target[i], p[i], shared[i]);
      });
      gradients.commit(tile, gradient_buffer);
    }
    sums.add(tile, t);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) a.log_likelihood.floats()[tile.row + r] = sums[r];
  });
}

}  // namespace

void log_likelihood_fused(const elbo4j_log_likelihood_fused& a, int64_t begin, int64_t end) {
#define WITHOUT_AND_WITH_GRADIENT(name) {likelihood<name, false>, likelihood<name, true>},
  constexpr void (*of_functions[][2])(const elbo4j_log_likelihood_fused&, int64_t,
                                      int64_t) = {ELBO4J_LIKELIHOODS(WITHOUT_AND_WITH_GRADIENT)};
  of_functions[a.function][a.d_parameter.data != nullptr](a, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
