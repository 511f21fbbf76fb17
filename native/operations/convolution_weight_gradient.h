// The gradient of a convolution's weights. Items: rows of d_weight.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CONVOLUTION_WEIGHT_GRADIENT(FIELD)                                                              \
  FIELD(convolution_shape, shape)                                                                              \
  FIELD(matrix, big)                                                                                           \
  FIELD(matrix, small)                                                                                         \
  FIELD(matrix, workspace) /* leaves x elements of d_weight, on a device with more than one leaf; else none */ \
  FIELD(matrix, d_weight)                                                                                      \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(convolution_weight_gradient, ELBO4J_CONVOLUTION_WEIGHT_GRADIENT)
