// The emulation tested by itself: that it means what CUDA means, and that it finds the mistakes it is there for.
#include <cuda_runtime.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

int failures = -1;  // not 0, which is where __shared__ lies; main begins

void check(bool holds, const char* what, int line) {
  if (holds) return;
  std::fprintf(stderr, "self_test.cu:%d: %s\n", line, what);
  failures++;
}
#define CHECK(condition) check(condition, #condition, __LINE__)

template <class... Parameters, class... Arguments>
cudaError_t launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, cudaStream_t stream, Arguments... arguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = stream;
  return cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...);
}

// A pool that keeps what is freed.
cudaMemPool_t new_pool() {
  cudaMemPoolProps properties = {cudaMemAllocationTypePinned, {cudaMemLocationTypeDevice, 0}};
  uint64_t threshold = UINT64_MAX;
  cudaMemPool_t pool = nullptr;
  CHECK(cudaMemPoolCreate(&pool, &properties) == cudaSuccess);
  CHECK(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold) == cudaSuccess);
  return pool;
}

size_t free_bytes() {
  size_t free = 0, total = 0;
  CHECK(cudaDeviceSynchronize() == cudaSuccess && cudaMemGetInfo(&free, &total) == cudaSuccess);
  return free;
}

// Device memory with a copy on the host.
template <class T> struct Array {
  T* device;
  std::vector<T> host;

  explicit Array(size_t size) : host(size) { CHECK(cudaMalloc(&device, size * sizeof(T)) == cudaSuccess); }
  ~Array() { CHECK(cudaFree(device) == cudaSuccess); }
  std::vector<T>& fetch(cudaStream_t stream = nullptr) {
    CHECK(cudaMemcpyAsync(host.data(), device, host.size() * sizeof(T), cudaMemcpyDeviceToHost, stream) == cudaSuccess);
    return host;
  }
};

// What a part of the program prints before it ends in an error; "" if it does not.
template <class Body> std::string last_words(Body body) {
  int ends[2];
  if (pipe(ends)) return "";
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    body();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, size);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : text;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// ---- kernels ----

__global__ void indices(int* out) {
  const int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  const int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  out[thread + (int)(blockDim.x * blockDim.y * blockDim.z) * block] += thread + 1000 * block;
}

template <bool BARRIER> __global__ void __launch_bounds__(256) reverse(const float* in, float* out) {
  __shared__ __align__(16) float values[256];
  const int thread = threadIdx.x, first = 256 * blockIdx.x;
  values[thread] = in[first + thread];
  if (BARRIER) __syncthreads();
  out[first + thread] = values[255 - thread];
}

// Many barriers, each of which is needed.
__global__ void rotate(int* values, int rounds) {
  __shared__ int ring[2][96];
  int value = values[threadIdx.x];
  for (int i = 0; i < rounds; i++) {
    ring[i % 2][threadIdx.x] = value;
    __syncthreads();
    value = ring[i % 2][(threadIdx.x + 1) % 96];
  }
  values[threadIdx.x] = value;
}

template <class T> __global__ void shuffles(T* out) {
  const T value = (T)(threadIdx.x * 3 + 1) / 2;
  T* row = out + 4 * threadIdx.x;
  row[0] = __shfl_xor_sync(0xffffffffu, value, 5);
  row[1] = __shfl_xor_sync(0xffffffffu, value, 16);
  row[2] = __shfl_sync(0xffffffffu, value, 7);
  __syncwarp();
  row[3] = __shfl_sync(0xffffffffu, value, 11, 8);
}

__global__ void barrier_for_some() {
  if (threadIdx.x < 40) __syncthreads();
}

__global__ void shuffle_after_return(float* out) {
  if (threadIdx.x == 5) return;
  out[threadIdx.x] = __shfl_xor_sync(0xffffffffu, out[threadIdx.x], 1);
}

__global__ void two_barriers() {
  if (threadIdx.x < 32)
    __syncthreads();
  else
    __syncthreads();
}

__global__ void read_shared(float* out) {
  __shared__ float values[32];
  out[32 * blockIdx.x + threadIdx.x] = values[threadIdx.x];
  values[threadIdx.x] = 1.0f;
}

__global__ void add(int* out, int value) { *out += value; }
#ifdef __SANITIZE_ADDRESS__
__global__ void store(int* out, int at) { out[at] = 1; }
__global__ void load_shared(int* out, int at) {
  __shared__ int values[32];
  const int* value = values + at;
  values[out[1] & 31] = out[0];
  out[0] = *value;
}
__global__ void load_vector(const float* in, float* out) { *out = reinterpret_cast<const float4*>(in)->x; }
#endif

// ---- tests ----

void execution() {
  Array<int> found(12 * 24);
  CHECK(cudaMemsetAsync(found.device, 0, 12 * 24 * sizeof(int)) == cudaSuccess);
  CHECK(launch(indices, dim3(3, 2, 2), dim3(4, 3, 2), nullptr, found.device) == cudaSuccess);
  found.fetch();
  for (int i = 0; i < 12 * 24; i++) CHECK(found.host[i] == i % 24 + 1000 * (i / 24));

  const int size = 256 * 37;
  Array<float> in(size), out(size);
  for (int i = 0; i < size; i++) in.host[i] = (float)i;
  CHECK(cudaMemcpyAsync(in.device, in.host.data(), size * sizeof(float), cudaMemcpyHostToDevice) == cudaSuccess);
  CHECK(launch(reverse<true>, 37, 256, nullptr, in.device, out.device) == cudaSuccess);
  out.fetch();
  for (int i = 0; i < size; i++) CHECK(out.host[i] == (float)(i / 256 * 256 + 255 - i % 256));
  CHECK(launch(reverse<false>, 37, 256, nullptr, in.device, out.device) == cudaSuccess);
  out.fetch();
  int wrong = 0, missing = 0;
  for (int i = 0; i < size; i++) {
    wrong += out.host[i] != (float)(i / 256 * 256 + 255 - i % 256);
    missing += std::isnan(out.host[i]);
  }
  CHECK(wrong > size / 4 && wrong == missing);  // a missing barrier is seen, and no block sees another's values

  Array<int> ring(96);
  for (int i = 0; i < 96; i++) ring.host[i] = i;
  CHECK(cudaMemcpyAsync(ring.device, ring.host.data(), sizeof(int) * 96, cudaMemcpyHostToDevice) == cudaSuccess);
  CHECK(launch(rotate, 1, 96, nullptr, ring.device, 1001) == cudaSuccess);
  ring.fetch();
  for (int i = 0; i < 96; i++) CHECK(ring.host[i] == (i + 1001) % 96);

  Array<float> nan(64);
  CHECK(std::isnan(nan.fetch()[63]));
  CHECK(launch(read_shared, 2, 32, nullptr, nan.device) == cudaSuccess);
  nan.fetch();
  for (float x : nan.host) CHECK(std::isnan(x));

  CHECK(min(3, 4u) == 3u && max(-1, 2) == 2 && min((int64_t)1 << 40, 7) == 7);
  CHECK(make_float4(1, 2, 3, 4).w == 4 && alignof(float4) == 16 && __float_as_uint(1.0f) == 0x3f800000u);
}

template <class T> void all_shuffles() {
  Array<T> out(4 * 64);
  CHECK(launch(shuffles<T>, 1, 64, nullptr, out.device) == cudaSuccess);
  out.fetch();
  for (int thread = 0; thread < 64; thread++) {
    const int lane = thread % 32, warp = thread - lane;
    const int sources[4] = {lane ^ 5, lane ^ 16, 7, (lane & ~7) | 3};
    for (int i = 0; i < 4; i++) CHECK(out.host[4 * thread + i] == (T)((warp + sources[i]) * 3 + 1) / 2);
  }
}

void mistakes() {
  std::string text = last_words([] {
    launch(barrier_for_some, dim3(1, 1, 3), 64, nullptr);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "a deadlock") && has(text, "barrier_for_some:") && has(text, "block (0, 0, ") &&
        has(text, "thread (0, 0, 0)") && has(text, "24 have returned") && has(text, "ELBO4J_EMULATION_SEED="));
  text = last_words([] {
    Array<float> out(32);
    launch(shuffle_after_return, 1, 32, nullptr, out.device);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "a deadlock") && has(text, "shuffle_after_return:"));
  text = last_words([] {
    launch(two_barriers, 1, 64, nullptr);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "waits at another place"));
#ifdef __SANITIZE_ADDRESS__
  text = last_words([] {
    Array<int> out(10);
    launch(store, 1, 1, nullptr, out.device, 10);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "heap-buffer-overflow") && has(text, "store"));
  text = last_words([] {
    Array<int> out(2);
    launch(load_shared, 1, 1, nullptr, out.device, 32);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "global-buffer-overflow") || has(text, "insufficient space"));
  text = last_words([] {
    int* memory = nullptr;
    cudaMallocFromPoolAsync(reinterpret_cast<void**>(&memory), 4, new_pool(), nullptr);
    cudaFreeAsync(memory, nullptr);
    launch(store, 1, 1, nullptr, memory, 0);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "heap-use-after-free"));
  text = last_words([] {
    Array<float> in(8);
    launch(load_vector, 1, 1, nullptr, in.device + 1, in.device);
    cudaDeviceSynchronize();
  });
  CHECK(has(text, "misaligned address"));
#endif
}

void errors() {
  CHECK(std::string(cudaGetErrorName(cudaErrorInsufficientDriver)) == "cudaErrorInsufficientDriver");
  CHECK(std::string(cudaGetErrorString(static_cast<cudaError_t>(100))) == "no CUDA-capable device is detected");
  int count = 0;
  setenv("ELBO4J_EMULATION_FAULT", "cudaGetDeviceCount=35,cudaMalloc=2@3,driver=12040", 1);
  CHECK(cudaGetDeviceCount(&count) == 35 && count == 0 && cudaGetLastError() == 35 && cudaGetLastError() == 0);
  CHECK(cudaDriverGetVersion(&count) == 0 && count == 12040);
  void* memory[4];
  for (int i = 0; i < 4; i++) CHECK(cudaMalloc(&memory[i], 8) == (i == 2 ? 2 : 0));
  unsetenv("ELBO4J_EMULATION_FAULT");
  for (int i : {0, 1, 3}) CHECK(cudaFreeAsync(memory[i], nullptr) == cudaSuccess);
  CHECK(cudaFreeAsync(memory[3], nullptr) == cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaErrorInvalidValue);
  CHECK(last_words([] {
          setenv("ELBO4J_EMULATION_FAULT", "cudaLaunchKernelEx=700@1", 1);
          const bool sticks = launch(two_barriers, 1, 1, nullptr) == 700 && cudaDeviceSynchronize() == 700 &&
                              cudaGetLastError() == 700 && cudaGetLastError() == 700;
          std::fprintf(stderr, "%d", sticks);
          _exit(1);
        }) == "1");

  setenv("ELBO4J_EMULATION_MEMORY", "1000", 1);
  CHECK(free_bytes() == 1000);
  CHECK(cudaMalloc(&memory[0], 600) == 0 && cudaMalloc(&memory[1], 600) == cudaErrorMemoryAllocation);
  CHECK(cudaFreeAsync(memory[0], nullptr) == 0 && cudaMalloc(&memory[1], 600) == 0 && free_bytes() == 400);
  CHECK(cudaFree(memory[1]) == 0);

  // A pool keeps what is freed from all others, until it is destroyed and its last memory freed.
  const cudaMemPool_t pool = new_pool();
  CHECK(cudaMallocFromPoolAsync(&memory[0], 500, pool, nullptr) == 0);
  CHECK(cudaMallocFromPoolAsync(&memory[1], 200, pool, nullptr) == 0 && free_bytes() == 300);
  CHECK(cudaFreeAsync(memory[0], nullptr) == 0 && free_bytes() == 300);
  CHECK(cudaMalloc(&memory[0], 400) == cudaErrorMemoryAllocation);
  CHECK(cudaMallocFromPoolAsync(&memory[0], 600, pool, nullptr) == 0 && free_bytes() == 200);
  CHECK(cudaFreeAsync(memory[0], nullptr) == 0 && cudaMemPoolDestroy(pool) == 0 && free_bytes() == 800);
  CHECK(cudaMallocFromPoolAsync(&memory[0], 1, pool, nullptr) == cudaErrorInvalidValue);
  CHECK(cudaFreeAsync(memory[1], nullptr) == 0 && free_bytes() == 1000);
  unsetenv("ELBO4J_EMULATION_MEMORY");

  cudaPointerAttributes attributes;
  Array<char> some(3);
  CHECK(cudaPointerGetAttributes(&attributes, some.device + 2) == 0 && attributes.type == cudaMemoryTypeDevice &&
        attributes.devicePointer == some.device + 2);
  CHECK(cudaPointerGetAttributes(&attributes, &some) == 0 && attributes.type == cudaMemoryTypeUnregistered);

  CHECK(launch(two_barriers, 1, 1025, nullptr) == cudaErrorInvalidConfiguration);
  CHECK(launch(two_barriers, dim3(1, 65536), 1, nullptr) == cudaErrorInvalidConfiguration);
  CHECK(launch(two_barriers, 0, 1, nullptr) == cudaErrorInvalidConfiguration);
  char byte = 0;
  CHECK(cudaMemcpyAsync(&byte, &byte, 1, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(&byte, 0, 1, nullptr) == cudaErrorInvalidValue);
}

void streams() {
  cudaStream_t one, two;
  cudaEvent_t event, later, untimed;
  CHECK(cudaStreamCreateWithFlags(&one, cudaStreamNonBlocking) == 0);
  CHECK(cudaStreamCreateWithFlags(&two, cudaStreamNonBlocking) == 0);
  CHECK(cudaEventCreateWithFlags(&event, cudaEventDefault) == 0);
  CHECK(cudaEventCreateWithFlags(&later, cudaEventDefault) == 0);
  CHECK(cudaEventCreateWithFlags(&untimed, cudaEventDisableTiming) == 0);
  Array<int> sum(1);
  int* staging;
  CHECK(cudaMallocHost(reinterpret_cast<void**>(&staging), sizeof(int)) == 0);

  // Page-locked memory is read and written late, pageable memory at once.
  *staging = 1;
  CHECK(cudaMemcpyAsync(sum.device, staging, sizeof(int), cudaMemcpyHostToDevice, one) == 0);
  *staging = 2;
  CHECK(sum.fetch(one)[0] == 2);
  int value = 3;
  CHECK(cudaMemcpyAsync(sum.device, &value, sizeof(int), cudaMemcpyHostToDevice, one) == 0);
  value = 4;
  CHECK(cudaMemcpyAsync(staging, sum.device, sizeof(int), cudaMemcpyDeviceToHost, one) == 0);
  CHECK(*staging == 2 && cudaStreamSynchronize(one) == 0 && *staging == 3);

  // An event orders two streams, and only what was recorded before it.
  CHECK(launch(add, 1, 1, one, sum.device, 10) == 0 && cudaEventRecord(event, one) == 0);
  CHECK(cudaEventQuery(event) == cudaErrorNotReady);
  CHECK(launch(add, 1, 1, one, sum.device, 100) == 0);
  CHECK(cudaStreamWaitEvent(two, event) == 0 && sum.fetch(two)[0] == 13);
  CHECK(cudaEventQuery(event) == 0 && cudaEventRecord(later, one) == 0 && cudaEventSynchronize(later) == 0);
  float milliseconds = -1;
  CHECK(cudaEventElapsedTime(&milliseconds, event, later) == 0 && milliseconds >= 0);
  CHECK(cudaEventRecord(untimed, one) == 0 && cudaEventSynchronize(untimed) == 0);
  CHECK(cudaEventElapsedTime(&milliseconds, event, untimed) == cudaErrorInvalidResourceHandle);

  // A captured launch runs when the graph does, with the arguments of the capture.
  cudaGraph_t graph;
  cudaGraphExec_t executable;
  CHECK(cudaStreamBeginCapture(one, cudaStreamCaptureModeThreadLocal) == 0);
  CHECK(cudaMemsetAsync(sum.device, 0, sizeof(int), one) == 0);
  for (int i = 1; i <= 3; i++) CHECK(launch(add, 1, 1, one, sum.device, i) == 0);
  CHECK(cudaStreamEndCapture(one, &graph) == 0 && sum.fetch(one)[0] == 113);
  size_t nodes = 0;
  CHECK(cudaGraphGetNodes(graph, nullptr, &nodes) == 0 && nodes == 4);
  CHECK(cudaGraphInstantiateWithFlags(&executable, graph) == 0 && cudaGraphDestroy(graph) == 0);
  for (int i = 0; i < 2; i++) CHECK(cudaGraphLaunch(executable, one) == 0);
  CHECK(launch(add, 1, 1, one, sum.device, 1000) == 0);
  CHECK(cudaGraphExecDestroy(executable) == 0 && sum.fetch(one)[0] == 1006);

  // What a capture does not survive.
  const cudaMemPool_t pool = new_pool();
  for (int way = 0; way < 5; way++) {
    void* memory = nullptr;
    CHECK(cudaEventRecord(event, two) == 0 && cudaStreamBeginCapture(one, cudaStreamCaptureModeThreadLocal) == 0);
    if (way == 0) CHECK(cudaStreamSynchronize(one) == cudaErrorStreamCaptureUnsupported);
    if (way == 1) CHECK(cudaMalloc(&memory, 4) == cudaErrorStreamCaptureUnsupported);
    if (way == 2) CHECK(cudaEventQuery(event) == cudaErrorStreamCaptureUnsupported);
    if (way == 3) CHECK(cudaStreamWaitEvent(one, event) == cudaErrorStreamCaptureIsolation);
    if (way == 4) CHECK(cudaMallocFromPoolAsync(&memory, 4, pool, one) == cudaErrorNotSupported);
    CHECK(launch(add, 1, 1, one, sum.device, 1) == cudaErrorStreamCaptureInvalidated);
    CHECK(cudaStreamEndCapture(one, &graph) == cudaErrorStreamCaptureInvalidated && !graph);
  }

  CHECK(cudaMemPoolDestroy(pool) == 0);

  CHECK(cudaFreeHost(staging) == 0);
  for (cudaEvent_t each : {event, later, untimed}) CHECK(cudaEventDestroy(each) == 0);
  CHECK(cudaStreamDestroy(one) == 0 && cudaStreamDestroy(two) == 0);
  CHECK(cudaStreamSynchronize(one) == cudaErrorInvalidResourceHandle && cudaGetLastError() != 0);
}

// ---- speed ----

template <int KIND>  // of waiting: none, shuffle, barrier
__global__ void wait(double* out, int rounds) {
  double value = threadIdx.x;
  for (int i = 0; i < rounds; i++) {
    if (KIND == 1) value += __shfl_xor_sync(0xffffffffu, value, 1);
    if (KIND == 2) __syncthreads();
  }
  out[threadIdx.x] = value;
}

template <int KIND> void speed(const char* what, int blocks, int rounds) {
  Array<double> out(256);
  const std::clock_t begin = std::clock();
  CHECK(launch(wait<KIND>, blocks, 256, nullptr, out.device, rounds) == 0 && cudaDeviceSynchronize() == 0);
  const double seconds = (double)(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("%s: %.1f million a second\n", what, 256e-6 * blocks * (rounds ? rounds : 1) / seconds);
}

}  // namespace

int main() {
  failures = 0;
  setenv("ELBO4J_EMULATION_DELAY", "1", 1);
  execution();
  all_shuffles<float>();
  all_shuffles<double>();
  all_shuffles<int>();
  all_shuffles<unsigned>();
  mistakes();
  errors();
  streams();
  speed<0>("threads that do not wait", 20000, 0);
  speed<1>("shuffles of doubles", 10, 1000);
  speed<2>("barriers", 10, 1000);
  std::printf("%d failures\n", failures);
  return failures != 0;
}
