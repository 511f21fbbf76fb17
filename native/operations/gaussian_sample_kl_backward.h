// The gradients of gaussian_sample_kl_forward. Items: rows of mean. dz: or absent: no samples. column_weight: one per
// column, or absent (ones). d_prior_mean, d_prior_log_variance: or absent together.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_SAMPLE_KL_BACKWARD(FIELD) \
  FIELD(matrix, mean)                             \
  FIELD(matrix, log_variance)                     \
  FIELD(matrix, prior_mean)                       \
  FIELD(matrix, prior_log_variance)               \
  FIELD(noise, noise)                             \
  FIELD(matrix, dz)                               \
  FIELD(matrix, d_kl)                             \
  FIELD(matrix, column_weight)                    \
  FIELD(matrix, d_mean)                           \
  FIELD(matrix, d_log_variance)                   \
  FIELD(matrix, d_prior_mean)                     \
  FIELD(matrix, d_prior_log_variance)
ELBO4J_ARGUMENTS(gaussian_sample_kl_backward, ELBO4J_GAUSSIAN_SAMPLE_KL_BACKWARD)
