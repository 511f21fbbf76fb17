// All likelihoods of independent elements with one parameter each, in the order of io.elbo4j.operation.LogLikelihood's
// Function. For each NAME the header defines, all of p, the parameter:
//   NAME_shared(p)             what the two others share, so that it is computed once
//   NAME_term(x, p, shared)    the log-likelihood of x
//   NAME_derivative(x, p, shared)
#pragma once
#include "bernoulli.h"
#include "continuous_bernoulli.h"
#include "poisson.h"

#define ELBO4J_LIKELIHOODS(LIKELIHOOD) LIKELIHOOD(bernoulli) LIKELIHOOD(poisson) LIKELIHOOD(continuous_bernoulli)
