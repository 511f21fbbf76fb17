// The gradient of a log-variance that all rows share. Items: columns. log_variance, d_log_variance: one row.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_LOG_LIKELIHOOD_SHARED_LOG_VARIANCE_GRADIENT(FIELD) \
  FIELD(matrix, mean)                                                      \
  FIELD(matrix, log_variance)                                              \
  FIELD(matrix, x)                                                         \
  FIELD(matrix, d_log_likelihood)                                          \
  FIELD(matrix, d_log_variance)                                            \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(gaussian_log_likelihood_shared_log_variance_gradient,
                 ELBO4J_GAUSSIAN_LOG_LIKELIHOOD_SHARED_LOG_VARIANCE_GRADIENT)
