// relu(x) = max(x, 0): x > 0 ? x : +0, and NaN stays NaN. Exact. relu(+-0) = +0, relu(-inf) = +0, relu(+inf) = +inf;
// denormals are kept.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float relu(float x) {
  float zero_or_nan = x != x ? x : 0.0f;
  return x > 0.0f ? x : zero_or_nan;
}

// A closed gate stops even an infinite dy; where x is NaN it is open.
ELBO4J_SPEC float relu_gradient(float x, float dy) { return x <= 0.0f ? 0.0f : dy; }

}  // namespace elbo4j::spec
