// Up to N neighbouring outputs of a row, which is how threads hold them: the `count` that exist, in one access of 16
// bytes if there are four and they are aligned.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

namespace elbo4j::cuda {

template <int N>
__device__ __forceinline__ void load_neighbours(const float* from, int64_t count, bool aligned, float (&to)[N]) {
  if constexpr (N == 4) {
    if (aligned) {
      const float4 v = *reinterpret_cast<const float4*>(from);
      to[0] = v.x, to[1] = v.y, to[2] = v.z, to[3] = v.w;
      return;
    }
  }
#pragma unroll
  for (int i = 0; i < N; i++) to[i] = i < count ? from[i] : 0.0f;
}

template <int N>
__device__ __forceinline__ void store_neighbours(float* to, int64_t count, bool aligned, const float (&from)[N]) {
  if constexpr (N == 4) {
    if (aligned) {
      *reinterpret_cast<float4*>(to) = make_float4(from[0], from[1], from[2], from[3]);
      return;
    }
  }
#pragma unroll
  for (int i = 0; i < N; i++)
    if (i < count) to[i] = from[i];
}

}  // namespace elbo4j::cuda
