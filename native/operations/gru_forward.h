// A step of a gated recurrent unit between its products. Items: rows. a, b: rows x 3 H, kept: rows x 4 H.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GRU_FORWARD(FIELD) \
  FIELD(matrix, a)                \
  FIELD(matrix, b)                \
  FIELD(matrix, h)                \
  FIELD(matrix, begins)           \
  FIELD(matrix, kept)             \
  FIELD(matrix, next)             \
  FIELD(matrix, carried)
ELBO4J_ARGUMENTS(gru_forward, ELBO4J_GRU_FORWARD)
