// The gradient of layer normalisation with respect to gamma; without mean, of RMS normalisation. Items: columns.
// d_gamma: one row.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LAYER_NORM_GAMMA_GRADIENT(FIELD) \
  FIELD(matrix, x)                              \
  FIELD(matrix, mean)                           \
  FIELD(matrix, rstd)                           \
  FIELD(matrix, d_y)                            \
  FIELD(matrix, d_gamma)
ELBO4J_ARGUMENTS(layer_norm_gamma_gradient, ELBO4J_LAYER_NORM_GAMMA_GRADIENT)
