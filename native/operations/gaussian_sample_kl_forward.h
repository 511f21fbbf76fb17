// Samples of a diagonal Gaussian and its KL divergence. Items: rows of mean. z: samples rows for each of them, or
// absent: no samples. prior_mean, prior_log_variance: or absent together (standard normal). kl: one per row of mean.
// log_ratio: log p(z) - log q(z), one per row of z, or absent.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GAUSSIAN_SAMPLE_KL_FORWARD(FIELD) \
  FIELD(matrix, mean)                            \
  FIELD(matrix, log_variance)                    \
  FIELD(matrix, prior_mean)                      \
  FIELD(matrix, prior_log_variance)              \
  FIELD(noise, noise)                            \
  FIELD(matrix, z)                               \
  FIELD(matrix, kl)                              \
  FIELD(matrix, log_ratio)
ELBO4J_ARGUMENTS(gaussian_sample_kl_forward, ELBO4J_GAUSSIAN_SAMPLE_KL_FORWARD)
