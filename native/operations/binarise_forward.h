// target = u < probability ? 1 : 0; NaN stays NaN. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_BINARISE_FORWARD(FIELD) \
  FIELD(matrix, probability)           \
  FIELD(noise, noise)                  \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(binarise_forward, ELBO4J_BINARISE_FORWARD)
