// Memory: the heap's, a block of its own for each allocation, filled with NaN. What is freed returns to a pool, which
// keeps it from others until the pool is destroyed.
#include "runtime.h"

#include <algorithm>
#include <cstdlib>
#include <map>

using namespace elbo4j::emulation;

struct CUmemPoolHandle_st {
  size_t used = 0, kept = 0;
  uint64_t threshold = 0;
  bool destroyed = false;
};

namespace {

struct Allocation {
  size_t bytes;
  cudaMemPool_t pool = nullptr;  // of this pool or of none
  bool freed = false;            // cudaFreeAsync was called
};

using Memory = std::map<const char*, Allocation>;
auto &device_memory = lasting<Memory>(), &host_memory = lasting<Memory>();
auto& pools = lasting<std::set<cudaMemPool_t>>();
size_t used_memory;  // by allocations, and kept by pools

Memory::iterator find_memory(Memory& memory, const void* address) {
  auto next = memory.upper_bound(static_cast<const char*>(address));
  if (next == memory.begin()) return memory.end();
  auto found = std::prev(next);
  return static_cast<const char*>(address) < found->first + found->second.bytes ? found : memory.end();
}

bool holds(Memory& memory, const void* address, size_t bytes) {
  auto found = find_memory(memory, address);
  return found != memory.end() && !found->second.freed &&
         static_cast<const char*>(address) + bytes <= found->first + found->second.bytes;
}

cudaError_t allocate(Memory& memory, void** address, size_t bytes) {
  *address = nullptr;
  if (bytes == 0) return cudaSuccess;
  if (posix_memalign(address, 256, bytes)) return cudaErrorMemoryAllocation;
  std::memset(*address, 0xff, bytes);
  memory.emplace(static_cast<const char*>(*address), Allocation{bytes});
  return cudaSuccess;
}

cudaError_t allocate_device(void** address, size_t bytes, cudaMemPool_t pool) {
  if (!address) return cudaErrorInvalidValue;
  const auto missing = [=] {
    const size_t reused = pool ? std::min(bytes, pool->kept) : 0, total = total_memory();
    return bytes - reused > total - std::min(total, used_memory);
  };
  if (missing()) drain_all();  // what is to be freed
  if (missing()) return cudaErrorMemoryAllocation;
  if (const cudaError_t error = allocate(device_memory, address, bytes)) return error;
  used_memory += bytes;
  if (pool && bytes > 0) {
    device_memory.at(static_cast<const char*>(*address)).pool = pool;
    const size_t reused = std::min(bytes, pool->kept);
    pool->kept -= reused;
    used_memory -= reused;
    pool->used += bytes;
  }
  return cudaSuccess;
}

// Gives back what the pool keeps too much of; a destroyed one ends with its last allocation.
void trim(cudaMemPool_t pool) {
  const size_t most = pool->destroyed ? 0 : pool->threshold, kept = std::min<size_t>(pool->kept, most);
  used_memory -= pool->kept - kept;
  pool->kept = kept;
  if (pool->destroyed && pool->used == 0) delete pool;
}

void release_device(const void* address) {
  auto found = device_memory.find(static_cast<const char*>(address));
  const Allocation allocation = found->second;
  device_memory.erase(found);
  std::free(const_cast<void*>(address));
  if (cudaMemPool_t pool = allocation.pool) {
    pool->used -= allocation.bytes;
    pool->kept += allocation.bytes;
    trim(pool);
  } else {
    used_memory -= allocation.bytes;
  }
}

}  // namespace

size_t elbo4j::emulation::total_memory() { return setting("ELBO4J_EMULATION_MEMORY", (size_t)4 << 30); }

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
    return error ? error : allocate_device(memory, bytes, nullptr);
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

cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* properties) {
  return call("cudaMemPoolCreate", [=] {
    if (fault("noPools")) return cudaErrorNotSupported;
    if (properties->allocType != cudaMemAllocationTypePinned ||
        properties->location.type != cudaMemLocationTypeDevice || properties->location.id != 0)
      return cudaErrorInvalidValue;
    *pool = new CUmemPoolHandle_st;
    pools.insert(*pool);
    return cudaSuccess;
  });
}

cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool) {
  return call("cudaMemPoolDestroy", [=] {
    if (!pools.erase(pool)) return cudaErrorInvalidValue;
    pool->destroyed = true;
    trim(pool);
    return cudaSuccess;
  });
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr, void* value) {
  return call("cudaMemPoolSetAttribute", [=] {
    if (!pools.count(pool)) return cudaErrorInvalidValue;
    pool->threshold = *static_cast<uint64_t*>(value);
    return cudaSuccess;
  });
}

cudaError_t cudaMallocFromPoolAsync(void** memory, size_t bytes, cudaMemPool_t pool, cudaStream_t stream) {
  return call("cudaMallocFromPoolAsync", [=] {
    const cudaStream_t on = find(stream);
    if (!on) return cudaErrorInvalidResourceHandle;
    if (!pools.count(pool)) return cudaErrorInvalidValue;
    if (on->capture) return forbid(*on->capture, cudaErrorNotSupported);
    return allocate_device(memory, bytes, pool);
  });
}

cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream) {
  return call("cudaFreeAsync", [=] {
    const cudaStream_t on = find(stream);
    if (!on) return cudaErrorInvalidResourceHandle;
    if (!memory) return cudaSuccess;
    if (on->capture) return forbid(*on->capture, cudaErrorNotSupported);
    auto found = device_memory.find(static_cast<const char*>(memory));
    if (found == device_memory.end() || found->second.freed) return cudaErrorInvalidValue;
    found->second.freed = true;
    const cudaError_t error = enqueue(stream, [memory] { release_device(memory); });
    if (error) found->second.freed = false;
    return error;
  });
}

cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  return call("cudaMallocHost", [=] {
    if (!memory) return cudaErrorInvalidValue;
    const cudaError_t error = unsafe();
    return error ? error : allocate(host_memory, memory, bytes);
  });
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

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* address) {
  return call("cudaPointerGetAttributes", [=] {
    void* const pointer = const_cast<void*>(address);
    if (holds(device_memory, address, 0))
      *attributes = {cudaMemoryTypeDevice, 0, pointer, nullptr};
    else if (holds(host_memory, address, 0))
      *attributes = {cudaMemoryTypeHost, 0, pointer, pointer};
    else
      *attributes = {cudaMemoryTypeUnregistered, -1, nullptr, pointer};
    return cudaSuccess;
  });
}

cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return call("cudaMemcpyAsync", [=] {
    if (bytes == 0) return cudaSuccess;
    const bool from_device = kind != cudaMemcpyHostToDevice, to_device = kind != cudaMemcpyDeviceToHost;
    if (from_device != holds(device_memory, source, bytes) || to_device != holds(device_memory, target, bytes))
      return cudaErrorInvalidValue;
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
  });
}

cudaError_t cudaMemsetAsync(void* target, int value, size_t bytes, cudaStream_t stream) {
  return call("cudaMemsetAsync", [=] {
    if (bytes == 0) return cudaSuccess;
    if (!holds(device_memory, target, bytes)) return cudaErrorInvalidValue;
    return enqueue(stream, [=] { std::memset(target, value, bytes); });
  });
}
