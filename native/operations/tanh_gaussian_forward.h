// A squashed Gaussian sample and its log-probability. Items: rows. log_probability: one column.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_TANH_GAUSSIAN_FORWARD(FIELD) \
  FIELD(matrix, mean)                       \
  FIELD(matrix, spread)                     \
  FIELD(noise, noise)                       \
  FIELD(matrix, action)                     \
  FIELD(matrix, log_probability)
ELBO4J_ARGUMENTS(tanh_gaussian_forward, ELBO4J_TANH_GAUSSIAN_FORWARD)
