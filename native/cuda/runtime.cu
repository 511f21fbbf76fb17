// Devices, memory, streams, events, graphs and errors: what is not an operation.
#include <cstring>

#include "elbo4j_cuda.h"
#include "launch.h"

namespace elbo4j::cuda {
namespace {

// A kernel's parameters may take 4 KB.
constexpr int values_per_launch = 256;

struct Values {
  int64_t values[values_per_launch];
};

__global__ void set_values_kernel(int64_t* target, Values values, int count) {
  if ((int)threadIdx.x < count) target[threadIdx.x] = values.values[threadIdx.x];
}

cudaStream_t stream_of(void* stream) { return static_cast<cudaStream_t>(stream); }
cudaEvent_t event_of(void* event) { return static_cast<cudaEvent_t>(event); }
cudaMemPool_t pool_of(void* pool) { return static_cast<cudaMemPool_t>(pool); }

int attribute(int64_t* value, cudaDeviceAttr attribute, int device) {
  int read = 0;
  const cudaError_t error = cudaDeviceGetAttribute(&read, attribute, device);
  *value = read;
  return error;
}

}  // namespace
}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

extern "C" {

int elbo4j_cuda_emulated(void) {
#ifdef ELBO4J_CUDA_EMULATED
  return 1;
#else
  return 0;
#endif
}

int elbo4j_cuda_device_count(int* count) {
  *count = 0;
  return cudaGetDeviceCount(count);
}

int elbo4j_cuda_versions(int* driver, int* runtime) {
  *driver = *runtime = 0;
  if (const int error = cudaDriverGetVersion(driver)) return error;
  return cudaRuntimeGetVersion(runtime);
}

int elbo4j_cuda_set_device(int device) { return cudaSetDevice(device); }

int elbo4j_cuda_device(int device, char* name, int64_t* properties) {
  cudaDeviceProp described;
  if (const int error = cudaGetDeviceProperties(&described, device)) return error;
  strncpy(name, described.name, 255);
  name[255] = 0;
  const cudaDeviceAttr attributes[] = {cudaDevAttrComputeCapabilityMajor, cudaDevAttrComputeCapabilityMinor,
                                       cudaDevAttrMultiProcessorCount};
  for (int i = 0; i < 3; ++i) {
    if (const int error = attribute(&properties[i], attributes[i], device)) return error;
  }
  properties[3] = (int64_t)described.totalGlobalMem;
  if (const int error = attribute(&properties[4], cudaDevAttrL2CacheSize, device)) return error;
  return attribute(&properties[5], cudaDevAttrClockRate, device);
}

int elbo4j_cuda_free_bytes(int64_t* bytes) {
  size_t free_bytes = 0, total_bytes = 0;
  const int error = cudaMemGetInfo(&free_bytes, &total_bytes);
  *bytes = (int64_t)free_bytes;
  return error;
}

int elbo4j_cuda_probe(void) {
  cudaFuncAttributes attributes;
  return cudaFuncGetAttributes(&attributes, set_values_kernel);
}

const char* elbo4j_cuda_error_name(int error) { return cudaGetErrorName((cudaError_t)error); }
const char* elbo4j_cuda_error_string(int error) { return cudaGetErrorString((cudaError_t)error); }
int elbo4j_cuda_last_error(void) { return cudaGetLastError(); }

int elbo4j_cuda_pool_create(void** pool) {
  *pool = nullptr;
  int device = 0;
  if (const int error = cudaGetDevice(&device)) return error;
  int64_t supported = 0;
  const int asked = attribute(&supported, cudaDevAttrMemoryPoolsSupported, device);
  if (asked || !supported) return asked;
  cudaMemPoolProps properties = {};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  properties.location.id = device;
  cudaMemPool_t created = nullptr;
  if (const int error = cudaMemPoolCreate(&created, &properties)) return error;
  // by default freed memory goes back to the driver at every synchronisation
  uint64_t threshold = UINT64_MAX;
  if (const int error = cudaMemPoolSetAttribute(created, cudaMemPoolAttrReleaseThreshold, &threshold)) {
    cudaMemPoolDestroy(created);
    return error;
  }
  *pool = created;
  return cudaSuccess;
}

int elbo4j_cuda_pool_destroy(void* pool) { return cudaMemPoolDestroy(pool_of(pool)); }

int elbo4j_cuda_allocate(void** memory, int64_t bytes, void* pool, void* stream) {
  *memory = nullptr;
  // also an empty matrix is not null, which stands for a missing one
  const int64_t size = bytes > 0 ? bytes : 16;
  int error = pool ? cudaMallocFromPoolAsync(memory, size, pool_of(pool), stream_of(stream)) : cudaMalloc(memory, size);
  if (error) return error;
  error = cudaMemsetAsync(*memory, 0, size, stream_of(stream));
  if (error) {
    elbo4j_cuda_free(*memory, pool, stream);
    *memory = nullptr;
  }
  return error;
}

int elbo4j_cuda_free(void* memory, void* pool, void* stream) {
  return pool ? cudaFreeAsync(memory, stream_of(stream)) : cudaFree(memory);
}

int elbo4j_cuda_pointer(const void* address, int* kind, int* device, int* accessible) {
  cudaPointerAttributes attributes = {};
  const cudaError_t error = cudaPointerGetAttributes(&attributes, address);
  *kind = attributes.type;
  *device = attributes.device;
  *accessible = attributes.devicePointer == address;
  return error;
}

int elbo4j_cuda_allocate_host(void** memory, int64_t bytes) {
  *memory = nullptr;
  return cudaMallocHost(memory, bytes);
}

int elbo4j_cuda_free_host(void* memory) { return cudaFreeHost(memory); }

int elbo4j_cuda_copy_to_device(void* target, const void* source, int64_t bytes, void* stream) {
  return cudaMemcpyAsync(target, source, bytes, cudaMemcpyHostToDevice, stream_of(stream));
}

int elbo4j_cuda_copy_to_host(void* target, const void* source, int64_t bytes, void* stream) {
  return cudaMemcpyAsync(target, source, bytes, cudaMemcpyDeviceToHost, stream_of(stream));
}

int elbo4j_cuda_set_values(int64_t* target, const int64_t* values, int64_t count, void* stream) {
  for (int64_t done = 0; done < count; done += values_per_launch) {
    const int n = (int)(count - done < values_per_launch ? count - done : values_per_launch);
    Values piece = {};
    memcpy(piece.values, values + done, n * sizeof(int64_t));
    const int error = launch(set_values_kernel, 1, values_per_launch, stream, target + done, piece, n);
    if (error) return error;
  }
  return cudaSuccess;
}

int elbo4j_cuda_stream_create(void** stream) {
  *stream = nullptr;
  return cudaStreamCreateWithFlags(reinterpret_cast<cudaStream_t*>(stream), cudaStreamNonBlocking);
}

int elbo4j_cuda_stream_destroy(void* stream) { return cudaStreamDestroy(stream_of(stream)); }
int elbo4j_cuda_stream_synchronize(void* stream) { return cudaStreamSynchronize(stream_of(stream)); }

int elbo4j_cuda_stream_wait(void* stream, void* event) {
  return cudaStreamWaitEvent(stream_of(stream), event_of(event), 0);
}

int elbo4j_cuda_event_create(void** event, int timed) {
  *event = nullptr;
  return cudaEventCreateWithFlags(reinterpret_cast<cudaEvent_t*>(event),
                                  timed ? cudaEventDefault : cudaEventDisableTiming);
}

int elbo4j_cuda_event_destroy(void* event) { return cudaEventDestroy(event_of(event)); }
int elbo4j_cuda_event_record(void* event, void* stream) { return cudaEventRecord(event_of(event), stream_of(stream)); }
int elbo4j_cuda_event_synchronize(void* event) { return cudaEventSynchronize(event_of(event)); }

int elbo4j_cuda_event_query(void* event, int* done) {
  const cudaError_t error = cudaEventQuery(event_of(event));
  *done = error == cudaSuccess;
  return error == cudaErrorNotReady ? cudaSuccess : error;
}

int elbo4j_cuda_event_milliseconds(float* milliseconds, void* from, void* to) {
  return cudaEventElapsedTime(milliseconds, event_of(from), event_of(to));
}

int elbo4j_cuda_capture_begin(void* stream) {
  return cudaStreamBeginCapture(stream_of(stream), cudaStreamCaptureModeThreadLocal);
}

int elbo4j_cuda_capture_end(void* stream, void** graph, int64_t* nodes) {
  *graph = nullptr;
  *nodes = 0;
  cudaGraph_t captured = nullptr;
  if (const int error = cudaStreamEndCapture(stream_of(stream), &captured)) return error;
  size_t count = 0;
  int error = cudaGraphGetNodes(captured, nullptr, &count);
  if (!error) error = cudaGraphInstantiateWithFlags(reinterpret_cast<cudaGraphExec_t*>(graph), captured, 0);
  const int destroyed = cudaGraphDestroy(captured);
  *nodes = (int64_t)count;
  return error ? error : destroyed;
}

int elbo4j_cuda_graph_launch(void* graph, void* stream) {
  return cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), stream_of(stream));
}

int elbo4j_cuda_graph_destroy(void* graph) { return cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph)); }

}  // extern "C"
