// Row r of target = row indices[r] of source. Items: rows of target.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_GATHER(FIELD) \
  FIELD(matrix, source)           \
  FIELD(indices, indices)         \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_gather, ELBO4J_ROWS_GATHER)
