// target += source. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_ADD(FIELD) \
  FIELD(matrix, source)        \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_add, ELBO4J_ROWS_ADD)
