// The log-likelihood of a Bernoulli distribution given by its logits, and its gradient, in one pass.
//   logLikelihood = sum(x l - max(l, 0) - log1p(exp(-|l|)))
//   dLogits = w (x - sigmoid(l)), w = dLogLikelihood of the row
// Both functions share exp(-|l|). logits, dLogits rows x columns; x rows / samples x columns; w, logLikelihood[rows].
// Moves 12 bytes per element, 8 without the gradient.
#include "bernoulli.h"
#include "bernoulli_log_likelihood_fused.h"
#include "exp.h"
#include "row_sum_tile.h"
#include "sigmoid.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

template <bool GRADIENT>
void likelihood(const Input& logits, const Input& x, const float* weight, float* log_likelihood, const Output& dlogits,
                int64_t columns, int64_t begin, int64_t end) {
  RowSums sums;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer logits_buffer, x_buffer, decays, terms, gradient_buffer;
    const int size = tile.size();
    const float* l = logits.tile(tile, logits_buffer);
    const float* target = x.tile(tile, x_buffer);
    float *t = terms.data, *gradient = dlogits.tile(tile, gradient_buffer);
    float* decay = decays.data;
    // Three loops: one would be a chain of fifty dependent instructions, too long for the next elements to overlap with
    // it.
    ELBO4J_SIMD for (int i = 0; i < size; i++) decay[i] = spec::exp_nonpositive(-spec::absolute(l[i]));
    ELBO4J_SIMD for (int i = 0; i < size; i++) t[i] = spec::bernoulli_from(target[i], l[i], decay[i]);
    if (GRADIENT) {
      with_row_weights(tile, weight + tile.row, [&](auto w) {
        ELBO4J_SIMD for (int i = 0; i < size; i++) {
          gradient[i] = w[i] * (target[i] - spec::sigmoid_from(l[i], decay[i]));
        }
      });
      dlogits.commit(tile, gradient_buffer);
    }
    sums.add(tile, t);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) log_likelihood[tile.row + r] = sums[r];
  });
}

}  // namespace

void bernoulli_log_likelihood_fused(const elbo4j_bernoulli_log_likelihood_fused& a, int64_t begin, int64_t end) {
  (a.d_logits.data ? likelihood<true> : likelihood<false>)(input(a.logits), input(a.x, a.logits.samples_of(a.x)),
                                                           a.d_log_likelihood.floats(), a.log_likelihood.floats(),
                                                           output(a.d_logits), a.logits.columns, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
