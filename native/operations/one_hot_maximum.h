// Row r of target = 1 in the column of the first maximum of row r of x, 0 elsewhere. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ONE_HOT_MAXIMUM(FIELD) \
  FIELD(matrix, x)                    \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(one_hot_maximum, ELBO4J_ONE_HOT_MAXIMUM)
