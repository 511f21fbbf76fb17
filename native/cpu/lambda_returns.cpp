// Lambda-returns of each row, a column a step, and their gradients (Hafner et al. 2020, Dream to Control, equation 6),
// fused: the whole chain over the steps is one pass, and so is the way back.
//   G[t] = r[t] + d[t] m[t], m[t] = (1 - lambda) v[t] + lambda G[t + 1], m[T - 1] = v[T - 1]; t descending
//   h[t] = dG[t] + lambda d[t - 1] h[t - 1]; dr = h; dd = h m; dv = (1 - lambda) d h, of the last step d h; t ascending
// All rows x T. Moves 16 bytes per element; the gradients 16, and 4 for each of those that are wanted: m is computed
// again from the returns.
#include "lambda_returns.h"
#include "lambda_returns_backward.h"
#include "lambda_returns_forward.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

float* row_if_wanted(const elbo4j_matrix& m, int64_t row) { return m.data ? float_output(m).row(row) : nullptr; }

}  // namespace

void lambda_returns_forward(const elbo4j_lambda_returns_forward& a, int64_t begin, int64_t end) {
  const int64_t last = a.rewards.columns - 1;
  for (int64_t row = begin; row < end; row++) {
    const float *r = float_input(a.rewards).row(row), *d = float_input(a.discounts).row(row);
    const float* v = float_input(a.values).row(row);
    float* returns = float_output(a.returns).row(row);
    float next = 0.0f;
    for (int64_t t = last; t >= 0; t--) {
      const float mean = t == last ? v[t] : spec::lambda_mean(a.lambda, v[t], next);
      returns[t] = next = spec::fma(d[t], mean, r[t]);
    }
  }
}

void lambda_returns_backward(const elbo4j_lambda_returns_backward& a, int64_t begin, int64_t end) {
  const int64_t last = a.values.columns - 1;
  for (int64_t row = begin; row < end; row++) {
    const float *d = float_input(a.discounts).row(row), *v = float_input(a.values).row(row);
    const float *returns = float_input(a.returns).row(row), *d_returns = float_input(a.d_returns).row(row);
    float *dr = row_if_wanted(a.d_rewards, row), *dd = row_if_wanted(a.d_discounts, row);
    float* dv = row_if_wanted(a.d_values, row);
    float d_mean = 0.0f;
    for (int64_t t = 0; t <= last; t++) {
      const float whole = t == 0 ? d_returns[t] : spec::lambda_next_gradient(a.lambda, d_mean, d_returns[t]);
      d_mean = d[t] * whole;
      if (dr) dr[t] = whole;
      if (dd) dd[t] = whole * (t == last ? v[t] : spec::lambda_mean(a.lambda, v[t], returns[t + 1]));
      if (dv) dv[t] = t == last ? d_mean : spec::lambda_value_gradient(a.lambda, d_mean);
    }
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
