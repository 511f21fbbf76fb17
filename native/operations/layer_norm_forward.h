// Layer normalisation of each row; without mean and beta, RMS normalisation. Items: rows. gamma, beta: one row.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LAYER_NORM_FORWARD(FIELD) \
  FIELD(matrix, x)                       \
  FIELD(matrix, gamma)                   \
  FIELD(matrix, beta)                    \
  FIELD(float, epsilon)                  \
  FIELD(matrix, y)                       \
  FIELD(matrix, mean)                    \
  FIELD(matrix, rstd)
ELBO4J_ARGUMENTS(layer_norm_forward, ELBO4J_LAYER_NORM_FORWARD)
