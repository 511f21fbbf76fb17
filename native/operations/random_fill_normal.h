// Standard normal numbers. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_RANDOM_FILL_NORMAL(FIELD) \
  FIELD(noise, noise)                    \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(random_fill_normal, ELBO4J_RANDOM_FILL_NORMAL)
