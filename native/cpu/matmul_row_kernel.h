// One row of C, as of one that is encoded by itself: C = a.B + bias, each output one chain of fma, k ascending.
// A tile of few columns would wait for its chains and read B in pieces of rows; here a step of all chains is one piece
// of B as wide as the registers allow, and B is read in the order in which it lies.
#pragma once
#include "matmul_vector.h"
#include <utility>

namespace elbo4j {
namespace ELBO4J_LEVEL {

struct ProductRow {
  const float* a;
  const float* b;
  int64_t b_stride;  // step k: b[k * b_stride + column]
  float* c;
  int64_t depth;
  Mask tail;          // valid lanes of the last vector, if MASKED
  const float* bias;  // may be null
  bool relu;
};

template <int VECTORS, bool MASKED> struct RowKernel {
  static inline __attribute__((always_inline)) Vector get(const float* p, int v, Mask tail) {
    return MASKED && v == VECTORS - 1 ? load(p + v * LANES, tail) : load(p + v * LANES);
  }

  static void run(const ProductRow& r) {
    Vector sum[VECTORS];
    ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[v] = zero();
    const float* b = r.b;
    for (int64_t k = 0; k < r.depth; k++, b += r.b_stride) {
      const Vector value = broadcast(r.a + k);
      ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[v] = fused(value, get(b, v, r.tail), sum[v]);
    }
    ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) {
      if (r.bias) sum[v] = add(sum[v], get(r.bias, v, r.tail));
      if (r.relu) sum[v] = keep_where_positive(sum[v], sum[v]);
      if (MASKED && v == VECTORS - 1)
        store(r.c + v * LANES, r.tail, sum[v]);
      else
        store(r.c + v * LANES, sum[v]);
    }
  }
};

template <bool MASKED, int... I>
static inline void run_row(const ProductRow& r, int vectors, std::integer_sequence<int, I...>) {
  static constexpr void (*by_vectors[])(const ProductRow&) = {RowKernel<I + 1, MASKED>::run...};
  by_vectors[vectors - 1](r);
}

// At most ROW_VECTORS vectors.
static inline void run_row(const ProductRow& r, int vectors, bool masked) {
  constexpr auto all = std::make_integer_sequence<int, ROW_VECTORS>{};
  if (masked)
    run_row<true>(r, vectors, all);
  else
    run_row<false>(r, vectors, all);
}

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
