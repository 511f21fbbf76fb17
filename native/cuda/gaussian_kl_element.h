// The element of the KL divergence of a diagonal Gaussian, from a standard normal or from another diagonal Gaussian.
#pragma once
#include "exp.h"
#include "quad.h"
#include "variance_kl.h"

namespace elbo4j::cuda {

template <class T> struct Gaussian { InputOf<T> mean, log_variance; };

// s = exp(log_variance / 2)
__device__ __forceinline__ float kl_element(float mean, float log_variance, float s) {
  return spec::fma(mean, mean, spec::variance_kl_of_finite(log_variance, s));
}

__device__ __forceinline__ float kl_element(float mean, float log_variance, float s, float prior_mean,
                                            float prior_log_variance) {
  const float inverse = spec::exp(-0.5f * prior_log_variance);
  const float d = (mean - prior_mean) * inverse;
  const float r = s * inverse;
  return spec::fma(d, d, spec::variance_kl(log_variance - prior_log_variance, r));
}

}  // namespace elbo4j::cuda
