// The gradients of gru_forward. Items: rows. products: rows x 3 H, kept, d_gates: rows x 4 H.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GRU_BACKWARD(FIELD) \
  FIELD(matrix, kept)              \
  FIELD(matrix, h)                 \
  FIELD(matrix, d_next)            \
  FIELD(matrix, products)          \
  FIELD(matrix, passed)            \
  FIELD(matrix, begins)            \
  FIELD(int32, normalised)         \
  FIELD(matrix, d_gates)           \
  FIELD(matrix, passes)
ELBO4J_ARGUMENTS(gru_backward, ELBO4J_GRU_BACKWARD)
