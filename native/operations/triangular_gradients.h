// d_packed_ij = d_y_i x_j; d_x_j = the sum of L_ij d_y_i over i > j, where it is given. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_TRIANGULAR_GRADIENTS(FIELD) \
  FIELD(matrix, packed)                    \
  FIELD(matrix, x)                         \
  FIELD(matrix, d_y)                       \
  FIELD(matrix, d_packed)                  \
  FIELD(matrix, d_x)
ELBO4J_ARGUMENTS(triangular_gradients, ELBO4J_TRIANGULAR_GRADIENTS)
