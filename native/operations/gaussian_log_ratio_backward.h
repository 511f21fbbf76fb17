// The gradients of log p(z) - log q(z) through samples. Items: rows of mean. prior_mean, prior_log_variance: or absent
// together (standard normal). dz: samples rows for each row of mean. d_log_ratio: one per row of dz; so is path_weight,
// or absent (ones), as where log q is not stopped. stopped: log q is a function of z alone. d_prior_mean,
// d_prior_log_variance: or absent together.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_LOG_RATIO_BACKWARD(FIELD) \
  FIELD(matrix, mean)                             \
  FIELD(matrix, log_variance)                     \
  FIELD(matrix, prior_mean)                       \
  FIELD(matrix, prior_log_variance)               \
  FIELD(noise, noise)                             \
  FIELD(matrix, dz)                               \
  FIELD(matrix, d_log_ratio)                      \
  FIELD(matrix, path_weight)                      \
  FIELD(int32, stopped)                           \
  FIELD(matrix, d_mean)                           \
  FIELD(matrix, d_log_variance)                   \
  FIELD(matrix, d_prior_mean)                     \
  FIELD(matrix, d_prior_log_variance)
ELBO4J_ARGUMENTS(gaussian_log_ratio_backward, ELBO4J_GAUSSIAN_LOG_RATIO_BACKWARD)
