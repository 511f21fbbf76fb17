// A transposed convolution, or the gradient of a convolution's input. Items: images.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CONVOLUTION_SPREAD(FIELD)                                    \
  FIELD(convolution_shape, shape)                                           \
  FIELD(matrix, small)                                                      \
  FIELD(matrix, weight)                                                     \
  FIELD(matrix, bias) /* or none */                                         \
  FIELD(int32, relu)                                                        \
  FIELD(matrix, gate) /* or none; the result is +0 where it is at most 0 */ \
  FIELD(matrix, big)
ELBO4J_ARGUMENTS(convolution_spread, ELBO4J_CONVOLUTION_SPREAD)
