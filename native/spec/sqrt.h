// The square root, correctly rounded (IEEE 754): -0 stays -0, below it NaN. Its gradient is dy / (2 sqrt(x)), of max 1
// ULP.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float sqrt(float x) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(x);
#else
  return __builtin_sqrtf(x);
#endif
}

ELBO4J_SPEC float sqrt_gradient(float x, float dy) { return div(dy, mul(2.0f, sqrt(x))); }

}  // namespace elbo4j::spec
