// A sample of a diagonal Gaussian squashed by tanh and its log-probability, fused: tanh and exp of sigma, noise, u,
// tanh, the exact correction and the row sums; and the gradients of both (Haarnoja et al. 2018, Soft actor-critic,
// appendix C).
//   log sigma = 3.5 tanh(spread) - 1.5, u = mean + sigma eps, action = tanh(u)
//   eps: regenerated from (seed, draw, first row + row, column)
//   logProbability = sum over the columns of the term in spec/tanh_gaussian.h
//   dMean = dAction (1 - tanh(u)^2) + w 2 tanh(u), w = dLogProbability of the row
//   dSpread = 3.5 (1 - tanh(spread)^2) (dMean sigma eps - w)
// All rows x columns; logProbability, w rows x 1. Moves 12 bytes per element, the gradients 20: noise is never stored.
#include "noise_tile.h"
#include "row_sum_tile.h"
#include "tanh_gaussian.h"
#include "tanh_gaussian_backward.h"
#include "tanh_gaussian_forward.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

// log sigma, sigma, eps and u of a tile.
struct Sample {
  const float *mean, *spread;
  Buffer buffers[2], log_sigma, sigma, eps, u;

  // wanted: what else is read or written when these are there
  void take(const Tile& tile, const Input& of_mean, const Input& of_spread, const Noise& noise, Wanted wanted) {
    wanted.add(tile, of_mean);
    wanted.add(tile, of_spread);
    normal_tile(noise, tile, tile.row, 1, wanted, eps);
    mean = of_mean.tile(tile, buffers[0]);
    spread = of_spread.tile(tile, buffers[1]);
    const int size = tile.size();
    float *l = log_sigma.data, *s = sigma.data, *to = u.data;
    ELBO4J_SIMD for (int i = 0; i < size; i++) l[i] = spec::tanh_gaussian_log_sigma(spread[i]);
    ELBO4J_SIMD for (int i = 0; i < size; i++) s[i] = spec::exp(l[i]);
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = spec::fma(s[i], eps.data[i], mean[i]);
  }
};

}  // namespace

void tanh_gaussian_forward(const elbo4j_tanh_gaussian_forward& a, int64_t begin, int64_t end) {
  const Input mean = float_input(a.mean), spread = float_input(a.spread);
  const Output action = float_output(a.action), log_probability = float_output(a.log_probability);
  const Noise noise(a.noise);
  for_each_block(begin, end, a.mean.columns, [&](int64_t row, int rows) {
    Sample sample;
    Buffer action_buffer, terms;
    RowSums sums;
    for_each_tile_of(row, rows, a.mean.columns, [&](const Tile& tile) {
      Wanted wanted;
      wanted.add(tile, action);
      sample.take(tile, mean, spread, noise, wanted);
      const int size = tile.size();
      const float *u = sample.u.data, *eps = sample.eps.data, *log_sigma = sample.log_sigma.data;
      float *to = action.tile(tile, action_buffer), *term = terms.data;
      ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = spec::tanh(u[i]);
      ELBO4J_SIMD for (int i = 0; i < size; i++) term[i] = spec::tanh_gaussian_term(u[i], eps[i], log_sigma[i]);
      action.commit(tile, action_buffer);
      sums.add(tile, term);
      if (tile.last)
        for (int r = 0; r < rows; r++) *log_probability.row(row + r) = sums[r];
    });
  });
}

void tanh_gaussian_backward(const elbo4j_tanh_gaussian_backward& a, int64_t begin, int64_t end) {
  const Input mean = float_input(a.mean), spread = float_input(a.spread);
  const Input d_action = float_input(a.d_action), d_log_probability = float_input(a.d_log_probability);
  const Output d_mean = float_output(a.d_mean), d_spread = float_output(a.d_spread);
  const Noise noise(a.noise);
  for_each_tile(begin, end, a.mean.columns, [&](const Tile& tile) {
    Sample sample;
    Buffer d_action_buffer, d_mean_buffer, d_spread_buffer;
    float of_row[tile_rows];
    Wanted wanted;
    wanted.add(tile, d_action);
    sample.take(tile, mean, spread, noise, wanted);
    for (int r = 0; r < tile.rows; r++) of_row[r] = *d_log_probability.row(tile.row + r);
    const int size = tile.size();
    const float *u = sample.u.data, *eps = sample.eps.data, *sigma = sample.sigma.data, *s = sample.spread;
    const float* of_action = d_action.tile(tile, d_action_buffer);
    float *du = d_mean.tile(tile, d_mean_buffer), *ds = d_spread.tile(tile, d_spread_buffer);
    with_row_weights(tile, of_row, [&](auto weight) {
      ELBO4J_SIMD for (int i = 0; i < size; i++) du[i] = spec::tanh_gaussian_u_gradient(u[i], of_action[i], weight[i]);
      ELBO4J_SIMD for (int i = 0; i < size; i++) ds[i] =
          spec::tanh_gaussian_s_gradient(s[i], sigma[i], eps[i], du[i], weight[i]);
    });
    d_mean.commit(tile, d_mean_buffer);
    d_spread.commit(tile, d_spread_buffer);
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
