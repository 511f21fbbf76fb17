// The operations of two numbers that arithmetic_combine knows, in the order of io.elbo4j.operation.Arithmetic's
// Function; each is rounded once.
#pragma once
#include "float_operations.h"

#define ELBO4J_ARITHMETIC(FUNCTION) \
  FUNCTION(add)                     \
  FUNCTION(sub)                     \
  FUNCTION(mul)
