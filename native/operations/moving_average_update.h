// target = fma(share, x - target, target). Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_MOVING_AVERAGE_UPDATE(FIELD) \
  FIELD(float, share)                       \
  FIELD(matrix, x)                          \
  FIELD(matrix, target)
ELBO4J_ARGUMENTS(moving_average_update, ELBO4J_MOVING_AVERAGE_UPDATE)
