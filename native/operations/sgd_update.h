// One step of gradient descent, in place. Items: rows. velocity: or absent (no momentum). gradient_scale: 1 x 1, or
// absent (1).
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_SGD_UPDATE(FIELD) \
  FIELD(matrix, parameter)       \
  FIELD(matrix, gradient)        \
  FIELD(matrix, velocity)        \
  FIELD(sgd_step, step)          \
  FIELD(matrix, gradient_scale)
ELBO4J_ARGUMENTS(sgd_update, ELBO4J_SGD_UPDATE)
