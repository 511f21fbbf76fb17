// What the calls of the run time share. A stream is a queue of functions, run as late as CUDA may run them: when
// something waits for them.
#pragma once
#define ELBO4J_EMULATION_HOST_ONLY
#include "cuda_runtime.h"

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace elbo4j::emulation {

// Never destroyed: when a JVM ends, its other threads go on.
template <class T> T& lasting() { return *new T; }

// Of the environment.
size_t setting(const char* name, size_t otherwise);

// ---- errors.cpp ----

// Everything is guarded by it.
extern std::mutex& mutex;

// The number after "name=" in ELBO4J_EMULATION_FAULT if this call of it is meant, or 0.
int fault(const std::string& name);

// What a call of the run time begins with, and what it ends with.
cudaError_t begin(const char* name);
cudaError_t end(cudaError_t error);

template <class Body> cudaError_t call(const char* name, Body body) {
  const std::lock_guard<std::mutex> lock(mutex);
  cudaError_t error = begin(name);
  if (!error) error = body();
  return end(error);
}

// ---- streams.cpp ----

using Nodes = std::vector<Work>;

struct Capture {
  std::thread::id thread;
  std::shared_ptr<Nodes> nodes = std::make_shared<Nodes>();
  bool invalid = false;
};

}  // namespace elbo4j::emulation

struct CUstream_st {
  bool blocking = true;  // with the null stream
  std::deque<elbo4j::emulation::Work> queue;
  std::shared_ptr<elbo4j::emulation::Capture> capture;
};

namespace elbo4j::emulation {

// Or null if there is no such stream.
cudaStream_t find(cudaStream_t stream);
cudaError_t enqueue(cudaStream_t stream, Work work);
void drain(CUstream_st& stream);
void drain_all();

// A call that a capture forbids.
cudaError_t forbid(Capture& capture, cudaError_t error = cudaErrorStreamCaptureUnsupported);
// A call that may wait for the device: forbidden to a thread that captures.
cudaError_t unsafe();

// ---- memory.cpp ----

size_t total_memory();

}  // namespace elbo4j::emulation
