// column_weight = kl_per_dimension <= threshold ? 0 : 1. Items: columns.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_KL_PER_DIMENSION_FREE_BITS_GATE(FIELD) \
  FIELD(matrix, kl_per_dimension)                              \
  FIELD(float, threshold)                                      \
  FIELD(matrix, column_weight)
ELBO4J_ARGUMENTS(gaussian_kl_per_dimension_free_bits_gate, ELBO4J_GAUSSIAN_KL_PER_DIMENSION_FREE_BITS_GATE)
