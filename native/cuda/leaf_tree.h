// The sum of leaves of elements: neighbouring leaves are added until one is left (spec/leaves.h). A block's warps have
// subtrees of the same elements: all loads of an element at once, neighbours in 128 bytes at least.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

namespace elbo4j::cuda {

namespace leaf_tree {

constexpr int most_leaves = 512, most_parts = 8, most_groups = most_leaves / most_parts / 8;

// Of 2^LOG neighbours.
template <int LOG> __device__ __forceinline__ float sum_of(const float* leaf, int64_t stride) {
  if constexpr (LOG == 0)
    return __ldg(leaf);
  else
    return sum_of<LOG - 1>(leaf, stride) + sum_of<LOG - 1>(leaf + (stride << (LOG - 1)), stride);
}

// Of 1, 2 or 4 leaves, or up to most_groups groups of eight.
__device__ __forceinline__ float sum_of(const float* leaf, int64_t stride, int count) {
  static_assert(most_groups == 8, "three levels are parked");
  if (count < 8)
    return count == 4 ? sum_of<2>(leaf, stride) : count == 2 ? sum_of<1>(leaf, stride) : sum_of<0>(leaf, stride);
  float parked[3], sum = 0.0f;  // a binary counter
  for (int group = 0; 8 * group < count; group++, leaf += 8 * stride) {
    sum = sum_of<3>(leaf, stride);
    bool carry = true;
#pragma unroll
    for (int level = 0; level < 3; level++) {
      if (carry && group >> level & 1)
        sum = parked[level] + sum;
      else if (carry)
        parked[level] = sum, carry = false;
    }
  }
  return sum;
}

}  // namespace leaf_tree

// count, a power of two, leaves of as many elements as one has, stride floats apart.
struct LeafTree {
  static constexpr int threads = 32 * leaf_tree::most_parts;

  const float* leaves;
  int64_t stride;
  int count;

  __host__ __device__ __forceinline__ int parts() const {
    return count < leaf_tree::most_parts ? count : leaf_tree::most_parts;
  }
  // Elements of a block.
  __host__ __device__ __forceinline__ int elements() const { return threads / parts(); }

  // By all threads of a block: thread t < elements() has the sum of element first + t, +0 from `size` on.
  __device__ __forceinline__ float sum(int64_t first, int64_t size, float (&sums)[threads]) const {
    const int thread = threadIdx.x, of_block = elements(), part = thread / of_block;
    const int64_t element = first + thread % of_block;
    float sum = 0.0f;
    if (element < size)
      sum = leaf_tree::sum_of(leaves + part * (count / parts()) * stride + element, stride, count / parts());
    sums[thread] = sum;
    for (int step = 1; step < parts(); step *= 2) {
      __syncthreads();
      if (part % (2 * step) == 0) sums[thread] = sum = sum + sums[thread + step * of_block];
    }
    __syncthreads();
    return sum;
  }
};

}  // namespace elbo4j::cuda
