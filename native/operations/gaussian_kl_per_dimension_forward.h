// The KL divergence of each column, summed over the rows. Items: columns. The prior: or absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_KL_PER_DIMENSION_FORWARD(FIELD) \
  FIELD(matrix, mean)                                   \
  FIELD(matrix, log_variance)                           \
  FIELD(matrix, prior_mean)                             \
  FIELD(matrix, prior_log_variance)                     \
  FIELD(matrix, kl_per_dimension)                       \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(gaussian_kl_per_dimension_forward, ELBO4J_GAUSSIAN_KL_PER_DIMENSION_FORWARD)
