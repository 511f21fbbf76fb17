// One step of Adam, in place. Items: rows. gradient_scale: 1 x 1, or absent (1).
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ADAM_UPDATE(FIELD) \
  FIELD(matrix, parameter)        \
  FIELD(matrix, gradient)         \
  FIELD(matrix, first_moment)     \
  FIELD(matrix, second_moment)    \
  FIELD(adam_step, step)          \
  FIELD(matrix, gradient_scale)
ELBO4J_ARGUMENTS(adam_update, ELBO4J_ADAM_UPDATE)
