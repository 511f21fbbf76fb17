// The micro-kernel: one tile of C, up to TILE_ROWS x TILE_VECTORS vectors, held in registers over all of k.
// Each of its outputs is one chain of fma, k ascending; the tile's 24 to 28 independent chains hide the latency.
#pragma once
#include "matmul_vector.h"
#include <utility>

namespace elbo4j {
namespace ELBO4J_LEVEL {

struct ProductTile {
  const float* a;
  int64_t a_stride;  // row i, step k: a[k * a_stride + i] if STEP_MAJOR, else a[i * a_stride + k]
  const float* b;
  int64_t b_stride;  // step k: b[k * b_stride + column]
  float* c;
  int64_t c_stride;
  int64_t depth;      // number of k steps
  int chunks;         // the depth is cut into this many chains (1, 2, 4 or 8)
  bool resume;        // continue the chains whose value so far is in c
  Mask tail;          // valid lanes of the last vector, if MASKED
  const float* bias;  // epilogue: each may be null or false
  const float* gate;
  int64_t gate_stride;
  bool relu;
};

template <int ROWS, int VECTORS, bool MASKED, bool STEP_MAJOR> struct MicroKernel {
  using Accumulators = Vector[ROWS][VECTORS];

  static inline __attribute__((always_inline)) Vector get(const float* p, int v, Mask tail) {
    return MASKED && v == VECTORS - 1 ? load(p + v * LANES, tail) : load(p + v * LANES);
  }

  static inline __attribute__((always_inline)) void put(float* p, int v, Mask tail, Vector x) {
    if (MASKED && v == VECTORS - 1)
      store(p + v * LANES, tail, x);
    else
      store(p + v * LANES, x);
  }

  // The hardware does not foresee strided rows: fetch them eight steps early.
  static inline __attribute__((always_inline)) void prefetch(const float* p, int64_t stride, int floats) {
    ELBO4J_UNROLL for (int i = 0; i < floats; i += 16) __builtin_prefetch(p + 8 * stride + i);
  }

  static inline __attribute__((always_inline)) void accumulate(const ProductTile& t, Accumulators& sum, int64_t begin,
                                                               int64_t end) {
    const float* b = t.b + begin * t.b_stride;
    const int64_t stride = t.a_stride;
    // Row i is addressed as group[i / 3] + (i % 3) * stride, which one addressing mode covers.
    // The empty asm stops the compiler from keeping one pointer per row, which would spill.
    const float* a = t.a + begin * (STEP_MAJOR ? stride : 1);
    const float *group0 = a, *group1 = a + 3 * stride, *group2 = a + 6 * stride, *group3 = a + 9 * stride,
                *group4 = a + 12 * stride;
    for (int64_t k = begin; k < end; k++, b += t.b_stride) {
      Vector row_of_b[VECTORS];
      prefetch(b, t.b_stride, VECTORS * LANES);
      if (STEP_MAJOR) prefetch(a, stride, 1);
      ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) row_of_b[v] = get(b, v, t.tail);
      ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) {
        const float* group = i < 3 ? group0 : i < 6 ? group1 : i < 9 ? group2 : i < 12 ? group3 : group4;
        const Vector value = broadcast(STEP_MAJOR ? a + i : group + (i % 3) * stride);
        ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = fused(value, row_of_b[v], sum[i][v]);
      }
      if (STEP_MAJOR) {
        a += stride;
      } else {
        group0++, group1++, group2++, group3++, group4++;
        asm volatile("" : "+r"(group0), "+r"(group1), "+r"(group2), "+r"(group3), "+r"(group4));
      }
    }
  }

  static inline __attribute__((always_inline)) void clear(Accumulators& sum) {
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = zero();
  }

  // The adjacent-first tree, as a binary counter: after chunk c, merge once for every trailing one bit of c.
  static inline __attribute__((always_inline)) void accumulate_chunks(const ProductTile& t, Accumulators& sum) {
    alignas(64) float pending[3][ROWS][VECTORS * LANES];
    for (int chunk = 0; chunk < t.chunks; chunk++) {
      clear(sum);
      accumulate(t, sum, chunk * t.depth / t.chunks, (chunk + 1) * t.depth / t.chunks);
      int level = 0;
      for (int bits = chunk; bits & 1; bits >>= 1, level++)
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] =
            add(load(&pending[level][i][v * LANES]), sum[i][v]);
      if (chunk + 1 < t.chunks)
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++)
            store(&pending[level][i][v * LANES], sum[i][v]);
    }
  }

  static inline __attribute__((always_inline)) void epilogue(const ProductTile& t, Accumulators& sum) {
    ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) {
      if (t.bias) {
        const Vector bias = get(t.bias, v, t.tail);
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) sum[i][v] = add(sum[i][v], bias);
      }
      if (t.relu) {
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) sum[i][v] = keep_where_positive(sum[i][v], sum[i][v]);
      }
      if (t.gate) {
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) sum[i][v] =
            keep_where_positive(get(t.gate + i * t.gate_stride, v, t.tail), sum[i][v]);
      }
    }
  }

  static void run(const ProductTile& t) {
    Accumulators sum;
    if (t.chunks > 1) {
      accumulate_chunks(t, sum);
    } else {
      clear(sum);
      if (t.resume)
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] =
            get(t.c + i * t.c_stride, v, t.tail);
      accumulate(t, sum, 0, t.depth);
    }
    epilogue(t, sum);
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++)
        put(t.c + i * t.c_stride, v, t.tail, sum[i][v]);
  }
};

using Kernel = void (*)(const ProductTile&);

template <int VECTORS, bool MASKED, bool STEP_MAJOR, int... I>
static inline Kernel kernel_of_rows(int rows, std::integer_sequence<int, I...>) {
  static constexpr Kernel by_rows[] = {MicroKernel<I + 1, VECTORS, MASKED, STEP_MAJOR>::run...};
  return by_rows[rows - 1];
}

template <int VECTORS> static inline Kernel kernel_of_width(int rows, bool masked, bool step_major) {
  constexpr auto all = std::make_integer_sequence<int, TILE_ROWS>{};
  if (masked)
    return step_major ? kernel_of_rows<VECTORS, true, true>(rows, all)
                      : kernel_of_rows<VECTORS, true, false>(rows, all);
  return step_major ? kernel_of_rows<VECTORS, false, true>(rows, all)
                    : kernel_of_rows<VECTORS, false, false>(rows, all);
}

static inline Kernel select_kernel(int rows, int vectors, bool masked, bool step_major) {
  static_assert(TILE_VECTORS == 2, "one case for each number of vectors");
  return vectors == 1 ? kernel_of_width<1>(rows, masked, step_major) : kernel_of_width<2>(rows, masked, step_major);
}

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
