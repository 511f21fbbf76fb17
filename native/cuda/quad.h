// Four neighbouring columns: what a thread loads, computes and stores at once. They are a quad of the row sum
// (spec/row_sum.h) and a block of the noise (spec/philox.h).
//
// ALIGNED: every pointer is a multiple of 16 bytes, every stride and the number of columns of 4, so that a quad is one
// access of 16 bytes. Otherwise it is up to four accesses, and elements past the end of the row read as 0.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>
#include <initializer_list>

#include "elbo4j_arguments.h"

namespace elbo4j::cuda {

struct Quad {
  float e[4];
};

template <class T> struct InputOf {
  const T* data;
  int64_t stride;

  __device__ const T* row(int64_t r) const { return data + r * stride; }
};

template <class T> struct OutputOf {
  T* data;
  int64_t stride;

  __device__ T* row(int64_t r) const { return data + r * stride; }
  operator InputOf<T>() const { return InputOf<T>{data, stride}; }
};

using Input = InputOf<float>;
using Output = OutputOf<float>;

// Of float32 matrices.
inline Input input(const elbo4j_matrix& m) { return {m.floats(), m.stride}; }
inline Output output(const elbo4j_matrix& m) { return {m.floats(), m.stride}; }

// What the kernel does not write. (The read-only path also tells the compiler that stores cannot change it.)
template <bool ALIGNED> __device__ __forceinline__ Quad load(const float* row, int64_t column, int64_t columns) {
  if constexpr (ALIGNED) {
    const float4 v = __ldg(reinterpret_cast<const float4*>(row + column));
    return Quad{{v.x, v.y, v.z, v.w}};
  } else {
    Quad q;
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = column + i < columns ? __ldg(row + column + i) : 0.0f;
    return q;
  }
}

// What the kernel itself writes.
template <bool ALIGNED> __device__ __forceinline__ Quad load_own(const float* row, int64_t column, int64_t columns) {
  if constexpr (ALIGNED) {
    const float4 v = *reinterpret_cast<const float4*>(row + column);
    return Quad{{v.x, v.y, v.z, v.w}};
  } else {
    Quad q;
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = column + i < columns ? row[column + i] : 0.0f;
    return q;
  }
}

template <bool ALIGNED>
__device__ __forceinline__ void store(float* row, int64_t column, int64_t columns, const Quad& q) {
  if constexpr (ALIGNED) {
    *reinterpret_cast<float4*>(row + column) = make_float4(q.e[0], q.e[1], q.e[2], q.e[3]);
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++)
      if (column + i < columns) row[column + i] = q.e[i];
  }
}

// Elements past the end of the row become +0, whatever a function made of them.
template <bool ALIGNED> __device__ __forceinline__ void clear_missing(Quad& q, int64_t column, int64_t columns) {
  if constexpr (!ALIGNED) {
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = column + i < columns ? q.e[i] : 0.0f;
  }
}

// Whether quads of these operands (absent ones are null), rows of so many columns, can be accessed in 16 bytes.
inline bool aligned(int64_t columns, std::initializer_list<Input> operands) {
  int64_t all = columns * 4;
  for (const Input& operand : operands)
    if (operand.data) all |= reinterpret_cast<intptr_t>(operand.data) | operand.stride * 4;
  return all % 16 == 0;
}

}  // namespace elbo4j::cuda
