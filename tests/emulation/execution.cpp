// How a kernel runs: see run() at the end. The threads of a block are fibers, switched in user space. A thread runs
// until it waits at a barrier or shuffle; the next is drawn at random from those that can run, so what depends on their
// order comes out wrong. A thread starts on the fiber of one that has returned, so a kernel without barriers needs one.
#define ELBO4J_EMULATION_HOST_ONLY
#include "cuda_runtime.h"

#include <dlfcn.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

namespace elbo4j::emulation {
namespace {

// ---- chance ----

uint64_t seed() {
  const char* text = std::getenv("ELBO4J_EMULATION_SEED");
  return text ? std::strtoull(text, nullptr, 0) : 1;
}

// Below n < 2^32.
unsigned random_below(unsigned n) {
  static uint64_t state = (seed() + 1) * 0x9E3779B97F4A7C15u | 1;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)((state >> 32) * n >> 32);
}

// ---- fibers ----

struct Fiber {
  void* context = nullptr;  // where it stopped
  const void* stack = nullptr;
  size_t stack_size = 0;
  void* sanitizer = nullptr;
};

#ifdef __SANITIZE_ADDRESS__
constexpr size_t stack_size = 256 << 10;
#else
constexpr size_t stack_size = 64 << 10;
#endif
constexpr size_t page = 4096;

[[noreturn]] void fiber_main();

#ifdef __x86_64__
// Stores what a function must preserve, then goes on where another call of this stopped.
extern "C" void elbo4j_switch(void** from, void* to);
asm(R"(
.pushsection .text
.type elbo4j_switch, @function
elbo4j_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  popq %rdx
  jmp *%rdx
.size elbo4j_switch, . - elbo4j_switch
.popsection
)");

void prepare(Fiber& fiber, char* top) {
  void** stack = reinterpret_cast<void**>(top) - 8;  // six registers, the address, and the one that a call would leave
  std::memset(stack, 0, 8 * sizeof(void*));
  stack[6] = reinterpret_cast<void*>(fiber_main);
  fiber.context = stack;
}

void swap_context(Fiber& from, Fiber& to) { elbo4j_switch(&from.context, to.context); }
#else
}  // namespace
}  // namespace elbo4j::emulation
#include <ucontext.h>
namespace elbo4j::emulation {
namespace {

ucontext_t& context(Fiber& fiber) {
  if (!fiber.context) fiber.context = new ucontext_t;
  return *static_cast<ucontext_t*>(fiber.context);
}

void prepare(Fiber& fiber, char* top) {
  getcontext(&context(fiber));
  context(fiber).uc_stack.ss_sp = const_cast<void*>(fiber.stack);
  context(fiber).uc_stack.ss_size = top - static_cast<const char*>(fiber.stack);
  makecontext(&context(fiber), fiber_main, 0);
}

void swap_context(Fiber& from, Fiber& to) { swapcontext(&context(from), &context(to)); }
#endif

Fiber host;  // the stack that called run()
Fiber *running = &host, *left;
std::vector<Fiber*>& idle = *new std::vector<Fiber*>;

// The address sanitizer must know on which stack the program is.
void arrived([[maybe_unused]] Fiber& fiber) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(fiber.sanitizer, &left->stack, &left->stack_size);
#endif
}

void switch_to(Fiber& to) {
  Fiber& from = *running;
  left = &from;
  running = &to;
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(&from.sanitizer, to.stack, to.stack_size);
#endif
  swap_context(from, to);
  arrived(from);
}

Fiber* take_fiber() {
  if (idle.empty()) {
    static unsigned count = 0;
    char* memory = static_cast<char*>(
        mmap(nullptr, page + stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE)) {
      std::perror("CUDA emulation: no memory for the stack of a thread");
      std::abort();
    }
    Fiber* fiber = new Fiber;
    fiber->stack = memory + page;
    fiber->stack_size = stack_size;
    // at different distances from a page, or their tops would compete for the same few lines of the cache
    prepare(*fiber, memory + page + stack_size - 192 * (count++ % 20));
    idle.push_back(fiber);
  }
  Fiber* fiber = idle.back();
  idle.pop_back();
  return fiber;
}

// ---- threads ----

struct Thread {
  uint3 index;
  Fiber* fiber;  // null: not begun
  Place waits;   // null: does not
};

struct Warp {
  unsigned waiting, side;
  uint64_t values[2][32];  // those of the last exchange are read while those of the next are written
};

constexpr unsigned most_threads = 1024;
Thread threads[most_threads];
Warp warps[most_threads / 32];
unsigned ready[most_threads];  // threads that can run
unsigned thread_count, ready_count, waiting, returned;
unsigned current;

const Work* kernel_of_threads;
const void* kernel_address;

void describe_kernel(char* text, size_t size) {
  Dl_info where;
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_symbolize_pc(const_cast<void*>(kernel_address), "%f", text, size);
  return;
#endif
  if (!dladdr(kernel_address, &where))
    std::snprintf(text, size, "%p", kernel_address);
  else if (where.dli_saddr == kernel_address)
    std::snprintf(text, size, "%s", where.dli_sname);
  else
    std::snprintf(text, size, "%s+%#tx", where.dli_fname,
                  static_cast<const char*>(kernel_address) - static_cast<const char*>(where.dli_fbase));
}

[[noreturn]] void fail(unsigned thread, const char* what) {
  char kernel[1024];
  describe_kernel(kernel, sizeof kernel);
  const Thread& t = threads[thread];
  std::fprintf(stderr, "CUDA emulation: kernel %s, block (%u, %u, %u), thread (%u, %u, %u), %s:%d: %s\n", kernel,
               blockIdx.x, blockIdx.y, blockIdx.z, t.index.x, t.index.y, t.index.z,
               t.waits.function ? t.waits.function : "", t.waits.line, what);
  std::fprintf(stderr, "CUDA emulation: of %u threads %u have returned; ELBO4J_EMULATION_SEED=%llu\n", thread_count,
               returned, (unsigned long long)seed());
  std::fflush(stderr);
  std::abort();
}

// Nobody can run, and not all have returned.
[[noreturn]] void deadlock() {
  for (unsigned i = 0; i < thread_count; i++)
    if (threads[i].waits.function) fail(i, "waits for threads that wait elsewhere or have returned (a deadlock)");
  std::abort();
}

unsigned draw() {
  if (ready_count == 0) deadlock();
  unsigned& drawn = ready[random_below(ready_count)];
  const unsigned thread = drawn;
  drawn = ready[--ready_count];
  return thread;
}

void make_current(unsigned thread) {
  current = thread;
  threadIdx = threads[thread].index;
}

// Another thread runs until the current one is drawn again.
void yield() {
  const unsigned next = draw();
  make_current(next);
  Thread& thread = threads[next];
  if (!thread.fiber) thread.fiber = take_fiber();
  if (thread.fiber != running) switch_to(*thread.fiber);
}

void fiber_main() {
  arrived(*running);
  for (;;) {
    (*kernel_of_threads)();
    threads[current].fiber = nullptr;
    Fiber* next = &host;
    if (++returned < thread_count) {
      const unsigned thread = draw();
      make_current(thread);
      if (!threads[thread].fiber) {
        threads[thread].fiber = running;
        continue;
      }
      next = threads[thread].fiber;
    }
    idle.push_back(running);
    switch_to(*next);
  }
}

// All of [first, first + count) wait: at the same place?
void release(unsigned first, unsigned count, const Place& place) {
  for (unsigned i = first; i < first + count; i++) {
    Place& other = threads[i].waits;
    if (other.line != place.line || (other.function != place.function && std::strcmp(other.function, place.function)))
      fail(i, "waits at another place than the rest of its block or warp");
    other.function = nullptr;
    ready[ready_count++] = i;
  }
}

// ---- shared memory ----

struct Range {
  uint64_t *begin, *end;
};

std::vector<Range>& shared() {
  static std::vector<Range>& ranges = *new std::vector<Range>;
  return ranges;
}

// Not instrumented: the red zones between the variables are filled, too.
__attribute__((no_sanitize_address)) void fill_with_nan(Range range) {
  for (uint64_t* p = range.begin; p < range.end; p++) {
    *p = ~(uint64_t)0;
    asm volatile("" ::: "memory");  // not a call of memset, which is instrumented
  }
}

// The part that is no longer NaN.
__attribute__((no_sanitize_address)) Range changed(Range range) {
  while (range.begin < range.end && *range.begin == ~(uint64_t)0) range.begin++;
  while (range.begin < range.end && range.end[-1] == ~(uint64_t)0) range.end--;
  return range;
}

}  // namespace

void add_shared(char* begin, char* end) {
  if (begin < end) shared().push_back({reinterpret_cast<uint64_t*>(begin), reinterpret_cast<uint64_t*>(end)});
}

int lane() { return (int)(current % 32); }

void wait_for_block(Place place) {
  threads[current].waits = place;
  if (++waiting == thread_count) {
    waiting = 0;
    release(0, thread_count, place);
  }
  yield();
}

void wait_for_warp(unsigned mask, Place place) {
  Warp& warp = warps[current / 32];
  threads[current].waits = place;
  if (mask != ~0u) fail(current, "shuffles and __syncwarp are emulated for the mask 0xffffffff only");
  if (++warp.waiting == 32) {
    warp.waiting = 0;
    warp.side ^= 1;
    release(current / 32 * 32, 32, place);
  }
  yield();
}

uint64_t exchange(uint64_t bits, int lane, unsigned mask, Place place) {
  Warp& warp = warps[current / 32];
  const unsigned side = warp.side;
  warp.values[side][current % 32] = bits;
  wait_for_warp(mask, place);
  return warp.values[side][lane];
}

void run(dim3 grid, dim3 block, const void* address, const Work& kernel) {
  gridDim = grid;
  blockDim = block;
  kernel_of_threads = &kernel;
  kernel_address = address;
  thread_count = block.x * block.y * block.z;
  for (unsigned i = 0; i < thread_count; i++)
    threads[i].index = {i % block.x, i / block.x % block.y, i / (block.x * block.y)};

  // Blocks in an order of constant stride from a random one.
  const uint64_t blocks = (uint64_t)grid.x * grid.y * grid.z;
  const unsigned some = (unsigned)(blocks < 0xffffffff ? blocks : 0xffffffff);
  uint64_t stride = 1 + random_below(some);
  while (std::gcd(stride, blocks) != 1) stride++;
  uint64_t index = random_below(some);

  for (Range range : shared()) fill_with_nan(range);
  static std::vector<Range>& used = *new std::vector<Range>;  // by the first block
  for (uint64_t count = 0; count < blocks; count++) {
    if (count == 1) {
      used.clear();
      for (Range range : shared()) used.push_back(changed(range));
    }
    if (count > 0)
      for (Range range : used) fill_with_nan(range);
    blockIdx = {(unsigned)(index % grid.x), (unsigned)(index / grid.x % grid.y),
                (unsigned)(index / ((uint64_t)grid.x * grid.y))};
    index = (index + stride) % blocks;

    ready_count = thread_count;
    waiting = returned = 0;
    for (unsigned i = 0; i < thread_count; i++) {
      ready[i] = i;
      threads[i].fiber = nullptr;
      threads[i].waits = {nullptr, 0};
    }
    for (Warp& warp : warps) warp.waiting = warp.side = 0;
    yield();  // returns when the last thread has
  }
}

}  // namespace elbo4j::emulation
