// Row r of target = 1 in the columns of the count largest elements of row r of x, of equals those in the first columns,
// 0 elsewhere. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_ONE_HOT_LARGEST(FIELD) \
  FIELD(matrix, x)                    \
  FIELD(int32, count)                 \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(one_hot_largest, ELBO4J_ONE_HOT_LARGEST)
