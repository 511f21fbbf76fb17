// y_i = the sum of L_ij x_j over j < i, L packed by rows. Items: rows.
#pragma once
#include "elbo4j_arguments.h"

#define ELBO4J_TRIANGULAR_PRODUCT(FIELD) \
  FIELD(matrix, packed)                  \
  FIELD(matrix, x)                       \
  FIELD(matrix, y)
ELBO4J_ARGUMENTS(triangular_product, ELBO4J_TRIANGULAR_PRODUCT)
