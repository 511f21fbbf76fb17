// Sums of neighbouring elements, the steps of a row's sum. By hand where a vector unit has the shuffles: what compilers
// make of the plain loops takes three times as long.
#pragma once
#include "level.h"
#include "row_sum.h"
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace elbo4j::ELBO4J_LEVEL {

#if defined(__AVX512F__)

enum : int { quads_at_once = 16, pairs_at_once = 8 };

// The sums of the 16 pairs in x and y, in order.
static inline __m512 pairs(__m512 x, __m512 y) {
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return _mm512_add_ps(_mm512_permutex2var_ps(x, even, y), _mm512_permutex2var_ps(x, odd, y));
}

static inline void some_quads(float* to, const float* from) {
  const __m512 first = pairs(_mm512_loadu_ps(from), _mm512_loadu_ps(from + 16));
  const __m512 second = pairs(_mm512_loadu_ps(from + 32), _mm512_loadu_ps(from + 48));
  _mm512_storeu_ps(to, pairs(first, second));
}

static inline void some_pairs(double* to, __m512d x, __m512d y) {
  const __m512i even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
  _mm512_storeu_pd(to, _mm512_add_pd(_mm512_permutex2var_pd(x, even, y), _mm512_permutex2var_pd(x, odd, y)));
}

static inline void some_pairs(double* to, const double* from) {
  some_pairs(to, _mm512_loadu_pd(from), _mm512_loadu_pd(from + 8));
}

static inline void some_pairs(double* to, const float* from) {
  // with a mask of ones: the plain instruction, without GCC 12's warning of an uninitialised value
  some_pairs(to, _mm512_maskz_cvtps_pd(0xff, _mm256_loadu_ps(from)),
             _mm512_maskz_cvtps_pd(0xff, _mm256_loadu_ps(from + 8)));
}

#elif defined(__AVX2__)

enum : int { quads_at_once = 8, pairs_at_once = 4 };

// The sums of the 8 pairs in x and y: two of x, two of y, two of x, two of y.
static inline __m256 pairs(__m256 x, __m256 y) {
  return _mm256_add_ps(_mm256_shuffle_ps(x, y, 0x88), _mm256_shuffle_ps(x, y, 0xdd));
}

// Four elements and the four that lie 16 further on: pairs of such leave their sums in order.
static inline __m256 halves(const float* from) {
  return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from)), _mm_loadu_ps(from + 16), 1);
}

static inline void some_quads(float* to, const float* from) {
  const __m256 first = pairs(halves(from), halves(from + 4)), second = pairs(halves(from + 8), halves(from + 12));
  _mm256_storeu_ps(to, pairs(first, second));
}

static inline void some_pairs(double* to, __m256d x, __m256d y) {
  _mm256_storeu_pd(to, _mm256_permute4x64_pd(_mm256_hadd_pd(x, y), 0xd8));
}

static inline void some_pairs(double* to, const double* from) {
  some_pairs(to, _mm256_loadu_pd(from), _mm256_loadu_pd(from + 4));
}

static inline void some_pairs(double* to, const float* from) {
  some_pairs(to, _mm256_cvtps_pd(_mm_loadu_ps(from)), _mm256_cvtps_pd(_mm_loadu_ps(from + 4)));
}

#else

enum : int { quads_at_once = 4, pairs_at_once = 2 };

static inline void some_quads(float* to, const float* from) {
  for (int i = 0; i < quads_at_once; i++)
    to[i] = spec::quad_sum(from[4 * i], from[4 * i + 1], from[4 * i + 2], from[4 * i + 3]);
}

template <class T> static inline void some_pairs(double* to, const T* from) {
  for (int i = 0; i < pairs_at_once; i++) to[i] = (double)from[2 * i] + (double)from[2 * i + 1];
}

#endif

// to[i] = the sum of the i-th four elements
static inline void add_quads(float* to, const float* from, int count) {
  int i = 0;
  for (; i + quads_at_once <= count; i += quads_at_once) some_quads(to + i, from + 4 * i);
  for (; i < count; i++) to[i] = spec::quad_sum(from[4 * i], from[4 * i + 1], from[4 * i + 2], from[4 * i + 3]);
}

// to[i] = the sum of the i-th two elements; in place where both are the same
template <class T> static inline void add_pairs(double* to, const T* from, int count) {
  int i = 0;
  for (; i + pairs_at_once <= count; i += pairs_at_once) some_pairs(to + i, from + 2 * i);
  for (; i < count; i++) to[i] = (double)from[2 * i] + (double)from[2 * i + 1];
}

// The tree over the lanes of a row, spec::row_sum_total.
static inline double sum_of_lanes(const double* lanes) {
#if defined(__AVX2__)
  __m128d eighths[4];  // each of 8 lanes: the sums of the first and of the last four
  for (int i = 0; i < 4; i++) {
    const __m256d sums = _mm256_hadd_pd(_mm256_load_pd(lanes + 8 * i), _mm256_load_pd(lanes + 8 * i + 4));
    eighths[i] = _mm_add_pd(_mm256_castpd256_pd128(sums), _mm256_extractf128_pd(sums, 1));
  }
  const __m128d first = _mm_hadd_pd(eighths[0], eighths[1]), last = _mm_hadd_pd(eighths[2], eighths[3]);
  const __m128d halves = _mm_hadd_pd(first, last);
  return _mm_cvtsd_f64(halves) + _mm_cvtsd_f64(_mm_unpackhi_pd(halves, halves));
#else
  return spec::row_sum_total(lanes);
#endif
}

}  // namespace elbo4j::ELBO4J_LEVEL
