// Where a float stands among all floats, as an unsigned number: a NaN is below all numbers, the zeros are equal.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC uint32_t rank(float x) {
  const uint32_t bits = x == 0.0f ? 0u : bits_of(x);
  return x != x ? 0u : (bits >> 31) != 0u ? ~bits : bits | 0x80000000u;
}

}  // namespace elbo4j::spec
