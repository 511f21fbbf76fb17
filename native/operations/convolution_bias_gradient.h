// The sum of images over images and pixels, of each channel. Items: channels.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_CONVOLUTION_BIAS_GRADIENT(FIELD) \
  FIELD(int32, rows)                            \
  FIELD(int32, columns)                         \
  FIELD(matrix, images)                         \
  FIELD(matrix, d_bias)                         \
  FIELD(int32, chunks)
ELBO4J_ARGUMENTS(convolution_bias_gradient, ELBO4J_CONVOLUTION_BIAS_GRADIENT)
