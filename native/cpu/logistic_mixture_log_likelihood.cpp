// The log-likelihood of levels x under mixtures of discretised logistic variables (spec/discretised_logistic.h), and
// its gradients, in one pass. Of each element, over its components k with log-probability p_k, and u_k = l_k + p_k:
//   logLikelihood = sum(log(sum_k exp(u_k)) - log(sum_k exp(l_k)))
//   with r_k = exp(u_k) / sum exp(u): dLogits_k = w (r_k - softmax(l)_k);  dMean_k, dLogScale_k = w r_k times p_k's
// The logarithms of sums are spec/log_sum.h's. logits, mean, logScale and gradients rows x components columns:
// component k of column d in column k columns + d; x rows / samples x columns. Moves 24 bytes per component of an
// element, 12 without the gradients; what is read again comes from a cache.
#include "logistic_mixture_log_likelihood_fused.h"
#include "discretised_logistic.h"
#include "log.h"
#include "log_sum.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

Input component(const elbo4j_matrix& of, int64_t k, int64_t columns) { return {of.floats() + k * columns, of.stride}; }

Output gradient(const elbo4j_matrix& of, int64_t k, int64_t columns) {
  return {of.data ? of.floats() + k * columns : nullptr, of.stride};
}

}  // namespace

void logistic_mixture_log_likelihood_fused(const elbo4j_logistic_mixture_log_likelihood_fused& a, int64_t begin,
                                           int64_t end) {
  const int64_t columns = a.x.columns, components = a.logits.columns / columns;
  const Input x = float_input(a.x, a.logits.samples_of(a.x));
  const float top = a.top;
  RowSums sums;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer x_buffer, l_buffer, m_buffer, s_buffer, inverses, joint, most_of_l, sum_of_l, most_of_u, sum_of_u;
    const int size = tile.size();
    const float* target = x.tile(tile, x_buffer);
    float *inverse = inverses.data, *u = joint.data;
    float *l_most = most_of_l.data, *l_sum = sum_of_l.data, *u_most = most_of_u.data, *u_sum = sum_of_u.data;
    const auto terms_of = [&](const float* l, const float* m, const float* s) {
      ELBO4J_SIMD for (int i = 0; i < size; i++) inverse[i] = spec::discretised_logistic_shared(s[i]);
      ELBO4J_SIMD for (int i = 0; i < size; i++) u[i] =
          l[i] + spec::discretised_logistic_term(target[i], m[i], top, inverse[i]);
    };
    for (int64_t k = 0; k < components; k++) {
      const float* l = component(a.logits, k, columns).tile(tile, l_buffer);
      terms_of(l, component(a.mean, k, columns).tile(tile, m_buffer),
               component(a.log_scale, k, columns).tile(tile, s_buffer));
      if (k == 0) {
        ELBO4J_SIMD for (int i = 0; i < size; i++) {
          l_most[i] = l[i];
          u_most[i] = u[i];
          l_sum[i] = u_sum[i] = 1.0f;
        }
        continue;
      }
      ELBO4J_SIMD for (int i = 0; i < size; i++) {
        const spec::LogSum of_l = spec::log_sum_with({l_most[i], l_sum[i]}, l[i]);
        l_most[i] = of_l.most;
        l_sum[i] = of_l.sum;
      }
      ELBO4J_SIMD for (int i = 0; i < size; i++) {
        const spec::LogSum of_u = spec::log_sum_with({u_most[i], u_sum[i]}, u[i]);
        u_most[i] = of_u.most;
        u_sum[i] = of_u.sum;
      }
    }
    if (a.d_log_likelihood.data) {
      with_row_weights(tile, a.d_log_likelihood.floats() + tile.row, [&](auto w) {
        for (int64_t k = 0; k < components; k++) {
          Buffer dl_buffer, dm_buffer, ds_buffer;
          const Output dl_to = gradient(a.d_logits, k, columns), dm_to = gradient(a.d_mean, k, columns),
                       ds_to = gradient(a.d_log_scale, k, columns);
          const float* l = component(a.logits, k, columns).tile(tile, l_buffer);
          const float* m = component(a.mean, k, columns).tile(tile, m_buffer);
          terms_of(l, m, component(a.log_scale, k, columns).tile(tile, s_buffer));
          float *dl = dl_to.tile(tile, dl_buffer), *dm = dm_to.tile(tile, dm_buffer), *ds = ds_to.tile(tile, ds_buffer);
          ELBO4J_SIMD for (int i = 0; i < size; i++) {
            const float share = spec::log_sum_share(u_most[i], u_sum[i], u[i]);
            dl[i] = w[i] * (share - spec::log_sum_share(l_most[i], l_sum[i], l[i]));
            u[i] = w[i] * share;
          }
          ELBO4J_SIMD for (int i = 0; i < size; i++) {
            const auto d = spec::discretised_logistic_derivatives(target[i], m[i], top, inverse[i]);
            dm[i] = u[i] * d.of[0];
            ds[i] = u[i] * d.of[1];
          }
          dl_to.commit(tile, dl_buffer);
          dm_to.commit(tile, dm_buffer);
          ds_to.commit(tile, ds_buffer);
        }
      });
    }
    ELBO4J_SIMD for (int i = 0; i < size; i++) u[i] = (u_most[i] - l_most[i]) + spec::log(u_sum[i] / l_sum[i]);
    sums.add(tile, u);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) a.log_likelihood.floats()[tile.row + r] = sums[r];
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
