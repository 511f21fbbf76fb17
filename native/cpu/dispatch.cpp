// The C API: which instruction-set levels there are, memory, the table of all operations at all levels, and how one is
// called, in the floating-point environment of the numerics contract.
#include "elbo4j_cpu.h"
#include "elbo4j_operations.h"

#define ELBO4J_DEFINE_BOUNDS
#include "softplus.h"

#include <cstring>
#include <new>
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(ELBO4J_X86)
#include <cpuid.h>
#include <xmmintrin.h>
#endif

namespace elbo4j {

// One function an operation and level: one that is missing is found by the linker.
#define DECLARE(name) void name(const elbo4j_##name&, int64_t begin, int64_t end);
namespace generic {
ELBO4J_OPERATIONS(DECLARE)
}
// Which levels there are beside generic is CMake's choice.
#define OF_LEVEL(level, name) run<elbo4j_##name, level::name>
#if defined(ELBO4J_LEVEL_v2)
namespace v2 {
ELBO4J_OPERATIONS(DECLARE)
}
#define OF_V2(name) OF_LEVEL(v2, name)
#else
#define OF_V2(name) nullptr
#endif
#if defined(ELBO4J_LEVEL_v3)
namespace v3 {
ELBO4J_OPERATIONS(DECLARE)
}
#define OF_V3(name) OF_LEVEL(v3, name)
#else
#define OF_V3(name) nullptr
#endif
#if defined(ELBO4J_LEVEL_v4)
namespace v4 {
ELBO4J_OPERATIONS(DECLARE)
}
#define OF_V4(name) OF_LEVEL(v4, name)
#else
#define OF_V4(name) nullptr
#endif
#undef DECLARE

namespace {

// Round to nearest, denormals kept, no traps; the caller's environment comes back at the end.
class FloatingPointEnvironment {
 public:
#if defined(ELBO4J_X86)
  FloatingPointEnvironment() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80); }
  ~FloatingPointEnvironment() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
#elif defined(__aarch64__)
  FloatingPointEnvironment() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
  }
  ~FloatingPointEnvironment() { asm volatile("msr fpcr, %0" : : "r"(saved_) : "memory"); }

 private:
  uint64_t saved_;
#else
  FloatingPointEnvironment() {}
  ~FloatingPointEnvironment() {}
#endif
};

using Function = void (*)(const void* arguments, int64_t begin, int64_t end);

template <class Arguments, void (*F)(const Arguments&, int64_t, int64_t)>
void run(const void* arguments, int64_t begin, int64_t end) {
  F(*static_cast<const Arguments*>(arguments), begin, end);
}

struct Operation {
  const char *name, *layout;
  Function of_level[5];
};

#define ENTRY(name) \
  {#name, elbo4j_##name::layout, {OF_LEVEL(generic, name), nullptr, OF_V2(name), OF_V3(name), OF_V4(name)}},

constexpr Operation operations[] = {ELBO4J_OPERATIONS(ENTRY)};

const Operation* find(const char* name) {
  for (const Operation& operation : operations)
    if (strcmp(operation.name, name) == 0) return &operation;
  return nullptr;
}

#if defined(ELBO4J_X86)
// What -march=x86-64-v2, -v3 and -v4 allow the compiler to use. __builtin_cpu_supports also asks whether the operating
// system saves the wide registers; older compilers do not know the last three names, which need nothing from it.
int processor_level() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt")) return 0;
  unsigned a, b, c = 0, d, extended_c = 0;
  __get_cpuid(1, &a, &b, &c, &d);
  __get_cpuid(0x80000001u, &a, &b, &extended_c, &d);
  const bool movbe = c >> 22 & 1, f16c = c >> 29 & 1, lzcnt = extended_c >> 5 & 1;
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && movbe && f16c && lzcnt))
    return 2;
  if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")))
    return 3;
  return 4;
}
#else
int processor_level() { return 0; }
#endif

constexpr std::align_val_t cache_line{64};

#if defined(__linux__)
constexpr size_t large_page = 2 << 20;
constexpr size_t largest_page = 1 << 16;  // of the small ones, on any processor

bool is_large(size_t bytes) { return bytes >= 1 << 20; }
size_t mapped(size_t bytes) { return (bytes + largest_page - 1) / largest_page * largest_page; }

// A mapping that starts at a large page: one page too much is asked for, and the ends are given back.
float* map(size_t bytes) {
  const size_t size = mapped(bytes);
  void* memory = mmap(nullptr, size + large_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  char* start = static_cast<char*>(memory);
  const size_t before = (large_page - (uintptr_t)start % large_page) % large_page;
  if (before) munmap(start, before);
  if (before < large_page) munmap(start + before + size, large_page - before);
#if defined(MADV_HUGEPAGE)
  madvise(start + before, size, MADV_HUGEPAGE);  // a hint: refused where the system has none
#endif
  return reinterpret_cast<float*>(start + before);
}
#endif

}  // namespace

}  // namespace elbo4j

using namespace elbo4j;

extern "C" {

const char* elbo4j_cpu_header(void) { return ELBO4J_HEADER; }

int elbo4j_cpu_best_level(void) {
  int best = 4;
  while (!elbo4j_cpu_has_level(best)) best--;
  return best;
}

int elbo4j_cpu_has_level(int level) {
  static const int most = processor_level();
  return level >= 0 && level <= most && operations[0].of_level[level] != nullptr;
}

float* elbo4j_cpu_allocate(int64_t floats) {
  constexpr int64_t most = (INT64_MAX >> 3) / (int64_t)sizeof(float);  // rounding up cannot overflow
  if (floats < 0 || floats > most) return nullptr;
  const size_t bytes = (size_t)floats * sizeof(float);
#if defined(__linux__)
  if (is_large(bytes)) return map(bytes);
#endif
  void* memory = operator new(bytes, cache_line, std::nothrow);
  if (memory) memset(memory, 0, bytes);
  return static_cast<float*>(memory);
}

void elbo4j_cpu_free(float* memory, int64_t floats) {
  if (!memory) return;
#if defined(__linux__)
  const size_t bytes = (size_t)floats * sizeof(float);
  if (is_large(bytes)) {
    munmap(memory, mapped(bytes));
    return;
  }
#else
  (void)floats;
#endif
  operator delete(memory, cache_line);
}

const char* elbo4j_cpu_layout(const char* name) {
  const Operation* operation = find(name);
  return operation ? operation->layout : nullptr;
}

int64_t elbo4j_cpu_find(int level, const char* name) {
  const Operation* operation = find(name);
  return operation && elbo4j_cpu_has_level(level) ? (int64_t)operation->of_level[level] : 0;
}

void elbo4j_cpu_call(int64_t function, int64_t arguments, int64_t begin, int64_t end) {
  const FloatingPointEnvironment environment;
  reinterpret_cast<Function>(function)(reinterpret_cast<const void*>(arguments), begin, end);
}

}  // extern "C"
