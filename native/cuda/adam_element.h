// One element of Adam (Kingma and Ba 2015, algorithm 1), as in native/cpu/adam.cpp, for every kernel that updates.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

#include "float_operations.h"

namespace elbo4j::cuda {

struct AdamScalars {
  float beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, inverse_root_correction, epsilon;
};

// The scalars of this step: the two that change from step to step are read from `live` if there is any.
__device__ inline AdamScalars adam_scalars_of(AdamScalars s, const int64_t* live) {
  if (live) {
    const uint64_t word = (uint64_t)*live;
    s.step_size = spec::float_from_bits((uint32_t)word);
    s.inverse_root_correction = spec::float_from_bits((uint32_t)(word >> 32));
  }
  return s;
}

// The moments of dead units would decay into denormals, which are slow on a CPU: they become 0 before.
__device__ inline float without_negligible(float moment, float negligible) {
  return spec::absolute(moment) < negligible ? 0.0f : moment;
}

__device__ inline void adam_element(float& parameter, float& first_moment, float& second_moment, float gradient,
                                    const AdamScalars& s) {
  const float m = without_negligible(spec::fma(s.beta1, first_moment, s.one_minus_beta1 * gradient), 0x1p-100f);
  const float v =
      without_negligible(spec::fma(s.beta2, second_moment, (s.one_minus_beta2 * gradient) * gradient), 0x1p-124f);
  first_moment = m;
  second_moment = v;
  parameter = parameter - (s.step_size * m) / spec::fma(__fsqrt_rn(v), s.inverse_root_correction, s.epsilon);
}

}  // namespace elbo4j::cuda
