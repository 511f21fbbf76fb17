// The scalar functions of a gated recurrent unit (Cho et al. 2014, with the reset gate after the product).
//   gate(a, b) = sigmoid(a + b);  candidate(r, b, a) = tanh(fma(r, b, a));  state(z, h, n) = fma(z, h - n, n)
// Gradients from the gates themselves: of the candidate's argument dh (1 - z) (1 - n n), of the reset gate's argument
// dn b (r (1 - r)), of the update gate's dh (h - n) (z (1 - z)). 1 - r loses digits only where r is near 1, and then
// the product is near 0.
//
// Accuracy, with e = 2^-24: of a gate 4 e: sigmoid's 2.85 ULP, and max |x| sigmoid'(x) = 0.23 e for its argument; of
// the candidate from r 4 e: tanh's 2.996 ULP, and max |x| tanh'(x) = 0.45 e. Others from their operands: a rounding for
// each operation; in a gradient, an underflow's 2^-150 times the factors after it, of which b alone may be above 1.
#pragma once
#include "float_operations.h"
#include "sigmoid.h"
#include "tanh.h"

namespace elbo4j::spec {

ELBO4J_SPEC float gru_gate(float a, float b) { return sigmoid(add(a, b)); }

ELBO4J_SPEC float gru_candidate(float r, float b, float a) { return tanh(fma(r, b, a)); }

ELBO4J_SPEC float gru_state(float z, float h, float n) { return fma(z, sub(h, n), n); }

// The gradient of h' that came back through the next step.
ELBO4J_SPEC float gru_carry(float of_r, float of_z, float of_n) { return add(add(of_r, of_z), of_n); }

ELBO4J_SPEC float gru_candidate_gradient(float dh, float z, float n) {
  return mul(mul(dh, sub(1.0f, z)), fma(-n, n, 1.0f));
}

ELBO4J_SPEC float gru_reset_gradient(float dn, float b, float r) { return mul(mul(dn, b), mul(r, sub(1.0f, r))); }

ELBO4J_SPEC float gru_update_gradient(float dh, float h, float n, float z) {
  return mul(mul(dh, sub(h, n)), mul(z, sub(1.0f, z)));
}

}  // namespace elbo4j::spec
