// The log-density of a diagonal Gaussian and its gradients. Items: rows of mean, some for each row of x.
// d_log_likelihood: absent where no gradient is wanted; d_mean, d_log_variance: or absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_LOG_LIKELIHOOD_FUSED(FIELD) \
  FIELD(matrix, mean)                               \
  FIELD(matrix, log_variance)                       \
  FIELD(matrix, x)                                  \
  FIELD(matrix, d_log_likelihood)                   \
  FIELD(matrix, log_likelihood)                     \
  FIELD(matrix, d_mean)                             \
  FIELD(matrix, d_log_variance)
ELBO4J_ARGUMENTS(gaussian_log_likelihood_fused, ELBO4J_GAUSSIAN_LOG_LIKELIHOOD_FUSED)
