// The gradients of a squashed Gaussian sample and its log-probability. Items: rows. d_log_probability: one column.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_TANH_GAUSSIAN_BACKWARD(FIELD) \
  FIELD(matrix, mean)                        \
  FIELD(matrix, spread)                      \
  FIELD(noise, noise)                        \
  FIELD(matrix, d_action)                    \
  FIELD(matrix, d_log_probability)           \
  FIELD(matrix, d_mean)                      \
  FIELD(matrix, d_spread)
ELBO4J_ARGUMENTS(tanh_gaussian_backward, ELBO4J_TANH_GAUSSIAN_BACKWARD)
