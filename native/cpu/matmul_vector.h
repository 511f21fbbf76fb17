// One vector type per instruction-set level, with the dozen operations the matrix products are made of.
// The portable one takes fma from the specification: an instruction where there is one (AArch64), else software.
#pragma once
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#else
#include "float_operations.h"
#endif

#define ELBO4J_UNROLL _Pragma("GCC unroll 32")

namespace elbo4j {
namespace ELBO4J_LEVEL {

// TILE_ROWS x TILE_VECTORS accumulators, one row of b and one broadcast must fit in the register file, and so must
// ROW_VECTORS accumulators, one vector of b and one broadcast.
// x86 compares use "not less or equal, unordered", so that a NaN is kept and -0 is not.
#if defined(__AVX512F__)

using Vector = __m512;
using Mask = __mmask16;
enum { LANES = 16, TILE_ROWS = 14, TILE_VECTORS = 2, ROW_VECTORS = 26 };

static inline Mask first_lanes(int64_t count) { return (Mask)((1u << count) - 1); }
static inline Vector zero() { return _mm512_setzero_ps(); }
static inline Vector load(const float* p) { return _mm512_loadu_ps(p); }
static inline Vector load(const float* p, Mask m) { return _mm512_maskz_loadu_ps(m, p); }
static inline void store(float* p, Vector x) { _mm512_storeu_ps(p, x); }
static inline void store(float* p, Mask m, Vector x) { _mm512_mask_storeu_ps(p, m, x); }
static inline Vector broadcast(const float* p) { return _mm512_set1_ps(*p); }
static inline Vector add(Vector x, Vector y) { return _mm512_add_ps(x, y); }
static inline Vector fused(Vector x, Vector y, Vector z) { return _mm512_fmadd_ps(x, y, z); }
static inline Vector keep_where_positive(Vector gate, Vector x) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(gate, zero(), _CMP_NLE_UQ), x);
}

#elif defined(__AVX2__)

using Vector = __m256;
using Mask = __m256i;
enum { LANES = 8, TILE_ROWS = 6, TILE_VECTORS = 2, ROW_VECTORS = 12 };

static inline Mask first_lanes(int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline Vector zero() { return _mm256_setzero_ps(); }
static inline Vector load(const float* p) { return _mm256_loadu_ps(p); }
static inline Vector load(const float* p, Mask m) { return _mm256_maskload_ps(p, m); }
static inline void store(float* p, Vector x) { _mm256_storeu_ps(p, x); }
static inline void store(float* p, Mask m, Vector x) { _mm256_maskstore_ps(p, m, x); }
static inline Vector broadcast(const float* p) { return _mm256_broadcast_ss(p); }
static inline Vector add(Vector x, Vector y) { return _mm256_add_ps(x, y); }
static inline Vector fused(Vector x, Vector y, Vector z) { return _mm256_fmadd_ps(x, y, z); }
static inline Vector keep_where_positive(Vector gate, Vector x) {
  return _mm256_and_ps(x, _mm256_cmp_ps(gate, zero(), _CMP_NLE_UQ));
}

#else

enum { LANES = 8, TILE_ROWS = 4, TILE_VECTORS = 2, ROW_VECTORS = 4 };
struct Vector {
  float lane[LANES];
};
struct Mask {
  int64_t count;
};
#define ELBO4J_EACH_LANE _Pragma("omp simd") for (int i = 0; i < LANES; i++)

static inline Mask first_lanes(int64_t count) { return {count}; }
static inline Vector zero() { return {}; }
static inline Vector load(const float* p) {
  Vector r;
  ELBO4J_EACH_LANE r.lane[i] = p[i];
  return r;
}
static inline Vector load(const float* p, Mask m) {
  Vector r{};
  for (int i = 0; i < m.count; i++) r.lane[i] = p[i];
  return r;
}
static inline void store(float* p, Vector x) { ELBO4J_EACH_LANE p[i] = x.lane[i]; }
static inline void store(float* p, Mask m, Vector x) {
  for (int i = 0; i < m.count; i++) p[i] = x.lane[i];
}
static inline Vector broadcast(const float* p) {
  Vector r;
  ELBO4J_EACH_LANE r.lane[i] = *p;
  return r;
}
static inline Vector add(Vector x, Vector y) {
  ELBO4J_EACH_LANE x.lane[i] += y.lane[i];
  return x;
}
static inline Vector fused(const Vector& x, const Vector& y, Vector z) {
  ELBO4J_EACH_LANE z.lane[i] = spec::fma(x.lane[i], y.lane[i], z.lane[i]);
  return z;
}
static inline Vector keep_where_positive(Vector gate, Vector x) {
  ELBO4J_EACH_LANE x.lane[i] = gate.lane[i] <= 0.0f ? 0.0f : x.lane[i];
  return x;
}
#undef ELBO4J_EACH_LANE

#endif

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
