// The gradients of log p(z) - log q(z) through reparameterised samples of a diagonal Gaussian, fused: exp, noise, z,
// scores and the sums over the samples (importance weights: Burda et al. 2016; stopped: Roeder et al. 2017, Sticking
// the Landing).
//   s = exp(logVariance / 2), z = mean + s eps
//   eps: regenerated from (seed, draw, first row + row of z, column)
//   i = exp(-priorLogVariance / 2), d = (z - priorMean) i; or d = z, i = 1 for the standard normal
//   score = -d i, and where stopped + eps exp(-logVariance / 2);  g = pathWeight (dz + w score), w = dLogRatio
//   dMean = sum(g), dLogVariance = sum(g eps) s / 2 + (unless stopped) sum(w) / 2
//   dPriorMean = sum(w d i), dPriorLogVariance = sum(w (d^2 - 1)) / 2
// Sums are chains in the order of the samples, from -0, to which adding changes nothing.
// mean, logVariance, prior, their gradients rows x columns; dz rows samples x columns; dLogRatio, pathWeight
// [rows samples]. Moves 20 bytes per element with one sample (36 with a prior and its gradients): neither the noise nor
// z is read.
#include "gaussian_log_ratio_backward.h"
#include "gaussian_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

struct Samples {
  Noise noise;
  int64_t count;
  Input dz;
  const float *dlog_ratio, *path_weight;

  // of_row[r] = the number of this sample of each row of a tile
  void numbers(const float* each, const Tile& tile, int64_t sample, float* of_row) const {
    for (int r = 0; r < tile.rows; r++) of_row[r] = each[(tile.row + r) * count + sample];
  }
};

// f(weights of the rows, spread over their elements)
template <class F> void with_numbers(const Samples& of, const float* each, const Tile& tile, int64_t sample, F f) {
  float of_row[tile_rows];
  of.numbers(each, tile, sample, of_row);
  with_row_weights(tile, of_row, f);
}

// What the samples of a tile add up to.
struct Sums {
  Buffer dz, dz_eps, weights, prior_mean, prior_log_variance;

  explicit Sums(int size) {
    for (int i = 0; i < size; i++)
      dz.data[i] = dz_eps.data[i] = weights.data[i] = prior_mean.data[i] = prior_log_variance.data[i] = -0.0f;
  }
};

void write(const Tile& tile, const float* from, const Output& to) {
  if (!to.data) return;
  for (int r = 0; r < tile.rows; r++) copy_row(to.row(tile.row + r) + tile.column, from + r * tile.width, tile.columns);
}

template <bool PRIOR, bool STOPPED>
void backward(const Gaussian& q, const Gaussian& prior, const Samples& samples, const Output (&gradients)[4],
              int64_t columns, int64_t begin, int64_t end) {
  enum : int { outputs = PRIOR ? 4 : 2 };
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    const int size = tile.size();
    Gaussians in;
    Sums sums(size);
    Buffer deviations, inverses, inverse_deviations, eps_buffer, dz_buffer, through;
    in.take(tile, q, prior);
    exponentials(0.5f, in.log_variance, size, deviations.data);
    if (PRIOR) exponentials(-0.5f, in.prior_log_variance, size, inverses.data);
    if (STOPPED) exponentials(-0.5f, in.log_variance, size, inverse_deviations.data);
    const float *mean = in.mean, *prior_mean = in.prior_mean, *deviation = deviations.data, *inverse = inverses.data;
    const float *inverse_deviation = inverse_deviations.data, *eps = eps_buffer.data;
    float *g = through.data, *of_prior_mean = sums.prior_mean.data, *of_prior = sums.prior_log_variance.data;
    float *sum = sums.dz.data, *eps_sum = sums.dz_eps.data, *weight_sum = sums.weights.data;
    for (int64_t sample = 0; sample < samples.count; sample++) {
      const Input of_sample{samples.dz.at(sample, 0), samples.count * samples.dz.stride, 1, samples.dz.type};
      Wanted wanted;
      wanted.add(tile, of_sample);
      normal_tile(samples.noise, tile, tile.row * samples.count + sample, samples.count, wanted, eps_buffer);
      const float* dz = of_sample.tile(tile, dz_buffer);
      with_numbers(samples, samples.dlog_ratio, tile, sample, [&](auto weight) {
        ELBO4J_SIMD for (int i = 0; i < size; i++) {
          const float w = weight[i];
          const float z = spec::fma(deviation[i], eps[i], mean[i]);
          const float d = PRIOR ? (z - prior_mean[i]) * inverse[i] : z;
          const float scaled = PRIOR ? d * inverse[i] : d;
          const float score = STOPPED ? spec::fma(eps[i], inverse_deviation[i], -scaled) : -scaled;
          g[i] = spec::fma(w, score, dz[i]);
          weight_sum[i] = weight_sum[i] + w;
          if (PRIOR) {
            of_prior_mean[i] = spec::fma(w, scaled, of_prior_mean[i]);
            of_prior[i] = spec::fma(w, spec::fma(d, d, -1.0f), of_prior[i]);
          }
        }
      });
      if (samples.path_weight)
        with_numbers(samples, samples.path_weight, tile, sample,
                     [&](auto weight) { ELBO4J_SIMD for (int i = 0; i < size; i++) g[i] = weight[i] * g[i]; });
      ELBO4J_SIMD for (int i = 0; i < size; i++) sum[i] = sum[i] + g[i];
      ELBO4J_SIMD for (int i = 0; i < size; i++) eps_sum[i] = spec::fma(g[i], eps[i], eps_sum[i]);
    }

    ELBO4J_SIMD for (int i = 0; i < size; i++) {
      const float through_z = eps_sum[i] * (0.5f * deviation[i]);
      eps_sum[i] = STOPPED ? through_z : through_z + 0.5f * weight_sum[i];
      if (PRIOR) of_prior[i] = 0.5f * of_prior[i];
    }
    const float* results[4] = {sum, eps_sum, of_prior_mean, of_prior};
    for (int i = 0; i < outputs; i++) write(tile, results[i], gradients[i]);
  });
}

}  // namespace

void gaussian_log_ratio_backward(const elbo4j_gaussian_log_ratio_backward& a, int64_t begin, int64_t end) {
  const Output gradients[4] = {float_output(a.d_mean), float_output(a.d_log_variance), float_output(a.d_prior_mean),
                               float_output(a.d_prior_log_variance)};
  const Gaussian q{float_input(a.mean), float_input(a.log_variance)};
  const Gaussian prior{float_input(a.prior_mean), float_input(a.prior_log_variance)};
  const Samples samples{Noise(a.noise), a.dz.samples_of(a.mean), float_input(a.dz), a.d_log_ratio.floats(),
                        a.path_weight.floats()};
  const auto with_prior = a.stopped ? backward<true, true> : backward<true, false>;
  const auto without = a.stopped ? backward<false, true> : backward<false, false>;
  (prior.mean.data ? with_prior : without)(q, prior, samples, gradients, a.mean.columns, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
