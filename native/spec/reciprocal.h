// 1 / d for d in [1, 2]: a quadratic start (minimax, error 1/99) and two Newton steps. A division costs several times
// more.
//
// Accuracy: max 0.673 ULP on [1, 2], exhaustive; 1/1 = 1 and 1/2 = 0.5 exactly. NaN stays NaN; outside [1, 2] no
// promise.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float reciprocal_1_2(float d) {
  float y = fma(0x1.4afd76p-2f, d, -0x1.745d2p0f);
  y = fma(y, d, 0x1.0f83e4p1f);
  float error = fma(-d, y, 1.0f);
  y = fma(y, error, y);
  error = fma(-d, y, 1.0f);
  return fma(y, error, y);
}

}  // namespace elbo4j::spec
