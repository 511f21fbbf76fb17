// How every kernel here is launched, and how work is cut into blocks.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

namespace elbo4j::cuda {

// Blocks beyond this take their turn in the loop of a kernel: enough to fill any device several times over.
constexpr int64_t most_blocks = 1 << 20;

inline int64_t parts(int64_t size, int64_t of) { return (size + of - 1) / of; }

inline unsigned blocks_for(int64_t items, int64_t items_per_block) {
  const int64_t blocks = parts(items, items_per_block);
  return (unsigned)(blocks < most_blocks ? blocks : most_blocks);
}

// Returns what the launch itself says; an error of the kernel is reported by a later call.
template <class... Parameters, class... Arguments>
int launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, void* stream, Arguments... arguments) {
  if (grid.x == 0 || grid.y == 0 || grid.z == 0) return cudaSuccess;
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = static_cast<cudaStream_t>(stream);
  return cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...);
}

}  // namespace elbo4j::cuda
