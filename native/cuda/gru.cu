// A step of a gated recurrent unit between its products, forward and backward.
//   r = sigmoid(a_r + b_r); z = sigmoid(a_z + b_z); n = tanh(a_n + r b_n); h' = n + z (h - n)
//   without a: sigmoid(+0 + b_r), sigmoid(1 - b_z), tanh(+0 + r b_n)
//   dh' = (dNext + ((p_r + p_z) + p_n)) + passed; passes = dh' z
//   dn = dh' (1 - z) (1 - n n); dr = dn b_n r (1 - r); dz = dh' (h - n) z (1 - z), without a -dz; db_n = dn r
// h rows x H; a: n, r, z, b, products: r, z, n, rows x 3 H; kept: n, r, z, b_n, rows x 4 H. Where begins, a number
// for each row, is not 0, the state that is carried is +0, and nothing is carried back. Moves 48 bytes per element of
// h, 60 backward.
// Compiled for sm_90: at most 79 registers, no spills; instructions of PTX per element of h, aligned: forward 132,
// backward 42, the gradient of the state 12, reset 7.
#include "gru.h"
#include "gru_backward.h"
#include "gru_forward.h"
#include "gru_reset.h"
#include "gru_state_gradient.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

__device__ __forceinline__ bool goes_on(const Input& begins, int64_t row) {
  return !begins.data || __ldg(begins.row(row)) == 0.0f;
}

template <bool NORMALISED> struct Forward {
  Input a, b, h, begins;
  Output kept, next, carried;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const float *a_row = a.row(row), *b_row = b.row(row);
    Quad n{}, r{}, z{{1.0f, 1.0f, 1.0f, 1.0f}};
    if (!NORMALISED) {
      // kept may be a
      n = load_own<ALIGNED>(a_row, column, columns);
      r = load_own<ALIGNED>(a_row + columns, column, columns);
      z = load_own<ALIGNED>(a_row + 2 * columns, column, columns);
    }
    const Quad b_r = load<ALIGNED>(b_row, column, columns);
    const Quad b_z = load<ALIGNED>(b_row + columns, column, columns);
    const Quad b_n = load<ALIGNED>(b_row + 2 * columns, column, columns);
    Quad state = load<ALIGNED>(h.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      r.e[i] = spec::gru_gate(r.e[i], b_r.e[i]);
      z.e[i] = spec::gru_gate(z.e[i], NORMALISED ? -b_z.e[i] : b_z.e[i]);
      n.e[i] = spec::gru_candidate(r.e[i], b_n.e[i], n.e[i]);
      state.e[i] = spec::gru_state(z.e[i], state.e[i], n.e[i]);
    }
    float* to = kept.row(row);
    store<ALIGNED>(to, column, columns, n);
    store<ALIGNED>(to + columns, column, columns, r);
    store<ALIGNED>(to + 2 * columns, column, columns, z);
    store<ALIGNED>(to + 3 * columns, column, columns, b_n);
    store<ALIGNED>(next.row(row), column, columns, state);
    if (carried.data) store<ALIGNED>(carried.row(row), column, columns, goes_on(begins, row) ? state : Quad{});
  }
};

// What came back through the next step: the three products, each one chain, then what passed beside them.
template <bool ALIGNED>
__device__ __forceinline__ void add_carried(Quad& sum, bool first, const float* products, const float* passed,
                                            int64_t column, int64_t columns) {
  const Quad of_r = load<ALIGNED>(products, column, columns);
  const Quad of_z = load<ALIGNED>(products + columns, column, columns);
  const Quad of_n = load<ALIGNED>(products + 2 * columns, column, columns);
  const Quad beside = load_own<ALIGNED>(passed, column, columns);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const float carry = spec::gru_carry(of_r.e[i], of_z.e[i], of_n.e[i]);
    sum.e[i] = (first ? carry : sum.e[i] + carry) + beside.e[i];
  }
}

struct Backward {
  Input kept, h, d_next, products, passed, begins;
  float sign;
  Output d_gates, passes;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad dh = load<ALIGNED>(d_next.row(row), column, columns);
    if (products.data && goes_on(begins, row))
      add_carried<ALIGNED>(dh, false, products.row(row), passed.row(row), column, columns);
    const float* from = kept.row(row);
    const Quad n = load<ALIGNED>(from, column, columns), r = load<ALIGNED>(from + columns, column, columns);
    const Quad z = load<ALIGNED>(from + 2 * columns, column, columns);
    const Quad b_n = load<ALIGNED>(from + 3 * columns, column, columns);
    const Quad state = load<ALIGNED>(h.row(row), column, columns);
    Quad dn, dr, dz, db, beside;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      dn.e[i] = spec::gru_candidate_gradient(dh.e[i], z.e[i], n.e[i]);
      dr.e[i] = spec::gru_reset_gradient(dn.e[i], b_n.e[i], r.e[i]);
      dz.e[i] = sign * spec::gru_update_gradient(dh.e[i], state.e[i], n.e[i], z.e[i]);
      db.e[i] = dn.e[i] * r.e[i];
      beside.e[i] = dh.e[i] * z.e[i];
    }
    float* to = d_gates.row(row);
    store<ALIGNED>(to, column, columns, dn);
    store<ALIGNED>(to + columns, column, columns, dr);
    store<ALIGNED>(to + 2 * columns, column, columns, dz);
    store<ALIGNED>(to + 3 * columns, column, columns, db);
    store<ALIGNED>(passes.row(row), column, columns, beside);
  }
};

struct Reset {
  Input h, begins;
  Output carried;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad state = goes_on(begins, row) ? load<ALIGNED>(h.row(row), column, columns) : Quad{};
    store<ALIGNED>(carried.row(row), column, columns, state);
  }
};

struct StateGradient {
  Input products, passed, begins;
  Output d_h;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad sum{};
    if (goes_on(begins, row)) add_carried<ALIGNED>(sum, true, products.row(row), passed.row(row), column, columns);
    store<ALIGNED>(d_h.row(row), column, columns, sum);
  }
};

template <bool NORMALISED> int forward(const elbo4j_gru_forward& g, void* stream) {
  const int64_t columns = g.h.columns;
  const Forward<NORMALISED> of{input(g.a),     input(g.b),     input(g.h),        input(g.begins),
                               output(g.kept), output(g.next), output(g.carried), columns};
  return map_rows(of, aligned(columns, {of.a, of.b, of.h, of.kept, of.next, of.carried}), g.h.rows, columns, stream);
}

}  // namespace

int gru_forward(const elbo4j_gru_forward& g, void* stream) {
  return (g.a.data ? forward<false> : forward<true>)(g, stream);
}

int gru_backward(const elbo4j_gru_backward& g, void* stream) {
  const int64_t columns = g.h.columns;
  const Backward of{input(g.kept),
                    input(g.h),
                    input(g.d_next),
                    input(g.products),
                    input(g.passed),
                    input(g.begins),
                    g.normalised ? -1.0f : 1.0f,
                    output(g.d_gates),
                    output(g.passes),
                    columns};
  return map_rows(of, aligned(columns, {of.kept, of.h, of.d_next, of.products, of.passed, of.d_gates, of.passes}),
                  g.h.rows, columns, stream);
}

int gru_reset(const elbo4j_gru_reset& g, void* stream) {
  const int64_t columns = g.h.columns;
  const Reset of{input(g.h), input(g.begins), output(g.carried), columns};
  return map_rows(of, aligned(columns, {of.h, of.carried}), g.h.rows, columns, stream);
}

int gru_state_gradient(const elbo4j_gru_state_gradient& g, void* stream) {
  const int64_t columns = g.d_h.columns;
  const StateGradient of{input(g.products), input(g.passed), input(g.begins), output(g.d_h), columns};
  return map_rows(of, aligned(columns, {of.products, of.passed, of.d_h}), g.d_h.rows, columns, stream);
}

}  // namespace elbo4j::cuda
