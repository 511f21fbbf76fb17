// Packing: copies of blocks of A and B in the order in which the micro-kernel reads them. Values are never padded along
// k.
#pragma once
#include "matmul_vector.h"
#include <new>

namespace elbo4j {
namespace ELBO4J_LEVEL {

// Per-thread room for one packed block of A and one of B: fixed sizes, allocated at first use, freed at thread exit.
class Scratch {
 public:
  enum : int64_t { A_FLOATS = 240 * 512, B_FLOATS = 320 * 512 };
  float* a() { return floats(); }
  float* b() { return floats() + A_FLOATS + LANES; }  // pack_steps writes up to one vector too far
  ~Scratch() { operator delete(memory_, PAGE); }

 private:
  static constexpr std::align_val_t PAGE{4096};
  float* floats() {
    if (!memory_) memory_ = static_cast<float*>(operator new((A_FLOATS + LANES + B_FLOATS) * sizeof(float), PAGE));
    return memory_;
  }
  float* memory_ = nullptr;
};

#if defined(__AVX2__)
// target[j * target_stride + i] = source[i * stride + j] for an 8 x 8 block
static inline void transpose8(const float* source, int64_t stride, float* target, int64_t target_stride) {
  __m256 x[8], y[8];
  for (int i = 0; i < 8; i++) x[i] = _mm256_loadu_ps(source + i * stride);
  for (int i = 0; i < 4; i++) {
    y[2 * i] = _mm256_unpacklo_ps(x[2 * i], x[2 * i + 1]);
    y[2 * i + 1] = _mm256_unpackhi_ps(x[2 * i], x[2 * i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    x[i] = _mm256_shuffle_ps(y[i], y[i + 2], 0x44);
    x[i + 1] = _mm256_shuffle_ps(y[i], y[i + 2], 0xee);
    x[i + 2] = _mm256_shuffle_ps(y[i + 1], y[i + 3], 0x44);
    x[i + 3] = _mm256_shuffle_ps(y[i + 1], y[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_ps(target + i * target_stride, _mm256_permute2f128_ps(x[i], x[i + 4], 0x20));
    _mm256_storeu_ps(target + (i + 4) * target_stride, _mm256_permute2f128_ps(x[i], x[i + 4], 0x31));
  }
}
#else
static inline void transpose8(const float* source, int64_t stride, float* target, int64_t target_stride) {
  for (int j = 0; j < 8; j++)
    for (int i = 0; i < 8; i++) target[j * target_stride + i] = source[i * stride + j];
}
#endif

// target[j * target_stride + i] = source[i * stride + j] for i < rows, j < columns
static inline void pack_transposed(const float* source, int64_t stride, float* target, int64_t target_stride,
                                   int64_t rows, int64_t columns) {
  const int64_t whole_rows = rows & ~7, whole_columns = columns & ~7;
  for (int64_t j = 0; j < whole_columns; j += 8) {
    for (int64_t i = 0; i < whole_rows; i += 8)
      transpose8(source + i * stride + j, stride, target + j * target_stride + i, target_stride);
    for (int64_t i = whole_rows; i < rows; i++)
      for (int64_t q = j; q < j + 8; q++) target[q * target_stride + i] = source[i * stride + q];
  }
  for (int64_t j = whole_columns; j < columns; j++)
    for (int64_t i = 0; i < rows; i++) target[j * target_stride + i] = source[i * stride + j];
}

// target[k * target_stride + i] = source[k * stride + i] for i < width, width <= 2 * LANES.
// Whole vectors are stored, so up to LANES - 1 floats after each row are overwritten, in ascending k.
static inline void pack_steps(const float* source, int64_t stride, float* target, int64_t target_stride, int64_t width,
                              int64_t depth) {
  const int64_t whole = width / LANES;
  const Mask tail = first_lanes(width % LANES);
  for (int64_t k = 0; k < depth; k++, source += stride, target += target_stride) {
    for (int64_t v = 0; v < width; v += 16) __builtin_prefetch(source + 8 * stride + v);
    for (int64_t v = 0; v < whole; v++) store(target + v * LANES, load(source + v * LANES));
    if (width % LANES) store(target + whole * LANES, load(source + whole * LANES, tail));
  }
}

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
