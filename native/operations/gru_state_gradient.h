// The gradient with respect to the first state, from the first step's. Items: rows. products: rows x 3 H.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_GRU_STATE_GRADIENT(FIELD) \
  FIELD(matrix, products)                \
  FIELD(matrix, passed)                  \
  FIELD(matrix, begins)                  \
  FIELD(matrix, d_h)
ELBO4J_ARGUMENTS(gru_state_gradient, ELBO4J_GRU_STATE_GRADIENT)
