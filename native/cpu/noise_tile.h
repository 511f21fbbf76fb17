// The noise of a tile, in four steps that each are a loop over blocks of four columns: counters, Philox, the
// transformation of words to floats, and the interleaving of the four words of a block. Compilers vectorise all but
// Philox, whose 32 x 32 -> 64 bit products are written here with the processor's own instruction.
#pragma once
#if defined(__SSE2__)
#include <immintrin.h>
#endif
#include "normal.h"
#include "philox.h"
#include "tile.h"
#include "uniform.h"

namespace elbo4j::ELBO4J_LEVEL {

struct Noise {
  uint32_t key0, key1, draw0, draw1, first_row;
  explicit Noise(const elbo4j_noise& noise)
      : key0((uint32_t)noise.seed),
        key1((uint32_t)((uint64_t)noise.seed >> 32)),
        draw0((uint32_t)noise.draw),
        draw1((uint32_t)((uint64_t)noise.draw >> 32)),
        first_row((uint32_t)noise.first_row) {}
};

// Memory that is wanted when the noise of a tile is done: Philox leaves the load units idle.
class Wanted {
 public:
  void add(const Tile& tile, const Input& matrix) {
    if (matrix.data && matrix.type == spec::FLOAT32)
      operands_[count_++] = {matrix.row(tile.row) + tile.column, matrix.stride};
  }

  // The elements [first, first + count) of the tile.
  void fetch(const Tile& tile, int first, int count) const {
    if (count_ == 0) return;
    for (int i = first; i < first + count; i += line) {
      const int row = tile.rows == 1 ? 0 : i / tile.width;
      const int column = i - row * tile.width;
      for (int j = 0; j < count_; j++) __builtin_prefetch(operands_[j].data + row * operands_[j].stride + column, 0, 3);
    }
  }

 private:
  enum : int { line = 16, most = 9 };
  struct {
    const float* data;
    int64_t stride;
  } operands_[most];
  int count_ = 0;
};

struct NoiseWords {
  enum : int { blocks = tile_floats / 4 };
  alignas(64) uint32_t word[4][blocks];
};

#if defined(__SSE2__)
#if defined(__AVX512F__)
// The forms with a mask of ones are the plain instructions, but do not make GCC 12 warn of an uninitialised value.
typedef uint64_t Words64 __attribute__((vector_size(64)));
static inline Words64 multiply_low(Words64 a, Words64 b) {
  return (Words64)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);
}
static inline Words64 widen(const uint32_t* p) {
  return (Words64)_mm512_maskz_cvtepu32_epi64(0xff, _mm256_load_si256((const __m256i*)p));
}
static inline void narrow(uint32_t* p, Words64 x) {
  _mm256_store_si256((__m256i*)p, _mm512_maskz_cvtepi64_epi32(0xff, (__m512i)x));
}
#elif defined(__AVX2__)
typedef uint64_t Words64 __attribute__((vector_size(32)));
static inline Words64 multiply_low(Words64 a, Words64 b) { return (Words64)_mm256_mul_epu32((__m256i)a, (__m256i)b); }
static inline Words64 widen(const uint32_t* p) {
  return (Words64)_mm256_cvtepu32_epi64(_mm_load_si128((const __m128i*)p));
}
static inline void narrow(uint32_t* p, Words64 x) {
  const __m256i even = _mm256_permutevar8x32_epi32((__m256i)x, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
  _mm_store_si128((__m128i*)p, _mm256_castsi256_si128(even));
}
#else
typedef uint64_t Words64 __attribute__((vector_size(16)));
static inline Words64 multiply_low(Words64 a, Words64 b) { return (Words64)_mm_mul_epu32((__m128i)a, (__m128i)b); }
static inline Words64 widen(const uint32_t* p) {
  return (Words64)_mm_unpacklo_epi32(_mm_loadl_epi64((const __m128i*)p), _mm_setzero_si128());
}
static inline void narrow(uint32_t* p, Words64 x) {
  _mm_storel_epi64((__m128i*)p, _mm_shuffle_epi32((__m128i)x, 0x08));
}
#endif

// A word lives in the low half of a 64-bit lane; what gathers in the high half is never read. count: a multiple of 16.
static inline void philox_tile(const Noise& noise, const Tile& tile, const uint32_t* column, const uint32_t* row,
                               int count, const Wanted& wanted, NoiseWords& out) {
  enum : int { lanes = sizeof(Words64) / 8, together = 2 };
  const Words64 multiplier0 = Words64{} + 0xD2511F53u, multiplier1 = Words64{} + 0xCD9E8D57u;
  for (int i = 0; i < count; i += together * lanes) {
    wanted.fetch(tile, 4 * i, 4 * together * lanes);
    Words64 c0[together], c1[together], c2[together], c3[together];
    for (int j = 0; j < together; j++) {
      c0[j] = widen(column + i + j * lanes);
      c1[j] = widen(row + i + j * lanes);
      c2[j] = Words64{} + noise.draw0;
      c3[j] = Words64{} + noise.draw1;
    }
    uint32_t key0 = noise.key0, key1 = noise.key1;
#if !defined(__clang__)
#pragma GCC unroll 10
#endif
    for (int round = 0; round < 10; round++) {
      const Words64 k0 = Words64{} + key0, k1 = Words64{} + key1;
      for (int j = 0; j < together; j++) {
        const Words64 product0 = multiply_low(c0[j], multiplier0), product1 = multiply_low(c2[j], multiplier1);
        c0[j] = (product1 >> 32) ^ c1[j] ^ k0;
        c2[j] = (product0 >> 32) ^ c3[j] ^ k1;
        c1[j] = product1;
        c3[j] = product0;
      }
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    for (int j = 0; j < together; j++) {
      narrow(out.word[0] + i + j * lanes, c0[j]);
      narrow(out.word[1] + i + j * lanes, c1[j]);
      narrow(out.word[2] + i + j * lanes, c2[j]);
      narrow(out.word[3] + i + j * lanes, c3[j]);
    }
  }
}
#else
static inline void philox_tile(const Noise& noise, const Tile& tile, const uint32_t* column, const uint32_t* row,
                               int count, const Wanted& wanted, NoiseWords& out) {
  for (int i = 0; i < count; i++) {
    if (i % 4 == 0) wanted.fetch(tile, 4 * i, 16);
    const spec::Words words = spec::philox4x32_10(column[i], row[i], noise.draw0, noise.draw1, noise.key0, noise.key1);
    out.word[0][i] = words.x;
    out.word[1][i] = words.y;
    out.word[2][i] = words.z;
    out.word[3][i] = words.w;
  }
}
#endif

// The words of a tile whose row i has noise row first row + row0 + i * row_step; returns the number of blocks, a
// multiple of 16.
static inline int noise_words(const Noise& noise, const Tile& tile, int64_t row0, int64_t row_step,
                              const Wanted& wanted, NoiseWords& out) {
  alignas(64) uint32_t column[NoiseWords::blocks], row[NoiseWords::blocks];
  const int blocks_of_row = tile.width / 4;
  const uint32_t first_block = (uint32_t)(tile.column / 4);
  int count = 0;
  for (int r = 0; r < tile.rows; r++, count += blocks_of_row) {
    const uint32_t noise_row = noise.first_row + (uint32_t)(row0 + r * row_step);
    ELBO4J_SIMD for (int i = 0; i < blocks_of_row; i++) {
      column[count + i] = first_block + (uint32_t)i;
      row[count + i] = noise_row;
    }
  }
  const int whole = round_up(count, 16);
  for (int i = count; i < whole; i++) column[i] = row[i] = 0;
  philox_tile(noise, tile, column, row, whole, wanted, out);
  return whole;
}

static inline void normal_tile(const Noise& noise, const Tile& tile, int64_t row0, int64_t row_step,
                               const Wanted& wanted, Buffer& out) {
  NoiseWords words;
  const int count = noise_words(noise, tile, row0, row_step, wanted, words);
  alignas(64) float normal[4][NoiseWords::blocks], radius[NoiseWords::blocks];
  for (int j = 0; j < 4; j += 2) {
    ELBO4J_SIMD for (int i = 0; i < count; i++) radius[i] = spec::normal_radius(words.word[j][i]);
    ELBO4J_SIMD for (int i = 0; i < count; i++) {
      const spec::Normals direction = spec::normal_direction(words.word[j + 1][i]);
      normal[j][i] = radius[i] * direction.first;
      normal[j + 1][i] = radius[i] * direction.second;
    }
  }
  float* e = out.data;
  ELBO4J_SIMD for (int i = 0; i < count; i++) {
    e[4 * i] = normal[0][i];
    e[4 * i + 1] = normal[1][i];
    e[4 * i + 2] = normal[2][i];
    e[4 * i + 3] = normal[3][i];
  }
}

// Uniform in [0, 1).
static inline void uniform_tile(const Noise& noise, const Tile& tile, Buffer& out) {
  NoiseWords words;
  const int count = noise_words(noise, tile, tile.row, 1, Wanted{}, words);
  float* u = out.data;
  ELBO4J_SIMD for (int i = 0; i < count; i++) {
    u[4 * i] = spec::uniform01(words.word[0][i]);
    u[4 * i + 1] = spec::uniform01(words.word[1][i]);
    u[4 * i + 2] = spec::uniform01(words.word[2][i]);
    u[4 * i + 3] = spec::uniform01(words.word[3][i]);
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
