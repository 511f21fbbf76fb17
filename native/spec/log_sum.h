// log(sum(exp(x))) of numbers one after the other: the largest so far, m, and the sum of exp(x - m). The result is
// m + log(sum); exp(x - m) / sum is what a number weighs.
#pragma once
#include "exp.h"
#include "float_operations.h"

namespace elbo4j::spec {

struct LogSum {
  float most, sum;
};

// After the first one, which is {x, 1}.
ELBO4J_SPEC LogSum log_sum_with(const LogSum& of, float x) {
  const float d = sub(x, of.most);
  const float e = exp_nonpositive(-absolute(d));
  const bool above = d > 0.0f;
  return {above ? x : of.most, above ? fma(of.sum, e, 1.0f) : add(of.sum, e)};
}

ELBO4J_SPEC float log_sum_share(float most, float sum, float x) { return div(exp(sub(x, most)), sum); }

}  // namespace elbo4j::spec
