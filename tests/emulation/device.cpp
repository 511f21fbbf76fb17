// The one device, its driver, and launches on it.
#include "runtime.h"

using namespace elbo4j::emulation;

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  return call("cudaGetDeviceCount", [=] {
    *count = 1;
    return cudaSuccess;
  });
}

cudaError_t cudaSetDevice(int device) {
  return call("cudaSetDevice", [=] { return device == 0 ? cudaSuccess : cudaErrorInvalidDevice; });
}

cudaError_t cudaGetDevice(int* device) {
  return call("cudaGetDevice", [=] {
    *device = 0;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  return call("cudaDeviceGetAttribute", [=] {
    if (device != 0) return cudaErrorInvalidDevice;
    switch (attribute) {
      case cudaDevAttrClockRate:
        *value = 1000000;
        break;
      case cudaDevAttrMultiProcessorCount:
        *value = (int)setting("ELBO4J_EMULATION_MULTIPROCESSORS", 4);
        break;
      case cudaDevAttrL2CacheSize:
        *value = 4 << 20;
        break;
      case cudaDevAttrComputeCapabilityMajor:
        *value = 9;
        break;
      case cudaDevAttrComputeCapabilityMinor:
        *value = 0;
        break;
      case cudaDevAttrMemoryPoolsSupported:
        *value = !fault("noPools");
        break;
      default:
        return cudaErrorInvalidValue;
    }
    return cudaSuccess;
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  return call("cudaGetDeviceProperties", [=] {
    if (device != 0) return cudaErrorInvalidDevice;
    *properties = {"CUDA emulation", total_memory()};
    return cudaSuccess;
  });
}

cudaError_t cudaDriverGetVersion(int* version) {
  const std::lock_guard<std::mutex> lock(mutex);
  const int driver = fault("driver");
  *version = driver ? driver : CUDART_VERSION;
  return static_cast<cudaError_t>(fault("cudaDriverGetVersion"));
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  return call("cudaDeviceSynchronize", [] {
    const cudaError_t error = unsafe();
    if (!error) drain_all();
    return error;
  });
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* kernel) {
  return call("cudaFuncGetAttributes", [=] {
    if (!kernel) return cudaErrorInvalidDeviceFunction;
    *attributes = {90};
    return cudaSuccess;
  });
}

namespace {

// `start`: what runs the kernel, given grid and block.
template <class Start> cudaError_t launch_by(const cudaLaunchConfig_t& config, const void* address, Start start) {
  return call("cudaLaunchKernelEx", [&] {
    const dim3 grid = config.gridDim, block = config.blockDim;
    if (!address) return cudaErrorInvalidDeviceFunction;
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7fffffff || grid.y > 0xffff || grid.z > 0xffff ||
        block.x == 0 || block.y == 0 || block.z == 0 || block.x > 1024 || block.y > 1024 || block.z > 64 ||
        block.x * block.y * block.z > 1024)
      return cudaErrorInvalidConfiguration;
    return enqueue(config.stream, [=] { start(grid, block); });
  });
}

}  // namespace

cudaError_t elbo4j::emulation::launch(const cudaLaunchConfig_t& config, const void* address, Work kernel) {
  return launch_by(config, address, [=](dim3 grid, dim3 block) { run(grid, block, address, kernel); });
}

cudaError_t elbo4j::emulation::launch_ptx(const cudaLaunchConfig_t& config, const void* address, Arguments arguments) {
  return launch_by(config, address, [=](dim3 grid, dim3 block) { ptx::run(grid, block, address, arguments); });
}
