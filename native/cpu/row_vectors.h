// A row as vectors of the level's width, and its sum (spec/row_sum.h) without leaving registers: no term is stored.
//
// The lanes of a sum lie in vectors of doubles in the order that shuffles within 128 bits leave them in, the same for
// all columns; the tree at the end puts neighbours together again. A pass over a row has as many lanes of all terms as
// there are registers for: with 512 bits all 32, with 256 those of one term, or half of those of two.
#pragma once
#include "elbo4j_arguments.h"
#include "level.h"
#include "row_sum.h"
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace elbo4j::ELBO4J_LEVEL {

// row_in_registers: sums of shorter rows are faster many at once (row_sum_tile.h)
#if defined(__AVX512F__)
enum : int { vector_floats = 16, units_of_one_sum = 2, row_in_registers = 64 };
#elif defined(__AVX2__)
enum : int { vector_floats = 8, units_of_one_sum = 4, row_in_registers = 128 };
#else
enum : int { vector_floats = 4, units_of_one_sum = 2, row_in_registers = 128 };
#endif

typedef float Floats __attribute__((vector_size(4 * vector_floats)));
typedef double Doubles __attribute__((vector_size(4 * vector_floats)));  // half as many

// not + 0, of which -0 would become +0
static ELBO4J_INLINE Floats floats_of(float value) { return value - Floats{}; }

// The columns of a vector, all of them in the row.
struct WholeVector {
  int64_t column;

  ELBO4J_INLINE Floats load(const float* row) const {
    Floats values;
    __builtin_memcpy(&values, row + column, sizeof values);
    return values;
  }
  ELBO4J_INLINE Floats kept(Floats values) const { return values; }
};

// Of which only the first `count` are in the row; it may be none or more than there are. What is loaded from beyond is
// +0, and what is kept there.
struct PartVector {
  int64_t column, count;

#if defined(__AVX512F__)
  ELBO4J_INLINE __mmask16 mask() const {
    return (__mmask16)_bzhi_u32(0xffff, count < 0 ? 0 : (unsigned)smaller<int64_t>(count, 16));
  }
  ELBO4J_INLINE Floats load(const float* row) const { return _mm512_maskz_loadu_ps(mask(), row + column); }
  ELBO4J_INLINE Floats kept(Floats values) const { return _mm512_maskz_mov_ps(mask(), values); }
#elif defined(__AVX2__)
  ELBO4J_INLINE __m256i mask() const {
    const int most = count < 0 ? 0 : (int)smaller<int64_t>(count, 8);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(most), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  ELBO4J_INLINE Floats load(const float* row) const { return _mm256_maskload_ps(row + column, mask()); }
  ELBO4J_INLINE Floats kept(Floats values) const { return _mm256_and_ps(values, _mm256_castsi256_ps(mask())); }
#else
  ELBO4J_INLINE Floats load(const float* row) const {
    if (count >= vector_floats) return WholeVector{column}.load(row);
    Floats values{};
    for (int i = 0; i < count; i++) values[i] = row[column + i];
    return values;
  }
  ELBO4J_INLINE Floats kept(Floats values) const {
    if (count >= vector_floats) return values;
    for (int i = 0; i < vector_floats; i++) values[i] = i < count ? values[i] : 0.0f;
    return values;
  }
#endif
};

namespace row_vectors {

enum : int {
  unit = 4 * vector_floats,  // columns whose quads are a vector: lanes in two vectors of doubles
  row_sum_units = spec::row_sum_tile / unit
};

#if defined(__AVX512F__)
// Of 128 bits: two pairs of x, two of y.
static ELBO4J_INLINE Floats pairs(Floats x, Floats y) {
  return _mm512_shuffle_ps(x, y, 0x88) + _mm512_shuffle_ps(x, y, 0xdd);
}
// The casts of GCC 12, and instructions without masks, warn of an uninitialised value.
static ELBO4J_INLINE Doubles low(Floats x) {
  __m256 half;
  __builtin_memcpy(&half, &x, sizeof half);
  return _mm512_maskz_cvtps_pd(0xff, half);
}
static ELBO4J_INLINE Doubles high(Floats x) {
  return _mm512_maskz_cvtps_pd(0xff, _mm512_maskz_extractf32x8_ps(0xff, x, 1));
}
// The lanes of a unit are (0, 4, 8, 12, 1, 5, 9, 13) and (2, 6, 10, 14, 3, 7, 11, 15).
static ELBO4J_INLINE double sum_of_two(const Doubles* lanes) {
  __m256d fours[2];
  for (int i = 0; i < 2; i++) {
    __m256d pairs[2];
    for (int j = 0; j < 2; j++) {
      __builtin_memcpy(&pairs[j], &lanes[2 * i + j], sizeof pairs[j]);
      pairs[j] += _mm512_maskz_extractf64x4_pd(0xf, lanes[2 * i + j], 1);
    }
    fours[i] = pairs[0] + pairs[1];
  }
  const __m256d eights = _mm256_hadd_pd(fours[0], fours[1]);
  const __m128d halves = _mm256_castpd256_pd128(eights) + _mm256_extractf128_pd(eights, 1);
  return halves[0] + halves[1];
}
#elif defined(__AVX2__)
static ELBO4J_INLINE Floats pairs(Floats x, Floats y) {
  return _mm256_shuffle_ps(x, y, 0x88) + _mm256_shuffle_ps(x, y, 0xdd);
}
static ELBO4J_INLINE Doubles low(Floats x) { return _mm256_cvtps_pd(_mm256_castps256_ps128(x)); }
static ELBO4J_INLINE Doubles high(Floats x) { return _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)); }
// The lanes of a unit are (0, 2, 4, 6) and (1, 3, 5, 7).
static ELBO4J_INLINE double sum_of_two(const Doubles* lanes) {
  const __m256d fours = _mm256_hadd_pd(lanes[0] + lanes[1], lanes[2] + lanes[3]);
  const __m128d halves = _mm256_castpd256_pd128(fours) + _mm256_extractf128_pd(fours, 1);
  return halves[0] + halves[1];
}
#else
#if defined(__SSE2__)
static ELBO4J_INLINE Floats pairs(Floats x, Floats y) {
  return _mm_shuffle_ps(x, y, 0x88) + _mm_shuffle_ps(x, y, 0xdd);
}
static ELBO4J_INLINE Doubles low(Floats x) { return _mm_cvtps_pd(x); }
static ELBO4J_INLINE Doubles high(Floats x) { return _mm_cvtps_pd(_mm_movehl_ps(x, x)); }
#else
static ELBO4J_INLINE Floats pairs(Floats x, Floats y) {
  return Floats{x[0] + x[1], x[2] + x[3], y[0] + y[1], y[2] + y[3]};
}
static ELBO4J_INLINE Doubles low(Floats x) { return Doubles{(double)x[0], (double)x[1]}; }
static ELBO4J_INLINE Doubles high(Floats x) { return Doubles{(double)x[2], (double)x[3]}; }
#endif
// The lanes of a unit are (0, 1) and (2, 3).
static ELBO4J_INLINE double sum_of_two(const Doubles* lanes) {
  return ((lanes[0][0] + lanes[0][1]) + (lanes[1][0] + lanes[1][1])) +
         ((lanes[2][0] + lanes[2][1]) + (lanes[3][0] + lanes[3][1]));
}
#endif

static ELBO4J_INLINE void add(Doubles* lanes, const Floats (&terms)[4]) {
  const Floats quads = pairs(pairs(terms[0], terms[1]), pairs(terms[2], terms[3]));
  lanes[0] += low(quads);
  lanes[1] += high(quads);
}

}  // namespace row_vectors

// The sums of N terms of each column of a row, before their rounding: f(vector, terms) computes those of a vector.
template <int N, class F> static ELBO4J_INLINE void row_sums(int64_t columns, double* const (&sums)[N], F f) {
  using namespace row_vectors;
  constexpr int units = N == 1 ? units_of_one_sum : 2, pass = units * unit;
  double of_two[N][row_sum_units / 2] = {};  // units
  for (int p = 0; p < row_sum_units / units && p * pass < columns; p++) {
    Doubles lanes[N][2 * units] = {};
    auto add_unit = [&](int u, auto vector) __attribute__((always_inline)) {
      Floats terms[N][4];
      for (int v = 0; v < 4; v++) {
        const auto at = vector(u * unit + v * vector_floats);
        Floats of_vector[N];
        f(at, of_vector);
        for (int n = 0; n < N; n++) terms[n][v] = at.kept(of_vector[n]);
      }
      for (int n = 0; n < N; n++) add(lanes[n] + 2 * u, terms[n]);
    };
    int64_t column = p * pass;
    auto whole = [&](int i) __attribute__((always_inline)) { return WholeVector{column + i}; };
    auto part = [&](int i) __attribute__((always_inline)) { return PartVector{column + i, columns - column - i}; };
    for (; column + pass <= columns; column += spec::row_sum_tile)
      for (int u = 0; u < units; u++) add_unit(u, whole);
    for (int u = 0; u < units; u++)
      if (column + (u + 1) * unit <= columns)
        add_unit(u, whole);
      else if (column + u * unit < columns)
        add_unit(u, part);
    for (int n = 0; n < N; n++)
      for (int i = 0; i < units / 2; i++) of_two[n][p * units / 2 + i] = sum_of_two(lanes[n] + 4 * i);
  }
  for (int n = 0; n < N; n++) {
    for (int count = row_sum_units / 4; count >= 1; count /= 2)
      for (int i = 0; i < count; i++) of_two[n][i] = of_two[n][2 * i] + of_two[n][2 * i + 1];
    *sums[n] = of_two[n][0];
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
