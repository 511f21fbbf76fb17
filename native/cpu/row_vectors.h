// Rows as vectors of the level's width, and their sums (spec/row_sum.h) without leaving registers: no term is stored.
//
// The lanes of a sum lie in vectors of doubles in the order that shuffles within 128 bits leave them in, the same for
// all columns. A pass over a row has as many lanes of all terms as there are registers for: with 512 bits all 32, with
// 256 those of one term, or half of those of two. The trees of as many rows as a vector has doubles are one: each stage
// adds the halves of the vectors of a row, or puts those of two rows into one.
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
  row_sum_units = spec::row_sum_tile / unit,
  group_rows = vector_floats / 2
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
template <int ROWS> static ELBO4J_INLINE Doubles sums_of_unit(const Doubles (&lanes)[group_rows][2]) {
  Doubles of_two[4], of_four[2];
  for (int i = 0; i < 4; i++) {
    Doubles pairs[2];
    for (int j = 0; j < 2; j++) {
      const __m512d x = lanes[2 * i % ROWS][j], y = lanes[(2 * i + 1) % ROWS][j];
      pairs[j] = _mm512_shuffle_f64x2(x, y, 0x44) + _mm512_shuffle_f64x2(x, y, 0xee);
    }
    of_two[i] = pairs[0] + pairs[1];
  }
  for (int i = 0; i < 2; i++)
    of_four[i] = _mm512_maskz_unpacklo_pd(0xff, of_two[2 * i], of_two[2 * i + 1]) +
                 _mm512_maskz_unpackhi_pd(0xff, of_two[2 * i], of_two[2 * i + 1]);
  const __m512d sums = _mm512_shuffle_f64x2(of_four[0], of_four[1], 0x88) +
                       _mm512_shuffle_f64x2(of_four[0], of_four[1], 0xdd);  // of the rows 0, 2, 1, 3, 4, 6, 5, 7
  return _mm512_maskz_permutex_pd(0xff, sums, 0xd8);
}
#elif defined(__AVX2__)
static ELBO4J_INLINE Floats pairs(Floats x, Floats y) {
  return _mm256_shuffle_ps(x, y, 0x88) + _mm256_shuffle_ps(x, y, 0xdd);
}
static ELBO4J_INLINE Doubles low(Floats x) { return _mm256_cvtps_pd(_mm256_castps256_ps128(x)); }
static ELBO4J_INLINE Doubles high(Floats x) { return _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)); }
// The lanes of a unit are (0, 2, 4, 6) and (1, 3, 5, 7).
template <int ROWS> static ELBO4J_INLINE Doubles sums_of_unit(const Doubles (&lanes)[group_rows][2]) {
  __m256d of_two[2];
  for (int i = 0; i < 2; i++) {
    const Doubles(&x)[2] = lanes[2 * i % ROWS], (&y)[2] = lanes[(2 * i + 1) % ROWS];
    of_two[i] = _mm256_hadd_pd(x[0] + x[1], y[0] + y[1]);
  }
  return _mm256_permute2f128_pd(of_two[0], of_two[1], 0x20) + _mm256_permute2f128_pd(of_two[0], of_two[1], 0x31);
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
template <int ROWS> static ELBO4J_INLINE Doubles sums_of_unit(const Doubles (&lanes)[group_rows][2]) {
  const Doubles(&x)[2] = lanes[0], (&y)[2] = lanes[1];
  return Doubles{x[0][0] + x[0][1], y[0][0] + y[0][1]} + Doubles{x[1][0] + x[1][1], y[1][0] + y[1][1]};
}
#endif

static ELBO4J_INLINE void add(Doubles* lanes, const Floats (&terms)[4]) {
  const Floats quads = pairs(pairs(terms[0], terms[1]), pairs(terms[2], terms[3]));
  lanes[0] += low(quads);
  lanes[1] += high(quads);
}

}  // namespace row_vectors

// f(0), ... f(COUNT - 1), each a constant: an array that a loop's counter indexes would lie in memory.
template <int I> struct Index { static constexpr int value = I; };

template <int COUNT, int I = 0, class F> static ELBO4J_INLINE void unrolled(F f) {
  if constexpr (I < COUNT) {
    f(Index<I>());
    unrolled<COUNT, I + 1>(f);
  }
}

// The sums of N terms of each column of rows, before their rounding: of_row(row) is a function that computes those of a
// vector, f(vector, terms); sums[n][row] are of [0, rows).
template <int N, class F>
static ELBO4J_INLINE void row_sums(int64_t rows, int64_t columns, double* const (&sums)[N], F of_row) {
  using namespace row_vectors;
  constexpr int units = N == 1 ? units_of_one_sum : 2, pass = units * unit;
  for (int64_t first = 0; first < rows; first += group_rows) {
    const int count = (int)smaller<int64_t>(group_rows, rows - first);
    Doubles of_units[N][row_sum_units];
    for (int n = 0; n < N; n++)
      for (int u = 0; u < row_sum_units; u++) of_units[n][u] = Doubles{};
    for (int p = 0; p < row_sum_units / units && p * pass < columns; p++) {
      Doubles of_rows[N][units][group_rows][2];
      for (int row = 0; row < count; row++) {
        const auto f = of_row(first + row);
        Doubles lanes[N][2 * units] = {};
        auto add_unit = [&](auto u, auto vector) __attribute__((always_inline)) {
          Floats terms[N][4];
          unrolled<4>([&](auto v) __attribute__((always_inline)) {
            const auto at = vector(u.value * unit + v.value * vector_floats);
            Floats of_vector[N];
            f(at, of_vector);
            unrolled<N>([&](auto n)
                            __attribute__((always_inline)) { terms[n.value][v.value] = at.kept(of_vector[n.value]); });
          });
          unrolled<N>([&](auto n)
                          __attribute__((always_inline)) { add(lanes[n.value] + 2 * u.value, terms[n.value]); });
        };
        int64_t column = p * pass;
        auto whole = [&](int i) __attribute__((always_inline)) { return WholeVector{column + i}; };
        auto part = [&](int i) __attribute__((always_inline)) { return PartVector{column + i, columns - column - i}; };
        for (; column + pass <= columns; column += spec::row_sum_tile)
          unrolled<units>([&](auto u) __attribute__((always_inline)) { add_unit(u, whole); });
        unrolled<units>([&](auto u) __attribute__((always_inline)) {
          if (column + (u.value + 1) * unit <= columns)
            add_unit(u, whole);
          else if (column + u.value * unit < columns)
            add_unit(u, part);
        });
        unrolled<N * units * 2>([&](auto i) __attribute__((always_inline)) {
          constexpr int n = i.value / (2 * units), l = i.value % (2 * units);
          of_rows[n][l / 2][row][l % 2] = lanes[n][l];
        });
      }
      auto add_rows = [&](auto rows) __attribute__((always_inline)) {
        for (int n = 0; n < N; n++)
          for (int u = 0; u < units && p * pass + u * unit < columns; u++) {
            for (int row = count; row < rows.value; row++) of_rows[n][u][row][0] = of_rows[n][u][row][1] = Doubles{};
            of_units[n][p * units + u] = sums_of_unit<rows.value>(of_rows[n][u]);
          }
      };
      if (count <= 2)
        add_rows(Index<2>());
      else
        add_rows(Index<group_rows>());
    }
    for (int n = 0; n < N; n++) {
      for (int half = row_sum_units / 2; half >= 1; half /= 2)
        for (int i = 0; i < half; i++) of_units[n][i] = of_units[n][2 * i] + of_units[n][2 * i + 1];
      if (count == group_rows)
        __builtin_memcpy(sums[n] + first, &of_units[n][0], sizeof(Doubles));
      else
        for (int row = 0; row < count; row++) sums[n][first + row] = of_units[n][0][row];
    }
  }
}

// f(row, end) for rows that a first-level cache holds between their passes, two operands of them. A pass ends with a
// chain of dependent operations, which those of other rows hide.
enum : int { block_floats = 3200, block_rows = 32 };

template <class F> static ELBO4J_INLINE void for_each_rows(int64_t begin, int64_t end, int64_t columns, F f) {
  const int64_t fit = block_floats / columns, rows = fit < 1 ? 1 : smaller<int64_t>(fit, block_rows);
  for (int64_t row = begin; row < end; row += rows) f(row, smaller<int64_t>(row + rows, end));
}

}  // namespace elbo4j::ELBO4J_LEVEL
