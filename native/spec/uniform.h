// A random word to a uniform float in [0, 1): its high 24 bits times 2^-24. Exact, so each of the 2^24 values is
// equally likely; never 1.
#pragma once
#include <cstdint>

#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC float uniform01(uint32_t word) { return mul((float)(int32_t)(word >> 8), 0x1p-24f); }

}  // namespace elbo4j::spec
