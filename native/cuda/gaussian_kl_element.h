// The element of the KL divergence of a diagonal Gaussian, from a standard normal or from another diagonal Gaussian.
#pragma once
#include "exp.h"
#include "quad.h"

namespace elbo4j::cuda {

template <class T> struct Gaussian { InputOf<T> mean, log_variance; };

// s = exp(log_variance / 2)
__device__ __forceinline__ float kl_element(float mean, float log_variance, float s) {
  return (spec::fma(mean, mean, s * s) - log_variance) - 1.0f;
}

__device__ __forceinline__ float kl_element(float mean, float log_variance, float s, float prior_mean,
                                            float prior_log_variance) {
  const float d = mean - prior_mean;
  const float quadratic = spec::fma(d, d, s * s) * spec::exp(-prior_log_variance);
  return (quadratic + (prior_log_variance - log_variance)) - 1.0f;
}

}  // namespace elbo4j::cuda
