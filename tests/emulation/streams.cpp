// Streams, events, and the capture of a stream's work as a graph.
#include "runtime.h"

#include <chrono>

using namespace elbo4j::emulation;

struct CUgraph_st {
  std::shared_ptr<Nodes> nodes;
};
struct CUgraphExec_st {
  std::shared_ptr<Nodes> nodes;
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

auto& null_stream = lasting<CUstream_st>();
auto& streams = *new std::set<cudaStream_t>{&null_stream};
auto& events = lasting<std::set<cudaEvent_t>>();
auto& graphs = lasting<std::set<cudaGraph_t>>();
auto& executables = lasting<std::set<cudaGraphExec_t>>();

void step(CUstream_st& stream) {
  Work work = std::move(stream.queue.front());
  stream.queue.pop_front();
  work();
}

void wait(const Record& record) {
  while (!record.done) step(*record.stream);
}

}  // namespace

namespace elbo4j::emulation {

cudaStream_t find(cudaStream_t stream) {
  if (!stream) return &null_stream;
  return streams.count(stream) ? stream : nullptr;
}

void drain(CUstream_st& stream) {
  while (!stream.queue.empty()) step(stream);
}

void drain_all() {
  for (cudaStream_t stream : streams) drain(*stream);
}

cudaError_t forbid(Capture& capture, cudaError_t error) {
  capture.invalid = true;
  return error;
}

cudaError_t unsafe() {
  cudaError_t error = cudaSuccess;
  for (cudaStream_t stream : streams)
    if (stream->capture && stream->capture->thread == std::this_thread::get_id()) error = forbid(*stream->capture);
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

}  // namespace elbo4j::emulation

// ---- streams ----

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

// ---- events ----

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  return call("cudaEventCreateWithFlags", [=] {
    *event = new CUevent_st{!(flags & cudaEventDisableTiming), nullptr, nullptr};
    events.insert(*event);
    return cudaSuccess;
  });
}

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

// A query lets the device do one more thing.
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

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  return call("cudaStreamBeginCapture", [=] {
    if (!stream) return cudaErrorStreamCaptureUnsupported;
    if (!find(stream)) return cudaErrorInvalidResourceHandle;
    if (stream->capture) return cudaErrorIllegalState;
    stream->capture = std::make_shared<Capture>();
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
    if (capture->thread != std::this_thread::get_id()) return cudaErrorStreamCaptureWrongThread;
    stream->capture = nullptr;
    if (capture->invalid) return cudaErrorStreamCaptureInvalidated;
    *graph = new CUgraph_st{capture->nodes};
    graphs.insert(*graph);
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

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  return call("cudaGraphLaunch", [=] {
    if (!executables.count(executable)) return cudaErrorInvalidValue;
    return enqueue(stream, [nodes = executable->nodes] {
      for (const Work& node : *nodes) node();
    });
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
