// All likelihoods of independent elements with one to three parameters each, in the order of
// io.elbo4j.operation.LogLikelihood's Function: the name, how many parameters it has, and how many numbers that are the
// same for all elements (0 or 2). For each NAME the header defines, p... being its parameters, then its numbers:
//   NAME_shared(p...)             what the two others share, so that it is computed once
//   NAME_term(x, p..., shared)    the log-likelihood of x
//   NAME_derivatives(x, p..., shared)    with respect to each parameter
#pragma once
#include "bernoulli.h"
#include "continuous_bernoulli.h"
#include "laplace.h"
#include "negative_binomial.h"
#include "poisson.h"
#include "student_t.h"
#include "zero_inflated_negative_binomial.h"

#define ELBO4J_LIKELIHOODS(LIKELIHOOD)   \
  LIKELIHOOD(bernoulli, 1, 0)            \
  LIKELIHOOD(poisson, 1, 0)              \
  LIKELIHOOD(continuous_bernoulli, 1, 0) \
  LIKELIHOOD(laplace, 2, 0)              \
  LIKELIHOOD(student_t, 2, 2)            \
  LIKELIHOOD(negative_binomial, 2, 0)    \
  LIKELIHOOD(zero_inflated_negative_binomial, 3, 0)
