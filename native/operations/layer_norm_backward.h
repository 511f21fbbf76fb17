// The gradient of layer normalisation with respect to x; without mean, of RMS normalisation. Items: rows. gamma: one
// row.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LAYER_NORM_BACKWARD(FIELD) \
  FIELD(matrix, x)                        \
  FIELD(matrix, gamma)                    \
  FIELD(matrix, mean)                     \
  FIELD(matrix, rstd)                     \
  FIELD(matrix, d_y)                      \
  FIELD(matrix, d_x)
ELBO4J_ARGUMENTS(layer_norm_backward, ELBO4J_LAYER_NORM_BACKWARD)
