// Row indices[r] of target = row r of source, r ascending. Items: columns.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_SCATTER(FIELD) \
  FIELD(matrix, source)            \
  FIELD(indices, indices)          \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_scatter, ELBO4J_ROWS_SCATTER)
