// A step of a gated recurrent unit between its products, forward and backward.
//   r = sigmoid(a_r + b_r); z = sigmoid(a_z + b_z); n = tanh(a_n + r b_n); h' = n + z (h - n)
//   without a: sigmoid(+0 + b_r), sigmoid(1 - b_z), tanh(+0 + r b_n)
//   dh' = (dNext + ((p_r + p_z) + p_n)) + passed; passes = dh' z
//   dn = dh' (1 - z) (1 - n n); dr = dn b_n r (1 - r); dz = dh' (h - n) z (1 - z), without a -dz; db_n = dn r
// h rows x H; a: n, r, z, b, products: r, z, n, rows x 3 H; kept: n, r, z, b_n, rows x 4 H. Where begins, a number
// for each row, is not 0, the state that is carried is +0, and nothing is carried back. Moves 48 bytes per element of
// h, 60 backward.
#include "gru.h"
#include "gru_backward.h"
#include "gru_forward.h"
#include "gru_reset.h"
#include "gru_state_gradient.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

bool goes_on(const elbo4j_matrix& begins, int64_t row) { return !begins.data || *float_input(begins).row(row) == 0.0f; }

void copy_or_clear(bool copy, const float* from, float* to, int64_t size) {
  if (copy) {
    ELBO4J_SIMD for (int64_t i = 0; i < size; i++) to[i] = from[i];
  } else {
    ELBO4J_SIMD for (int64_t i = 0; i < size; i++) to[i] = 0.0f;
  }
}

template <bool NORMALISED> void forward(const elbo4j_gru_forward& g, int64_t begin, int64_t end) {
  const int64_t size = g.h.columns;
  for (int64_t row = begin; row < end; row++) {
    const float* a = NORMALISED ? nullptr : float_input(g.a).row(row);
    const float *b = float_input(g.b).row(row), *h = float_input(g.h).row(row);
    float *kept = float_output(g.kept).row(row), *next = float_output(g.next).row(row);
    ELBO4J_SIMD for (int64_t i = 0; i < size; i++) {
      const float a_n = NORMALISED ? 0.0f : a[i], a_r = NORMALISED ? 0.0f : a[size + i];
      const float a_z = NORMALISED ? 1.0f : a[2 * size + i];
      const float b_z = NORMALISED ? -b[size + i] : b[size + i], b_n = b[2 * size + i];
      const float r = spec::gru_gate(a_r, b[i]), z = spec::gru_gate(a_z, b_z);
      const float n = spec::gru_candidate(r, b_n, a_n);
      kept[i] = n;
      kept[size + i] = r;
      kept[2 * size + i] = z;
      kept[3 * size + i] = b_n;
      next[i] = spec::gru_state(z, h[i], n);
    }
    if (g.carried.data) copy_or_clear(goes_on(g.begins, row), next, float_output(g.carried).row(row), size);
  }
}

template <bool CARRIES> void backward_row(const elbo4j_gru_backward& g, int64_t row, float sign) {
  const int64_t size = g.h.columns;
  const float *kept = float_input(g.kept).row(row), *h = float_input(g.h).row(row);
  const float* d_next = float_input(g.d_next).row(row);
  const float* p = CARRIES ? float_input(g.products).row(row) : nullptr;
  const float* passed = CARRIES ? float_input(g.passed).row(row) : nullptr;
  float *d = float_output(g.d_gates).row(row), *passes = float_output(g.passes).row(row);
  ELBO4J_SIMD for (int64_t i = 0; i < size; i++) {
    const float n = kept[i], r = kept[size + i], z = kept[2 * size + i], b_n = kept[3 * size + i];
    float dh = d_next[i];
    if (CARRIES) dh = (dh + spec::gru_carry(p[i], p[size + i], p[2 * size + i])) + passed[i];
    const float dn = spec::gru_candidate_gradient(dh, z, n);
    d[i] = dn;
    d[size + i] = spec::gru_reset_gradient(dn, b_n, r);
    d[2 * size + i] = sign * spec::gru_update_gradient(dh, h[i], n, z);
    d[3 * size + i] = dn * r;
    passes[i] = dh * z;
  }
}

}  // namespace

void gru_forward(const elbo4j_gru_forward& g, int64_t begin, int64_t end) {
  (g.a.data ? forward<false> : forward<true>)(g, begin, end);
}

void gru_backward(const elbo4j_gru_backward& g, int64_t begin, int64_t end) {
  const float sign = g.normalised ? -1.0f : 1.0f;
  for (int64_t row = begin; row < end; row++)
    (g.products.data && goes_on(g.begins, row) ? backward_row<true> : backward_row<false>)(g, row, sign);
}

void gru_reset(const elbo4j_gru_reset& g, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; row++)
    copy_or_clear(goes_on(g.begins, row), float_input(g.h).row(row), float_output(g.carried).row(row), g.h.columns);
}

void gru_state_gradient(const elbo4j_gru_state_gradient& g, int64_t begin, int64_t end) {
  const int64_t size = g.d_h.columns;
  for (int64_t row = begin; row < end; row++) {
    const float *p = float_input(g.products).row(row), *passed = float_input(g.passed).row(row);
    float* d_h = float_output(g.d_h).row(row);
    if (goes_on(g.begins, row)) {
      ELBO4J_SIMD for (int64_t i = 0; i < size; i++) d_h[i] =
          spec::gru_carry(p[i], p[size + i], p[2 * size + i]) + passed[i];
    } else {
      copy_or_clear(false, nullptr, d_h, size);
    }
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
