// low + (high - low) u, u in [0, 1). Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_RANDOM_FILL_UNIFORM(FIELD) \
  FIELD(noise, noise)                     \
  FIELD(float, low)                       \
  FIELD(float, high)                      \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(random_fill_uniform, ELBO4J_RANDOM_FILL_UNIFORM)
