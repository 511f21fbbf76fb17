// All functions of single elements, in the order of io.elbo4j.Activation. For each NAME the header defines
//   NAME(x)
//   NAME_gradient(x, dy)    dy times the derivative at x, what the function was applied to
#pragma once
#include "elu.h"
#include "exp.h"
#include "gelu.h"
#include "identity.h"
#include "log.h"
#include "relu.h"
#include "sigmoid.h"
#include "silu.h"
#include "softplus.h"
#include "sqrt.h"
#include "square.h"
#include "tanh.h"

#define ELBO4J_ACTIVATIONS(ACTIVATION) \
  ACTIVATION(identity)                 \
  ACTIVATION(relu)                     \
  ACTIVATION(tanh)                     \
  ACTIVATION(sigmoid)                  \
  ACTIVATION(softplus)                 \
  ACTIVATION(gelu)                     \
  ACTIVATION(silu)                     \
  ACTIVATION(elu)                      \
  ACTIVATION(exp)                      \
  ACTIVATION(log)                      \
  ACTIVATION(sqrt)                     \
  ACTIVATION(square)
