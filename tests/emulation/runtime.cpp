// The calls of the CUDA run time. Device memory is the heap's, a block of its own for each allocation, filled with NaN.
// A stream is a queue of functions, run as late as CUDA may run them: when something waits for them.
#define ELBO4J_EMULATION_HOST_ONLY
#include "cuda_runtime.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

using elbo4j::emulation::Work;
using Nodes = std::vector<Work>;

struct CUgraph_st {
  std::shared_ptr<Nodes> nodes;
};
struct CUgraphExec_st {
  std::shared_ptr<Nodes> nodes;
};

namespace {

struct Capture {
  cudaStreamCaptureMode mode;
  std::thread::id thread;
  std::shared_ptr<Nodes> nodes = std::make_shared<Nodes>();
  bool invalid = false;
};

}  // namespace

struct CUstream_st {
  bool blocking = true;  // with the null stream
  std::deque<Work> queue;
  std::shared_ptr<Capture> capture;
};

namespace {

// A point in the work of a stream.
struct Record {
  CUstream_st* stream;
  bool done = false;
  std::chrono::steady_clock::time_point time;
};

}  // namespace

struct CUevent_st {
  bool timed;
  std::shared_ptr<Record> record;    // of the last call outside a capture
  std::shared_ptr<Capture> capture;  // the last call was in this one
};

namespace {

struct Allocation {
  size_t bytes;
  bool freed = false;            // cudaFreeAsync was called
  const Nodes* graph = nullptr;  // that the allocation is part of
};

// Never destroyed: when a JVM ends, its other threads go on.
template <class T> T& lasting() { return *new T; }

// Everything below is guarded by it.
std::mutex mutex;
auto &device_memory = lasting<std::map<const char*, Allocation>>(),
     &host_memory = lasting<std::map<const char*, Allocation>>();
size_t used_memory;
auto& null_stream = lasting<CUstream_st>();
auto& streams = *new std::set<cudaStream_t>{&null_stream};
auto& events = lasting<std::set<cudaEvent_t>>();
auto& graphs = lasting<std::set<cudaGraph_t>>();
auto& executables = lasting<std::set<cudaGraphExec_t>>();
cudaError_t sticky = cudaSuccess;
thread_local cudaError_t last_error = cudaSuccess;

size_t setting(const char* name, size_t otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 0) : otherwise;
}

size_t total_memory() { return setting("ELBO4J_EMULATION_MEMORY", (size_t)4 << 30); }

// ---- what fails ----

// The number after "name=" in ELBO4J_EMULATION_FAULT if this call of it is meant, or 0.
int fault(const std::string& name) {
  static std::string seen;
  static std::map<std::string, int> calls;  // since the text changed
  const char* variable = std::getenv("ELBO4J_EMULATION_FAULT");
  if (!variable || !*variable) return 0;
  std::string text = variable;
  if (text[0] == '@') {
    std::ifstream file(text.substr(1));
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  if (text != seen) {
    seen = text;
    calls.clear();
  }
  const int call = ++calls[name];
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find_first_of(", \n", begin);
    const std::string item = text.substr(begin, end - begin);
    if (item.compare(0, name.size() + 1, name + "=") == 0) {
      const size_t at = item.find('@');
      if (at == std::string::npos || std::atoi(item.c_str() + at + 1) == call)
        return std::atoi(item.c_str() + name.size() + 1);
    }
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return 0;
}

// After these, nothing works in this process any more.
bool is_sticky(int error) {
  return error == cudaErrorECCUncorrectable || error == cudaErrorIllegalAddress || error == cudaErrorLaunchTimeout ||
         error == cudaErrorAssert || (error >= cudaErrorHardwareStackError && error <= cudaErrorLaunchFailure);
}

// A call of the run time.
template <class Body> cudaError_t call(const char* name, Body body) {
  const std::lock_guard<std::mutex> lock(mutex);
  cudaError_t error = sticky;
  if (!error) error = static_cast<cudaError_t>(fault(name));
  if (!error) error = body();
  if (is_sticky(error)) sticky = error;
  if (error) last_error = error;
  return error;
}

// ---- streams ----

void step(CUstream_st& stream) {
  Work work = std::move(stream.queue.front());
  stream.queue.pop_front();
  work();
}

void drain(CUstream_st& stream) {
  while (!stream.queue.empty()) step(stream);
}

void drain_all() {
  for (cudaStream_t stream : streams) drain(*stream);
}

void wait(const Record& record) {
  while (!record.done) step(*record.stream);
}

cudaStream_t find(cudaStream_t stream) {
  if (!stream) return &null_stream;
  return streams.count(stream) ? stream : nullptr;
}

// A call that a capture forbids.
cudaError_t forbid(Capture& capture, cudaError_t error = cudaErrorStreamCaptureUnsupported) {
  capture.invalid = true;
  return error;
}

// A call that may wait for the device: forbidden to threads that capture, and to all during a global capture.
cudaError_t unsafe() {
  cudaError_t error = cudaSuccess;
  for (cudaStream_t stream : streams) {
    if (!stream->capture) continue;
    Capture& capture = *stream->capture;
    const bool own = capture.thread == std::this_thread::get_id();
    if (capture.mode == cudaStreamCaptureModeGlobal || (capture.mode == cudaStreamCaptureModeThreadLocal && own))
      error = forbid(capture);
  }
  return error;
}

cudaError_t enqueue(cudaStream_t handle, Work work) {
  const cudaStream_t stream = find(handle);
  if (!stream) return cudaErrorInvalidResourceHandle;
  if (stream->capture) {
    if (stream->capture->invalid) return cudaErrorStreamCaptureInvalidated;
    stream->capture->nodes->push_back(std::move(work));
    return cudaSuccess;
  }
  // The null stream and the blocking ones wait for each other.
  if (stream == &null_stream) {
    for (cudaStream_t other : streams) {
      if (!other->blocking) continue;
      if (other->capture) return forbid(*other->capture, cudaErrorStreamCaptureImplicit);
      if (other != stream) drain(*other);
    }
  } else if (stream->blocking) {
    drain(null_stream);
  }
  static const bool delay = setting("ELBO4J_EMULATION_DELAY", 1) != 0;
  constexpr size_t longest_queue = 1024;
  stream->queue.push_back(std::move(work));
  if (!delay) drain(*stream);
  if (stream->queue.size() > longest_queue) step(*stream);
  return cudaSuccess;
}

// ---- memory ----

std::map<const char*, Allocation>::iterator find_memory(std::map<const char*, Allocation>& memory,
                                                        const void* address) {
  auto next = memory.upper_bound(static_cast<const char*>(address));
  if (next == memory.begin()) return memory.end();
  auto found = std::prev(next);
  return static_cast<const char*>(address) < found->first + found->second.bytes ? found : memory.end();
}

bool holds(std::map<const char*, Allocation>& memory, const void* address, size_t bytes) {
  auto found = find_memory(memory, address);
  return found != memory.end() && !found->second.freed &&
         static_cast<const char*>(address) + bytes <= found->first + found->second.bytes;
}

cudaError_t allocate(std::map<const char*, Allocation>& memory, void** address, size_t bytes) {
  *address = nullptr;
  if (bytes == 0) return cudaSuccess;
  if (posix_memalign(address, 256, bytes)) return cudaErrorMemoryAllocation;
  std::memset(*address, 0xff, bytes);
  memory.emplace(static_cast<const char*>(*address), Allocation{bytes});
  return cudaSuccess;
}

cudaError_t allocate_device(void** address, size_t bytes) {
  if (!address) return cudaErrorInvalidValue;
  const size_t total = total_memory();
  if (bytes > total - std::min(total, used_memory)) drain_all();  // what is to be freed
  if (bytes > total - std::min(total, used_memory)) return cudaErrorMemoryAllocation;
  const cudaError_t error = allocate(device_memory, address, bytes);
  if (!error) used_memory += bytes;
  return error;
}

void release_device(const void* address) {
  auto found = device_memory.find(static_cast<const char*>(address));
  used_memory -= found->second.bytes;
  device_memory.erase(found);
  std::free(const_cast<void*>(address));
}

cudaError_t allocate_host(void** address, size_t bytes) {
  if (!address) return cudaErrorInvalidValue;
  if (const cudaError_t error = unsafe()) return error;
  return allocate(host_memory, address, bytes);
}

cudaError_t copy(void* target, const void* source, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (bytes == 0) return cudaSuccess;
  bool from_device = holds(device_memory, source, bytes), to_device = holds(device_memory, target, bytes);
  if (kind != cudaMemcpyDefault) {
    const bool says_from = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    const bool says_to = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    if (says_from != from_device || says_to != to_device) return cudaErrorInvalidValue;
  }
  const cudaStream_t on = find(stream);
  if (!on) return cudaErrorInvalidResourceHandle;
  if (!on->capture && !from_device && !holds(host_memory, source, bytes)) {
    // Pageable memory may be changed after the call.
    const char* begin = static_cast<const char*>(source);
    return enqueue(stream, [target, values = std::vector<char>(begin, begin + bytes)] {
      std::memcpy(target, values.data(), values.size());
    });
  }
  const cudaError_t error = enqueue(stream, [=] { std::memmove(target, source, bytes); });
  // Pageable memory has been written after the call.
  if (!error && !on->capture && !to_device && !holds(host_memory, target, bytes)) drain(*on);
  return error;
}

void run_nodes(const Nodes& nodes) {
  for (const Work& node : nodes) node();
}

}  // namespace

// ---- errors ----

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define X(name, number, description) \
  case name:                         \
    return #name;
#include "errors.inc"
#undef X
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
#define X(name, number, description) \
  case name:                         \
    return description;
#include "errors.inc"
#undef X
  }
  return "unrecognized error code";
}

cudaError_t cudaPeekAtLastError() {
  const std::lock_guard<std::mutex> lock(mutex);
  return sticky ? sticky : last_error;
}

cudaError_t cudaGetLastError() {
  const cudaError_t error = cudaPeekAtLastError();
  last_error = cudaSuccess;
  return error;
}

// ---- the device ----

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
      case cudaDevAttrMaxThreadsPerBlock:
        *value = 1024;
        break;
      case cudaDevAttrWarpSize:
        *value = 32;
        break;
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
        *value = 1;
        break;
      default:
        return cudaErrorInvalidValue;
    }
    return cudaSuccess;
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  *properties = {};
  std::strcpy(properties->name, "CUDA emulation");
  properties->totalGlobalMem = total_memory();
  const std::pair<int*, cudaDeviceAttr> attributes[] = {
      {&properties->major, cudaDevAttrComputeCapabilityMajor},
      {&properties->minor, cudaDevAttrComputeCapabilityMinor},
      {&properties->multiProcessorCount, cudaDevAttrMultiProcessorCount},
      {&properties->l2CacheSize, cudaDevAttrL2CacheSize},
      {&properties->warpSize, cudaDevAttrWarpSize},
      {&properties->maxThreadsPerBlock, cudaDevAttrMaxThreadsPerBlock},
  };
  for (auto [value, attribute] : attributes)
    if (const cudaError_t error = cudaDeviceGetAttribute(value, attribute, device)) return error;
  return call("cudaGetDeviceProperties", [] { return cudaSuccess; });
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
    *attributes = {};
    attributes->maxThreadsPerBlock = 1024;
    attributes->binaryVersion = attributes->ptxVersion = 90;
    return cudaSuccess;
  });
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute, int) {
  return call("cudaFuncSetAttribute", [=] { return kernel ? cudaSuccess : cudaErrorInvalidDeviceFunction; });
}

cudaError_t elbo4j::emulation::launch(const cudaLaunchConfig_t& config, const void* address, Work kernel) {
  return call("cudaLaunchKernelEx", [&] {
    const dim3 grid = config.gridDim, block = config.blockDim;
    if (!address) return cudaErrorInvalidDeviceFunction;
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7fffffff || grid.y > 0xffff || grid.z > 0xffff ||
        block.x == 0 || block.y == 0 || block.z == 0 || block.x > 1024 || block.y > 1024 || block.z > 64 ||
        block.x * block.y * block.z > 1024)
      return cudaErrorInvalidConfiguration;
    if (config.dynamicSmemBytes) return cudaErrorNotSupported;
    for (unsigned i = 0; i < config.numAttrs; i++)
      if (config.attrs[i].id != cudaLaunchAttributeIgnore &&
          config.attrs[i].id != cudaLaunchAttributeProgrammaticStreamSerialization)
        return cudaErrorNotSupported;
    return enqueue(config.stream, [=] { run(grid, block, address, kernel); });
  });
}

// ---- memory ----

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return call("cudaMemGetInfo", [=] {
    *total = total_memory();
    *free = *total - std::min(*total, used_memory);
    return cudaSuccess;
  });
}

cudaError_t cudaMalloc(void** memory, size_t bytes) {
  return call("cudaMalloc", [=] {
    const cudaError_t error = unsafe();
    return error ? error : allocate_device(memory, bytes);
  });
}

cudaError_t cudaFree(void* memory) {
  return call("cudaFree", [=] {
    if (const cudaError_t error = unsafe()) return error;
    if (!memory) return cudaSuccess;
    drain_all();
    auto found = device_memory.find(static_cast<const char*>(memory));
    if (found == device_memory.end() || found->second.freed) return cudaErrorInvalidValue;
    release_device(memory);
    return cudaSuccess;
  });
}

cudaError_t cudaMallocAsync(void** memory, size_t bytes, cudaStream_t stream) {
  return call("cudaMallocAsync", [=] {
    const cudaStream_t on = find(stream);
    if (!on) return cudaErrorInvalidResourceHandle;
    if (on->capture && on->capture->invalid) return cudaErrorStreamCaptureInvalidated;
    const cudaError_t error = allocate_device(memory, bytes);
    if (error || bytes == 0 || !on->capture) return error;
    // A graph has its memory from its capture on, and new contents at each launch.
    device_memory.at(static_cast<const char*>(*memory)).graph = on->capture->nodes.get();
    return enqueue(stream, [address = *memory, bytes] { std::memset(address, 0xff, bytes); });
  });
}

cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream) {
  return call("cudaFreeAsync", [=] {
    const cudaStream_t on = find(stream);
    if (!on) return cudaErrorInvalidResourceHandle;
    if (!memory) return cudaSuccess;
    auto found = device_memory.find(static_cast<const char*>(memory));
    if (found == device_memory.end() || found->second.freed) return cudaErrorInvalidValue;
    if (on->capture) {
      if (found->second.graph != on->capture->nodes.get()) return cudaErrorInvalidValue;
      found->second.freed = true;
      // It is released with the graph.
      const std::shared_ptr<void> owner(memory, release_device);
      return enqueue(stream, [owner, bytes = found->second.bytes] { std::memset(owner.get(), 0xff, bytes); });
    }
    const cudaError_t error = enqueue(stream, [memory] { release_device(memory); });
    if (!error && (found = device_memory.find(static_cast<const char*>(memory))) != device_memory.end())
      found->second.freed = true;
    return error;
  });
}

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
  return call("cudaDeviceGetDefaultMemPool", [=] {
    if (device != 0) return cudaErrorInvalidDevice;
    *pool = reinterpret_cast<cudaMemPool_t>(&device_memory);
    return cudaSuccess;
  });
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr, void* value) {
  return call("cudaMemPoolSetAttribute", [=] {
    return pool == reinterpret_cast<cudaMemPool_t>(&device_memory) && value ? cudaSuccess : cudaErrorInvalidValue;
  });
}

cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  return call("cudaMallocHost", [=] { return allocate_host(memory, bytes); });
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  return call("cudaHostAlloc", [=] { return allocate_host(memory, bytes); });
}

cudaError_t cudaFreeHost(void* memory) {
  return call("cudaFreeHost", [=] {
    if (const cudaError_t error = unsafe()) return error;
    if (!memory) return cudaSuccess;
    drain_all();
    if (!host_memory.erase(static_cast<const char*>(memory))) return cudaErrorInvalidValue;
    std::free(memory);
    return cudaSuccess;
  });
}

cudaError_t cudaMemcpy(void* target, const void* source, size_t bytes, cudaMemcpyKind kind) {
  return call("cudaMemcpy", [=] {
    cudaError_t error = unsafe();
    if (!error) error = copy(target, source, bytes, kind, nullptr);
    if (!error) drain(null_stream);
    return error;
  });
}

cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return call("cudaMemcpyAsync", [=] { return copy(target, source, bytes, kind, stream); });
}

cudaError_t cudaMemsetAsync(void* target, int value, size_t bytes, cudaStream_t stream) {
  return call("cudaMemsetAsync", [=] {
    if (bytes == 0) return cudaSuccess;
    if (!holds(device_memory, target, bytes)) return cudaErrorInvalidValue;
    return enqueue(stream, [=] { std::memset(target, value, bytes); });
  });
}

// ---- streams and events ----

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  return call("cudaStreamCreateWithFlags", [=] {
    *stream = new CUstream_st;
    (*stream)->blocking = !(flags & cudaStreamNonBlocking);
    streams.insert(*stream);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return call("cudaStreamDestroy", [=] {
    if (!streams.count(stream)) return cudaErrorInvalidResourceHandle;
    if (stream->capture) return forbid(*stream->capture);
    drain(*stream);
    streams.erase(stream);
    delete stream;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
  return call("cudaStreamSynchronize", [=] {
    const cudaStream_t stream = find(handle);
    if (!stream) return cudaErrorInvalidResourceHandle;
    if (stream->capture) return forbid(*stream->capture);
    drain(*stream);
    return cudaSuccess;
  });
}

// A query lets the device do one more thing.
cudaError_t cudaStreamQuery(cudaStream_t handle) {
  return call("cudaStreamQuery", [=] {
    const cudaStream_t stream = find(handle);
    if (!stream) return cudaErrorInvalidResourceHandle;
    if (stream->capture) return forbid(*stream->capture);
    if (stream->queue.empty()) return cudaSuccess;
    step(*stream);
    return cudaErrorNotReady;
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return call("cudaEventCreateWithFlags", [=] {
    *event = new CUevent_st{!(flags & cudaEventDisableTiming), nullptr, nullptr};
    events.insert(*event);
    return cudaSuccess;
  });
}

cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, cudaEventDefault); }

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return call("cudaEventDestroy", [=] {
    if (!events.erase(event)) return cudaErrorInvalidResourceHandle;
    delete event;
    return cudaSuccess;
  });
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t handle) {
  return call("cudaEventRecord", [=] {
    const cudaStream_t stream = find(handle);
    if (!stream || !events.count(event)) return cudaErrorInvalidResourceHandle;
    if ((event->capture = stream->capture)) return cudaSuccess;
    const auto record = std::make_shared<Record>();
    record->stream = stream;
    event->record = record;
    return enqueue(handle, [record] {
      record->time = std::chrono::steady_clock::now();
      record->done = true;
    });
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event, unsigned) {
  return call("cudaStreamWaitEvent", [=] {
    const cudaStream_t stream = find(handle);
    if (!stream || !events.count(event)) return cudaErrorInvalidResourceHandle;
    if (stream->capture) {
      if (stream->capture == event->capture) return cudaSuccess;
      return forbid(*stream->capture, cudaErrorStreamCaptureIsolation);
    }
    if (event->capture) return cudaErrorNotSupported;  // a fork of the capture
    if (!event->record) return cudaSuccess;
    return enqueue(handle, [record = event->record] { wait(*record); });
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return call("cudaEventSynchronize", [=] {
    if (!events.count(event)) return cudaErrorInvalidResourceHandle;
    if (event->capture) return forbid(*event->capture, cudaErrorCapturedEvent);
    if (const cudaError_t error = unsafe()) return error;
    if (event->record) wait(*event->record);
    return cudaSuccess;
  });
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  return call("cudaEventQuery", [=] {
    if (!events.count(event)) return cudaErrorInvalidResourceHandle;
    if (event->capture) return forbid(*event->capture, cudaErrorCapturedEvent);
    if (const cudaError_t error = unsafe()) return error;
    if (!event->record || event->record->done) return cudaSuccess;
    step(*event->record->stream);
    return cudaErrorNotReady;
  });
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  return call("cudaEventElapsedTime", [=] {
    if (!events.count(from) || !events.count(to)) return cudaErrorInvalidResourceHandle;
    if (!from->timed || !to->timed || !from->record || !to->record) return cudaErrorInvalidResourceHandle;
    if (!from->record->done || !to->record->done) return cudaErrorNotReady;
    *milliseconds = std::chrono::duration<float, std::milli>(to->record->time - from->record->time).count();
    return cudaSuccess;
  });
}

// ---- graphs ----

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return call("cudaStreamBeginCapture", [=] {
    if (!stream) return cudaErrorStreamCaptureUnsupported;
    if (!find(stream)) return cudaErrorInvalidResourceHandle;
    if (stream->capture) return cudaErrorIllegalState;
    stream->capture = std::make_shared<Capture>();
    stream->capture->mode = mode;
    stream->capture->thread = std::this_thread::get_id();
    return cudaSuccess;
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = nullptr;
  return call("cudaStreamEndCapture", [=] {
    if (!stream || !find(stream)) return cudaErrorInvalidResourceHandle;
    const std::shared_ptr<Capture> capture = stream->capture;
    if (!capture) return cudaErrorIllegalState;
    if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != std::this_thread::get_id())
      return cudaErrorStreamCaptureWrongThread;
    stream->capture = nullptr;
    if (capture->invalid) return cudaErrorStreamCaptureInvalidated;
    *graph = new CUgraph_st{capture->nodes};
    graphs.insert(*graph);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t handle, cudaStreamCaptureStatus* status) {
  return call("cudaStreamIsCapturing", [=] {
    const cudaStream_t stream = find(handle);
    if (!stream) return cudaErrorInvalidResourceHandle;
    *status = !stream->capture           ? cudaStreamCaptureStatusNone
              : stream->capture->invalid ? cudaStreamCaptureStatusInvalidated
                                         : cudaStreamCaptureStatusActive;
    return cudaSuccess;
  });
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) {
  return call("cudaGraphGetNodes", [=] {
    if (!graphs.count(graph) || nodes) return cudaErrorInvalidValue;  // only their number is emulated
    *count = graph->nodes->size();
    return cudaSuccess;
  });
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  return call("cudaGraphInstantiateWithFlags", [=] {
    if (!graphs.count(graph)) return cudaErrorInvalidValue;
    *executable = new CUgraphExec_st{graph->nodes};
    executables.insert(*executable);
    return cudaSuccess;
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags) {
  return cudaGraphInstantiateWithFlags(executable, graph, flags);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  return call("cudaGraphLaunch", [=] {
    if (!executables.count(executable)) return cudaErrorInvalidValue;
    return enqueue(stream, [nodes = executable->nodes] { run_nodes(*nodes); });
  });
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  return call("cudaGraphExecDestroy", [=] {
    if (!executables.erase(executable)) return cudaErrorInvalidValue;
    delete executable;
    return cudaSuccess;
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return call("cudaGraphDestroy", [=] {
    if (!graphs.erase(graph)) return cudaErrorInvalidValue;
    delete graph;
    return cudaSuccess;
  });
}
