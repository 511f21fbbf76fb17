// A sample of a diagonal Gaussian and its KL divergence, fused: exp, noise, z, the elements of the KL and their row
// sums; and the gradients of both.
//   s = exp(logVariance / 2), z = mean + s eps
//   eps: regenerated from (seed, draw, first row + row of z, column)
//   kl = 1/2 sum(d^2 + variance_kl(logVariance, s)), d = mean, or with a diagonal Gaussian prior
//   kl = 1/2 sum(d^2 + variance_kl(logVariance - priorLogVariance, r))
//   i = exp(-priorLogVariance / 2), r = s i, d = (mean - priorMean) i
//   logRatio = log p(z) - log q(z), of z as it is stored
// Half the exponents, squared after the product: a moderate KL of extreme variances is in range.
// mean, logVariance, prior rows x columns; z rows samples x columns; kl[rows]; logRatio[rows samples].
// With no samples only kl, and its gradients.
// Moves 12 bytes per element (20 with a prior), the gradients 20 (36 with a prior and its gradients): noise is never
// stored.
#include "gaussian_sample_kl_backward.h"
#include "gaussian_sample_kl_forward.h"
#include "gaussian_tile.h"
#include "row_sum_tile.h"
#include "variance_kl.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

// inverse: the standard deviations of the prior, inverted
template <bool PRIOR>
void elements_of_kl(const Gaussians& in, const float* deviation, const float* inverse, int size, float* kl) {
  const float *mean = in.mean, *log_variance = in.log_variance;
  const float *prior_mean = in.prior_mean, *prior_log_variance = in.prior_log_variance;
  ELBO4J_SIMD for (int i = 0; i < size; i++) {
    const float d = PRIOR ? (mean[i] - prior_mean[i]) * inverse[i] : mean[i];
    const float r = PRIOR ? deviation[i] * inverse[i] : deviation[i];
    const float x = PRIOR ? log_variance[i] - prior_log_variance[i] : log_variance[i];
    kl[i] = spec::fma(d, d, PRIOR ? spec::variance_kl(x, r) : spec::variance_kl_of_finite(x, r));
  }
}

template <bool PRIOR>
void log_ratios(const Gaussians& in, const float* inverse, int size, const float* z, const float* eps, float* ratio) {
  const float* log_variance = in.log_variance;
  const float *prior_mean = in.prior_mean, *prior_log_variance = in.prior_log_variance;
  ELBO4J_SIMD for (int i = 0; i < size; i++) {
    const float of_q = spec::fma(eps[i], eps[i], log_variance[i]);
    if (PRIOR) {
      const float d = (z[i] - prior_mean[i]) * inverse[i];
      ratio[i] = spec::fma(-d, d, of_q - prior_log_variance[i]);
    } else {
      ratio[i] = spec::fma(-z[i], z[i], of_q);
    }
  }
}

template <bool PRIOR>
void forward(const Gaussian& q, const Gaussian& prior, const Noise& noise, int64_t samples, const Output& z, float* kl,
             float* log_ratio, int64_t columns, int64_t begin, int64_t end) {
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    Gaussians in;
    Buffer deviation, inverse, elements, eps, z_buffer;
    RowSums sums, ratio_sums;
    for (int64_t sample = 0; sample == 0 || sample < samples; sample++) {
      const Output z_of_sample{z.at(sample, 0), samples * z.stride, z.type};
      for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
        const int size = tile.size();
        const bool reusable = sample > 0 && columns <= tile_floats;  // of the previous sample
        Wanted wanted;
        wanted.add(tile, z_of_sample);
        if (!reusable) {
          want(tile, q, wanted);
          want(tile, prior, wanted);
        }
        if (samples > 0) normal_tile(noise, tile, row * samples + sample, samples, wanted, eps);
        if (!reusable) {
          in.take(tile, q, prior);
          exponentials(0.5f, in.log_variance, size, deviation.data);
          if (PRIOR) exponentials(-0.5f, in.prior_log_variance, size, inverse.data);
          elements_of_kl<PRIOR>(in, deviation.data, inverse.data, size, elements.data);
        }
        if (sample == 0) {
          sums.add(tile, elements.data);
          if (tile.last)
            for (int r = 0; r < rows; r++) kl[row + r] = 0.5f * sums[r];
        }
        if (samples == 0) return;
        const float *mean = in.mean, *s = deviation.data, *e = eps.data;
        float* z_elements = z_of_sample.tile(tile, z_buffer);
        ELBO4J_SIMD for (int i = 0; i < size; i++) z_elements[i] = spec::fma(s[i], e[i], mean[i]);
        z_of_sample.commit(tile, z_buffer);
        if (log_ratio) {
          const float* stored = z.type == spec::FLOAT32 ? z_elements : Input(z_of_sample).tile(tile, z_buffer);
          log_ratios<PRIOR>(in, inverse.data, size, stored, e, elements.data);
          ratio_sums.add(tile, elements.data);
          if (tile.last)
            for (int r = 0; r < rows; r++) log_ratio[(row + r) * samples + sample] = 0.5f * ratio_sums[r];
        }
      });
    }
  });
}

// The sums over the samples of dz, which may be dz itself, and of dz eps, or just eps where there is one sample.
struct SampleGradients {
  const float* dz = nullptr;
  Buffer dz_sum, eps_sum;

  void take(const Tile& tile, const Input& of_samples, const Noise& noise, int64_t samples, Wanted wanted) {
    if (samples == 0) {
      // adding to -0 changes nothing
      for (int i = 0; i < tile.size(); i++) dz_sum.data[i] = eps_sum.data[i] = -0.0f;
      dz = dz_sum.data;
      return;
    }
    Buffer later_dz, later_eps;
    for (int64_t sample = 0; sample < samples; sample++) {
      const Input of_sample{of_samples.at(sample, 0), samples * of_samples.stride, 1, of_samples.type};
      Buffer& eps = sample == 0 ? eps_sum : later_eps;
      wanted.add(tile, of_sample);
      normal_tile(noise, tile, tile.row * samples + sample, samples, wanted, eps);
      wanted = Wanted{};
      const float* g = of_sample.tile(tile, sample == 0 ? dz_sum : later_dz);
      if (sample == 0) dz = g;
      if (samples > 1) accumulate(tile.size(), g, eps.data, sample == 0);
    }
  }

 private:
  void accumulate(int size, const float* g, const float* eps, bool first) {
    float *sum = eps_sum.data, *total = dz_sum.data;
    if (first) {
      ELBO4J_SIMD for (int i = 0; i < size; i++) sum[i] = g[i] * eps[i];
      return;
    }
    const float* so_far = dz;
    ELBO4J_SIMD for (int i = 0; i < size; i++) sum[i] = spec::fma(g[i], eps[i], sum[i]);
    ELBO4J_SIMD for (int i = 0; i < size; i++) total[i] = so_far[i] + g[i];
    dz = total;
  }
};

// f(weights): the weight of the KL of each element is that of its row, times that of its column if there is one.
template <class F> void with_kl_weights(const Tile& tile, const float* dkl, const float* column_weight, F f) {
  if (!column_weight) return with_row_weights(tile, dkl + tile.row, f);
  Buffer weights;
  spread_rows(tile, dkl + tile.row, weights);
  for (int r = 0; r < tile.rows; r++) {
    float* row = weights.data + r * tile.width;
    ELBO4J_SIMD for (int i = 0; i < tile.columns; i++) row[i] = row[i] * column_weight[tile.column + i];
  }
  f(static_cast<const float*>(weights.data));
}

template <bool PRIOR, bool ONE_SAMPLE>
void backward(const Gaussian& q, const Gaussian& prior, const Noise& noise, int64_t samples, const Input& dz,
              const float* dkl, const float* column_weight, const Output (&gradients)[4], int64_t columns,
              int64_t begin, int64_t end) {
  enum : int { outputs = PRIOR ? 4 : 2 };
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Gaussians in;
    SampleGradients of_z;
    Buffer buffers[outputs];
    float* to[outputs];
    Wanted wanted;
    want(tile, q, wanted);
    want(tile, prior, wanted);
    for (int i = 0; i < outputs; i++) {
      to[i] = gradients[i].tile(tile, buffers[i]);
      wanted.add(tile, gradients[i]);
    }
    of_z.take(tile, dz, noise, samples, wanted);
    in.take(tile, q, prior);

    const int size = tile.size();
    Buffer deviations, inverses;
    exponentials(0.5f, in.log_variance, size, deviations.data);
    if (PRIOR) exponentials(-0.5f, in.prior_log_variance, size, inverses.data);
    const float *mean = in.mean, *prior_mean = in.prior_mean;
    const float *deviation = deviations.data, *inverse_deviation = inverses.data;
    const float *dz_sum = of_z.dz, *eps_sum = of_z.eps_sum.data;
    float *dmean = to[0], *dlog_variance = to[1];
    float *dprior_mean = to[PRIOR ? 2 : 0], *dprior_log_variance = to[PRIOR ? 3 : 1];
    with_kl_weights(tile, dkl, column_weight, [&](auto weight) {
      ELBO4J_SIMD for (int i = 0; i < size; i++) {
        const float m = mean[i], w = weight[i], half_w = 0.5f * w;
        const float s = deviation[i];
        const float through_z = (ONE_SAMPLE ? dz_sum[i] * eps_sum[i] : eps_sum[i]) * (0.5f * s);
        if (PRIOR) {
          const float inverse = inverse_deviation[i];
          const float d = (m - prior_mean[i]) * inverse;
          const float r = s * inverse;
          const float scaled = d * inverse;
          dmean[i] = spec::fma(w, scaled, dz_sum[i]);
          dlog_variance[i] = spec::fma(half_w, spec::fma(r, r, -1.0f), through_z);
          dprior_mean[i] = -(w * scaled);
          dprior_log_variance[i] = half_w * (1.0f - spec::fma(d, d, r * r));
        } else {
          dmean[i] = spec::fma(w, m, dz_sum[i]);
          dlog_variance[i] = spec::fma(half_w, spec::fma(s, s, -1.0f), through_z);
        }
      }
    });
    for (int i = 0; i < outputs; i++) gradients[i].commit(tile, buffers[i]);
  });
}

}  // namespace

void gaussian_sample_kl_forward(const elbo4j_gaussian_sample_kl_forward& a, int64_t begin, int64_t end) {
  (a.prior_mean.data ? forward<true> : forward<false>)(Gaussian{input(a.mean), input(a.log_variance)},
                                                       Gaussian{input(a.prior_mean), input(a.prior_log_variance)},
                                                       Noise(a.noise), a.z.samples_of(a.mean), output(a.z),
                                                       a.kl.floats(), a.log_ratio.floats(), a.mean.columns, begin, end);
}

void gaussian_sample_kl_backward(const elbo4j_gaussian_sample_kl_backward& a, int64_t begin, int64_t end) {
  const Output gradients[4] = {output(a.d_mean), output(a.d_log_variance), output(a.d_prior_mean),
                               output(a.d_prior_log_variance)};
  const int64_t samples = a.dz.samples_of(a.mean);
  const auto with_prior = samples == 1 ? backward<true, true> : backward<true, false>;
  const auto without = samples == 1 ? backward<false, true> : backward<false, false>;
  (a.prior_mean.data ? with_prior : without)(Gaussian{input(a.mean), input(a.log_variance)},
                                             Gaussian{input(a.prior_mean), input(a.prior_log_variance)}, Noise(a.noise),
                                             samples, input(a.dz), a.d_kl.floats(), a.column_weight.floats(), gradients,
                                             a.mean.columns, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
