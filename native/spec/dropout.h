// Dropout (Srivastava et al. 2014) of the element whose random word is given: kept, times scale, where the word is at
// least the threshold = round(rate 2^32), so with a probability within 2^-33 of 1 - rate. scale = 1 / (1 - rate).
//
// One rounding. What is dropped is +0, also of NaN and infinities; what is kept is x scale as it is.
#pragma once
#include <cstdint>

#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float dropout(float x, uint32_t word, uint32_t threshold, float scale) {
  const float kept = mul(x, scale);
  return word >= threshold ? kept : 0.0f;
}

}  // namespace elbo4j::spec
