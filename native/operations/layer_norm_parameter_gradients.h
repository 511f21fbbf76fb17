// The gradients of layer normalisation with respect to gamma and beta; without mean, of RMS normalisation. Items:
// columns. d_gamma, d_beta: one row; d_beta may be missing.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_LAYER_NORM_PARAMETER_GRADIENTS(FIELD) \
  FIELD(matrix, x)                                   \
  FIELD(matrix, mean)                                \
  FIELD(matrix, rstd)                                \
  FIELD(matrix, d_y)                                 \
  FIELD(matrix, d_gamma)                             \
  FIELD(matrix, d_beta)                              \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(layer_norm_parameter_gradients, ELBO4J_LAYER_NORM_PARAMETER_GRADIENTS)
