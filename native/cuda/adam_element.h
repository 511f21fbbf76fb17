// One element of Adam (Kingma and Ba 2015, algorithm 1), as in native/cpu/adam.cpp, for every kernel that updates.
#pragma once
#include <cuda_runtime.h>

#include "elbo4j_arguments.h"
#include "float_operations.h"

namespace elbo4j::cuda {

// The step as it is when the kernel runs.
__device__ inline elbo4j_adam_step adam_step_of(elbo4j_adam_step s) {
  if (s.live) {
    const uint64_t word = (uint64_t)s.live[0];
    s.step_size = spec::float_from_bits((uint32_t)word);
    s.inverse_root_correction = spec::float_from_bits((uint32_t)(word >> 32));
    s.decay = spec::float_from_bits((uint32_t)s.live[1]);
  }
  return s;
}

// The moments of dead units would decay into denormals, which are slow on a CPU: they become 0 before.
__device__ inline float without_negligible(float moment, float negligible) {
  return spec::absolute(moment) < negligible ? 0.0f : moment;
}

__device__ inline void adam_element(float& parameter, float& first_moment, float& second_moment, float gradient,
                                    const elbo4j_adam_step& s) {
  const float m = without_negligible(spec::fma(s.beta1, first_moment, s.one_minus_beta1 * gradient), 0x1p-100f);
  const float v =
      without_negligible(spec::fma(s.beta2, second_moment, (s.one_minus_beta2 * gradient) * gradient), 0x1p-124f);
  first_moment = m;
  second_moment = v;
  parameter = parameter * s.decay - (s.step_size * m) / spec::fma(__fsqrt_rn(v), s.inverse_root_correction, s.epsilon);
}

}  // namespace elbo4j::cuda
