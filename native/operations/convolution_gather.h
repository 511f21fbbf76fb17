// A convolution, or the gradient of a transposed convolution's input. Items: images.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CONVOLUTION_GATHER(FIELD)                                    \
  FIELD(convolution_shape, shape)                                           \
  FIELD(matrix, big)                                                        \
  FIELD(matrix, weight)                                                     \
  FIELD(matrix, bias) /* or none */                                         \
  FIELD(int32, relu)                                                        \
  FIELD(matrix, gate) /* or none; the result is +0 where it is at most 0 */ \
  FIELD(matrix, small)
ELBO4J_ARGUMENTS(convolution_gather, ELBO4J_CONVOLUTION_GATHER)
