// CUDA for a machine without a GPU: g++ compiles native/cuda/*.cu against this header, not NVIDIA's. For tests only.
//
//   execution.cpp  runs a kernel: blocks one after the other, the threads of a block as fibers, in random order
//   runtime.h      what the calls of the run time share: errors.cpp, device.cpp, memory.cpp, streams.cpp
//
// Environment
//   ELBO4J_EMULATION_SEED    of the order of the threads and blocks (1)
//   ELBO4J_EMULATION_DELAY   1 (default): work on a stream runs when something waits for it; 0: at once
//   ELBO4J_EMULATION_MEMORY  bytes of device memory (4 GiB)
//   ELBO4J_EMULATION_MULTIPROCESSORS  (4)
//   ELBO4J_EMULATION_FAULT   what fails: items "function=error", "function=error@n" (its n-th call only), separated by
//                            commas; "driver=12040" is the version of the driver, "noPools=1" a device without memory
//                            pools. "@path" reads the items from a file at each call. E.g.
//                            cudaGetDeviceCount=35,cudaMallocFromPoolAsync=2@3
//   ELBO4J_PTX               a folder of .ptx files: kernels are not called, but their PTX is interpreted (ptx/ptx.h)
//
// Not emulated: caches, the memory model (a thread runs alone until it waits), dynamic shared memory, atomics, votes,
// more than one device, allocations and forks in a capture, shuffles with partial masks; that host code must not touch
// device memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#define ELBO4J_CUDA_EMULATED 1
#define CUDART_VERSION 13000

// ---- the language ----

#define __global__
#define __device__
#define __host__
#define __shared__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

#define ELBO4J_VECTOR2(name, type, alignment) \
  struct alignas(alignment) name {            \
    type x, y;                                \
  };                                          \
  inline name make_##name(type x, type y) { return {x, y}; }
#define ELBO4J_VECTOR4(name, type) \
  struct alignas(16) name {        \
    type x, y, z, w;               \
  };                               \
  inline name make_##name(type x, type y, type z, type w) { return {x, y, z, w}; }
ELBO4J_VECTOR2(float2, float, 8)
ELBO4J_VECTOR2(uint2, unsigned, 8)
ELBO4J_VECTOR4(float4, float)

extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;

namespace elbo4j::emulation {

// The line of a barrier or shuffle.
struct Place {
  const char* function;
  int line;
};
// Two parameters; as default arguments these are the caller's.
#define ELBO4J_CALLER const char *function = __builtin_FUNCTION(), int line = __builtin_LINE()

// Return when all threads of the block or warp wait at the same place.
void wait_for_block(Place);
void wait_for_warp(unsigned mask, Place);
// The same, then the bits that the thread of that lane of the warp gave.
uint64_t exchange(uint64_t bits, int lane, unsigned mask, Place);
int lane();

template <class T> T exchange_value(T value, int lane, unsigned mask, Place place) {
  static_assert((sizeof(T) == 4 || sizeof(T) == 8) && std::is_arithmetic_v<T>);
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(bits, lane, mask, place);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// What min and max of integers return.
template <class... T> using Integer = std::enable_if_t<(std::is_integral_v<T> && ...), std::common_type_t<T...>>;

}  // namespace elbo4j::emulation

inline void __syncthreads(ELBO4J_CALLER) { elbo4j::emulation::wait_for_block({function, line}); }
inline void __syncwarp(unsigned mask = ~0u, ELBO4J_CALLER) { elbo4j::emulation::wait_for_warp(mask, {function, line}); }

// Lanes are grouped by width; a source outside the group is the thread's own lane.
template <class T> T __shfl_sync(unsigned mask, T value, int source, int width = 32, ELBO4J_CALLER) {
  const int first = elbo4j::emulation::lane() & -width;
  return elbo4j::emulation::exchange_value(value, first | (source & (width - 1)), mask, {function, line});
}
template <class T> T __shfl_xor_sync(unsigned mask, T value, int flip, int width = 32, ELBO4J_CALLER) {
  const int own = elbo4j::emulation::lane(), last = own | (width - 1), source = own ^ flip;
  return elbo4j::emulation::exchange_value(value, source <= last ? source : own, mask, {function, line});
}
template <class T> inline T __ldg(const T* address) { return *address; }

template <class A, class B> constexpr elbo4j::emulation::Integer<A, B> min(A a, B b) {
  const elbo4j::emulation::Integer<A, B> x = a, y = b;
  return y < x ? y : x;
}
template <class A, class B> constexpr elbo4j::emulation::Integer<A, B> max(A a, B b) {
  const elbo4j::emulation::Integer<A, B> x = a, y = b;
  return x < y ? y : x;
}

inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }

// Every file tells where its zero-initialised variables lie, which are the __shared__ ones: they are filled with NaN
// before each block. (A file with such variables of the host says ELBO4J_EMULATION_HOST_ONLY.) The assembler gathers
// the numbered parts of a section in their order.
#ifndef ELBO4J_EMULATION_HOST_ONLY
asm(".pushsection .bss\n.balign 64\nelbo4j_shared_begin:\n.popsection\n"
    ".pushsection .bss, 8191\n.balign 64\nelbo4j_shared_end:\n.popsection\n");
extern "C" __attribute__((visibility("hidden"))) char elbo4j_shared_begin[], elbo4j_shared_end[];
namespace elbo4j::emulation {
void add_shared(char* begin, char* end);
static __attribute__((constructor)) void tell_shared() { add_shared(elbo4j_shared_begin, elbo4j_shared_end); }
}  // namespace elbo4j::emulation
#endif

// ---- the run time ----

enum cudaError_t : int {
#define X(name, number, description) name = number,
#include "errors.inc"
#undef X
};

typedef struct CUstream_st* cudaStream_t;
typedef struct CUevent_st* cudaEvent_t;
typedef struct CUgraph_st* cudaGraph_t;
typedef struct CUgraphNode_st* cudaGraphNode_t;
typedef struct CUgraphExec_st* cudaGraphExec_t;
typedef struct CUmemPoolHandle_st* cudaMemPool_t;

constexpr unsigned cudaStreamNonBlocking = 1;
constexpr unsigned cudaEventDefault = 0, cudaEventDisableTiming = 2;

enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2, cudaMemcpyDeviceToDevice = 3 };
enum cudaMemoryType { cudaMemoryTypeUnregistered, cudaMemoryTypeHost, cudaMemoryTypeDevice, cudaMemoryTypeManaged };
struct cudaPointerAttributes {
  cudaMemoryType type;
  int device;
  void *devicePointer, *hostPointer;
};
enum cudaMemAllocationType { cudaMemAllocationTypePinned = 1 };
enum cudaMemLocationType { cudaMemLocationTypeDevice = 1 };
struct cudaMemLocation {
  cudaMemLocationType type;
  int id;
};
struct cudaMemPoolProps {
  cudaMemAllocationType allocType;
  cudaMemLocation location;
};
enum cudaMemPoolAttr { cudaMemPoolAttrReleaseThreshold = 4 };
enum cudaStreamCaptureMode { cudaStreamCaptureModeThreadLocal = 1 };
enum cudaDeviceAttr {
  cudaDevAttrClockRate = 13,
  cudaDevAttrMultiProcessorCount = 16,
  cudaDevAttrL2CacheSize = 38,
  cudaDevAttrComputeCapabilityMajor = 75,
  cudaDevAttrComputeCapabilityMinor = 76,
  cudaDevAttrMemoryPoolsSupported = 115
};
struct cudaDeviceProp {
  char name[256];
  size_t totalGlobalMem;
};
struct cudaFuncAttributes {
  int binaryVersion;
};
struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  cudaStream_t stream;
};

const char* cudaGetErrorName(cudaError_t error);
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError();

cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int* device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device);
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaRuntimeGetVersion(int* version);
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* kernel);
template <class... Parameters>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, void (*kernel)(Parameters...)) {
  return cudaFuncGetAttributes(attributes, reinterpret_cast<const void*>(kernel));
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total);
cudaError_t cudaMalloc(void** memory, size_t bytes);
cudaError_t cudaFree(void* memory);
cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* properties);
cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool);
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void* value);
cudaError_t cudaMallocFromPoolAsync(void** memory, size_t bytes, cudaMemPool_t pool, cudaStream_t stream);
cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream);
cudaError_t cudaMallocHost(void** memory, size_t bytes);
cudaError_t cudaFreeHost(void* memory);
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* address);
cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream = nullptr);
cudaError_t cudaMemsetAsync(void* target, int value, size_t bytes, cudaStream_t stream = nullptr);
template <class T> cudaError_t cudaMalloc(T** memory, size_t bytes) {
  return cudaMalloc(reinterpret_cast<void**>(memory), bytes);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags = 0);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream = nullptr);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventQuery(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to);

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count);
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags = 0);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);

namespace elbo4j::emulation {

using Work = std::function<void()>;

// The parameters of a kernel as CUDA lays them out: offset and size of each.
struct Arguments {
  std::vector<char> bytes;
  std::vector<std::pair<size_t, size_t>> places;

  template <class T> void add(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const size_t at = (bytes.size() + alignof(T) - 1) / alignof(T) * alignof(T);
    bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
    places.emplace_back(at, sizeof value);
  }
};

namespace ptx {
bool enabled();  // ELBO4J_PTX is set
void run(dim3 grid, dim3 block, const void* address, const Arguments& arguments);
}  // namespace ptx

// Runs the kernel, called once for each thread. `address` is that of its code.
void run(dim3 grid, dim3 block, const void* address, const Work& kernel);
// Queues that on the stream.
cudaError_t launch(const cudaLaunchConfig_t& config, const void* address, Work kernel);
cudaError_t launch_ptx(const cudaLaunchConfig_t& config, const void* address, Arguments arguments);

}  // namespace elbo4j::emulation

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  std::tuple<Parameters...> values(std::forward<Arguments>(arguments)...);
  if (elbo4j::emulation::ptx::enabled()) {
    elbo4j::emulation::Arguments packed;
    std::apply([&](const auto&... value) { (packed.add(value), ...); }, values);
    return elbo4j::emulation::launch_ptx(*config, reinterpret_cast<const void*>(kernel), std::move(packed));
  }
  return elbo4j::emulation::launch(*config, reinterpret_cast<const void*>(kernel),
                                   [kernel, values] { std::apply(kernel, values); });
}
