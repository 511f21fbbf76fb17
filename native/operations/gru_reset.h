// carried = h or +0 where begins is not 0. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GRU_RESET(FIELD) \
  FIELD(matrix, h)              \
  FIELD(matrix, begins)         \
  FIELD(matrix, carried)
ELBO4J_ARGUMENTS(gru_reset, ELBO4J_GRU_RESET)
