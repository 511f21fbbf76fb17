// target = value. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ROWS_FILL(FIELD) \
  FIELD(float, value)           \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(rows_fill, ELBO4J_ROWS_FILL)
