// Matrices whose elements are float or stored in 16 bits (spec/half.h), widened and rounded at the access.
//
// There is a kernel for each type where quads can be accessed at once, in 16 bytes or 8, and one for all types where
// they cannot (Any: it looks at the type when it runs): a third of the kernels that every combination would make.
#pragma once
#include <type_traits>

#include "half.h"
#include "rows.h"

namespace elbo4j::cuda {

struct BFloat16 {
  uint16_t bits;
};

struct Float16 {
  uint16_t bits;
};

struct Any {};

template <class T> constexpr bool quads_at_once = !std::is_same_v<T, Any>;

__device__ __forceinline__ float widen(BFloat16 x) { return spec::from_bfloat16(x.bits); }
__device__ __forceinline__ float widen(Float16 x) { return spec::from_float16(x.bits); }
__device__ __forceinline__ uint32_t rounded(float x, BFloat16) { return spec::to_bfloat16(x); }
__device__ __forceinline__ uint32_t rounded(float x, Float16) { return spec::to_float16(x); }

template <bool ALIGNED, class T> __device__ __forceinline__ Quad load(const T* row, int64_t column, int64_t) {
  static_assert(ALIGNED);
  const uint2 v = __ldg(reinterpret_cast<const uint2*>(row + column));
  return Quad{{widen(T{(uint16_t)v.x}), widen(T{(uint16_t)(v.x >> 16)}), widen(T{(uint16_t)v.y}),
               widen(T{(uint16_t)(v.y >> 16)})}};
}

template <bool ALIGNED, class T> __device__ __forceinline__ void store(T* row, int64_t column, int64_t, const Quad& q) {
  static_assert(ALIGNED);
  *reinterpret_cast<uint2*>(row + column) =
      make_uint2(rounded(q.e[0], T{}) | rounded(q.e[1], T{}) << 16, rounded(q.e[2], T{}) | rounded(q.e[3], T{}) << 16);
}

template <class Pointer> struct AnyRow {
  Pointer data;
  int type;
};

template <bool ALIGNED> __device__ __forceinline__ Quad load(AnyRow<const void*> row, int64_t column, int64_t columns) {
  if (row.type == spec::FLOAT32) return load<false>(static_cast<const float*>(row.data), column, columns);
  const uint16_t* elements = static_cast<const uint16_t*>(row.data) + column;
  Quad q;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const uint16_t bits = column + i < columns ? __ldg(elements + i) : (uint16_t)0;
    q.e[i] = row.type == spec::BFLOAT16 ? spec::from_bfloat16(bits) : spec::from_float16(bits);
  }
  return q;
}

template <bool ALIGNED>
__device__ __forceinline__ void store(AnyRow<void*> row, int64_t column, int64_t columns, const Quad& q) {
  if (row.type == spec::FLOAT32) return store<false>(static_cast<float*>(row.data), column, columns, q);
  uint16_t* elements = static_cast<uint16_t*>(row.data) + column;
#pragma unroll
  for (int i = 0; i < 4; i++)
    if (column + i < columns)
      elements[i] = row.type == spec::BFLOAT16 ? spec::to_bfloat16(q.e[i]) : spec::to_float16(q.e[i]);
}

// What an element of a row is when it is read again.
__device__ __forceinline__ float as_stored(float*, float x) { return x; }
template <class T> __device__ __forceinline__ float as_stored(T*, float x) {
  return widen(T{(uint16_t)rounded(x, T{})});
}
__device__ __forceinline__ float as_stored(AnyRow<void*> row, float x) {
  if (row.type == spec::FLOAT32) return x;
  return row.type == spec::BFLOAT16 ? spec::from_bfloat16(spec::to_bfloat16(x))
                                    : spec::from_float16(spec::to_float16(x));
}

inline __host__ __device__ int64_t size_of(int type) { return type == spec::FLOAT32 ? 4 : 2; }

template <> struct InputOf<Any> {
  const void* data;
  int64_t stride;
  int type;

  __device__ AnyRow<const void*> row(int64_t r) const {
    return {static_cast<const char*>(data) + r * stride * size_of(type), type};
  }
};

template <> struct OutputOf<Any> {
  void* data;
  int64_t stride;
  int type;

  __device__ AnyRow<void*> row(int64_t r) const {
    return {static_cast<char*>(data) + r * stride * size_of(type), type};
  }
};

template <class T> InputOf<T> stored_input(const elbo4j_matrix& m) {
  if constexpr (quads_at_once<T>)
    return {static_cast<const T*>(m.data), m.stride};
  else
    return {m.data, m.stride, m.type};
}

template <class T> OutputOf<T> stored_output(const elbo4j_matrix& m) {
  if constexpr (quads_at_once<T>)
    return {static_cast<T*>(m.data), m.stride};
  else
    return {m.data, m.stride, m.type};
}

// Whether quads of matrices of the first one's type (absent ones are null) can be accessed at once.
inline bool aligned(int64_t columns, std::initializer_list<const elbo4j_matrix*> matrices) {
  const int64_t size = size_of((*matrices.begin())->type);
  int64_t all = columns * size;
  for (const elbo4j_matrix* matrix : matrices)
    if (matrix->data) all |= reinterpret_cast<intptr_t>(matrix->data) | matrix->stride * size;
  return all % (4 * size) == 0;
}

// f(an element) of the type that the kernel is made for
template <class F> int with_element(int type, bool is_aligned, F f) {
  if (!is_aligned) return f(Any{});
  if (type == spec::BFLOAT16) return f(BFloat16{});
  if (type == spec::FLOAT16) return f(Float16{});
  return f(float{});
}

template <class T, class Operation>
int sum_stored_rows(const Operation& operation, int64_t rows, int64_t columns, void* stream) {
  if constexpr (std::is_same_v<T, float>)
    if (is_long(rows, columns)) return sum_rows_by_blocks<true>(operation, rows, columns, stream);
  return sum_rows_by_warps<quads_at_once<T>>(operation, rows, columns, stream);
}

template <class T, class Operation>
int map_stored_rows(const Operation& operation, int64_t rows, int64_t columns, void* stream) {
  return map_rows_by_blocks<quads_at_once<T>>(operation, rows, columns, stream);
}

}  // namespace elbo4j::cuda
