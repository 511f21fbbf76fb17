// The C API: which instruction-set levels there are, memory, and one function per operation, which sets the
// floating-point environment of the numerics contract and calls the operation of the level.
#include "elbo4j_cpu.h"

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

namespace {

template <class Function> struct WithoutLevel;
template <class... Arguments> struct WithoutLevel<void(int, Arguments...)> { using Type = void(Arguments...); };

}  // namespace

#define OPERATION(name) WithoutLevel<decltype(elbo4j_cpu_##name)>::Type name;
namespace generic {
#include "operations.inc"
}
#if defined(ELBO4J_X86)
namespace v2 {
#include "operations.inc"
}
namespace v3 {
#include "operations.inc"
}
namespace v4 {
#include "operations.inc"
}
#endif
#undef OPERATION

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

#if defined(ELBO4J_X86)
#define LEVELS(operation) generic::operation, v2::operation, v3::operation, v4::operation

template <class... A>
void call(int level, void (*generic)(A...), void (*v2)(A...), void (*v3)(A...), void (*v4)(A...), A... arguments) {
  const FloatingPointEnvironment environment;
  (level == 4 ? v4 : level == 3 ? v3 : level == 2 ? v2 : generic)(arguments...);
}

// What -march=x86-64-v2, -v3 and -v4 allow the compiler to use. __builtin_cpu_supports also asks whether the operating
// system saves the wide registers; older compilers do not know the last three names, which need nothing from it.
int best_level() {
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
#define LEVELS(operation) generic::operation

template <class... A> void call(int, void (*generic)(A...), A... arguments) {
  const FloatingPointEnvironment environment;
  generic(arguments...);
}

int best_level() { return 0; }
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

int elbo4j_cpu_abi(void) { return 4; }

int elbo4j_cpu_best_level(void) {
  static const int best = best_level();
  return best;
}

int elbo4j_cpu_has_level(int level) { return level == 0 || (level >= 2 && level <= elbo4j_cpu_best_level()); }

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

void elbo4j_cpu_gaussian_sample_kl(int level, int type, const void* mean, int64_t mean_stride, const void* log_variance,
                                   int64_t log_variance_stride, const void* prior_mean, int64_t prior_mean_stride,
                                   const void* prior_log_variance, int64_t prior_log_variance_stride, int64_t seed,
                                   int64_t draw, int64_t first_row, int64_t samples, void* z, int64_t z_stride,
                                   float* kl, float* log_ratio, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(gaussian_sample_kl), type, mean, mean_stride, log_variance, log_variance_stride, prior_mean,
       prior_mean_stride, prior_log_variance, prior_log_variance_stride, seed, draw, first_row, samples, z, z_stride,
       kl, log_ratio, columns, begin, end);
}

void elbo4j_cpu_gaussian_sample_kl_backward(
    int level, int type, const void* mean, int64_t mean_stride, const void* log_variance, int64_t log_variance_stride,
    const void* prior_mean, int64_t prior_mean_stride, const void* prior_log_variance,
    int64_t prior_log_variance_stride, int64_t seed, int64_t draw, int64_t first_row, int64_t samples, const void* dz,
    int64_t dz_stride, const float* dkl, const float* column_weight, void* dmean, int64_t dmean_stride,
    void* dlog_variance, int64_t dlog_variance_stride, void* dprior_mean, int64_t dprior_mean_stride,
    void* dprior_log_variance, int64_t dprior_log_variance_stride, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(gaussian_sample_kl_backward), type, mean, mean_stride, log_variance, log_variance_stride,
       prior_mean, prior_mean_stride, prior_log_variance, prior_log_variance_stride, seed, draw, first_row, samples, dz,
       dz_stride, dkl, column_weight, dmean, dmean_stride, dlog_variance, dlog_variance_stride, dprior_mean,
       dprior_mean_stride, dprior_log_variance, dprior_log_variance_stride, columns, begin, end);
}

void elbo4j_cpu_gaussian_kl_per_dimension(int level, const float* mean, int64_t mean_stride, const float* log_variance,
                                          int64_t log_variance_stride, const float* prior_mean,
                                          int64_t prior_mean_stride, const float* prior_log_variance,
                                          int64_t prior_log_variance_stride, float* kl_per_dimension, int64_t rows,
                                          int64_t begin, int64_t end) {
  call(level, LEVELS(gaussian_kl_per_dimension), mean, mean_stride, log_variance, log_variance_stride, prior_mean,
       prior_mean_stride, prior_log_variance, prior_log_variance_stride, kl_per_dimension, rows, begin, end);
}

void elbo4j_cpu_free_bits_gate(int level, const float* kl_per_dimension, float threshold, float* column_weight,
                               int64_t begin, int64_t end) {
  call(level, LEVELS(free_bits_gate), kl_per_dimension, threshold, column_weight, begin, end);
}

void elbo4j_cpu_bernoulli_log_likelihood(int level, int type, const void* logits, int64_t logits_stride, const void* x,
                                         int64_t x_stride, int64_t samples, const float* dlog_likelihood,
                                         float* log_likelihood, void* dlogits, int64_t dlogits_stride, int64_t columns,
                                         int64_t begin, int64_t end) {
  call(level, LEVELS(bernoulli_log_likelihood), type, logits, logits_stride, x, x_stride, samples, dlog_likelihood,
       log_likelihood, dlogits, dlogits_stride, columns, begin, end);
}

void elbo4j_cpu_gaussian_log_likelihood(int level, int type, const void* mean, int64_t mean_stride,
                                        const void* log_variance, int64_t log_variance_stride, const void* x,
                                        int64_t x_stride, int64_t samples, const float* dlog_likelihood,
                                        float* log_likelihood, void* dmean, int64_t dmean_stride, void* dlog_variance,
                                        int64_t dlog_variance_stride, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(gaussian_log_likelihood), type, mean, mean_stride, log_variance, log_variance_stride, x, x_stride,
       samples, dlog_likelihood, log_likelihood, dmean, dmean_stride, dlog_variance, dlog_variance_stride, columns,
       begin, end);
}

void elbo4j_cpu_gaussian_shared_log_variance_gradient(int level, const float* mean, int64_t mean_stride,
                                                      const float* log_variance, const float* x, int64_t x_stride,
                                                      int64_t samples, const float* dlog_likelihood,
                                                      float* dlog_variance, int64_t rows, int64_t begin, int64_t end) {
  call(level, LEVELS(gaussian_shared_log_variance_gradient), mean, mean_stride, log_variance, x, x_stride, samples,
       dlog_likelihood, dlog_variance, rows, begin, end);
}

void elbo4j_cpu_matmul(int level, const float* a, int64_t a_stride, const float* b, int64_t b_stride, const float* bias,
                       int relu, float* c, int64_t c_stride, int64_t n, int64_t k, int64_t begin, int64_t end) {
  call(level, LEVELS(matmul), a, a_stride, b, b_stride, bias, relu, c, c_stride, n, k, begin, end);
}

void elbo4j_cpu_matmul_transposed_b(int level, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                    const float* gate, int64_t gate_stride, float* c, int64_t c_stride, int64_t n,
                                    int64_t k, int64_t begin, int64_t end) {
  call(level, LEVELS(matmul_transposed_b), a, a_stride, b, b_stride, gate, gate_stride, c, c_stride, n, k, begin, end);
}

void elbo4j_cpu_matmul_transposed_a(int level, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                    float* c, int64_t c_stride, int64_t n, int64_t k, int64_t begin, int64_t end) {
  call(level, LEVELS(matmul_transposed_a), a, a_stride, b, b_stride, c, c_stride, n, k, begin, end);
}

void elbo4j_cpu_activation(int level, int activation, const float* x, int64_t x_stride, float* y, int64_t y_stride,
                           int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(activation), activation, x, x_stride, y, y_stride, columns, begin, end);
}

void elbo4j_cpu_activation_gradient(int level, int activation, const float* x, int64_t x_stride, const float* dy,
                                    int64_t dy_stride, float* dx, int64_t dx_stride, int64_t columns, int64_t begin,
                                    int64_t end) {
  call(level, LEVELS(activation_gradient), activation, x, x_stride, dy, dy_stride, dx, dx_stride, columns, begin, end);
}

void elbo4j_cpu_map(int level, int function, const float* x, int64_t x_stride, float* y, int64_t y_stride,
                    int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(map), function, x, x_stride, y, y_stride, columns, begin, end);
}

void elbo4j_cpu_row_sums(int level, const float* x, int64_t x_stride, float* sums, int64_t columns, int64_t begin,
                         int64_t end) {
  call(level, LEVELS(row_sums), x, x_stride, sums, columns, begin, end);
}

void elbo4j_cpu_row_sums_of_squares(int level, const float* x, int64_t x_stride, float* sums, int64_t columns,
                                    int64_t begin, int64_t end) {
  call(level, LEVELS(row_sums_of_squares), x, x_stride, sums, columns, begin, end);
}

void elbo4j_cpu_column_sums(int level, const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t begin,
                            int64_t end) {
  call(level, LEVELS(column_sums), x, x_stride, sums, rows, begin, end);
}

void elbo4j_cpu_log_mean_exp(int level, const float* x, int64_t x_stride, float* result, int64_t columns, int64_t begin,
                             int64_t end) {
  call(level, LEVELS(log_mean_exp), x, x_stride, result, columns, begin, end);
}

void elbo4j_cpu_log_mean_exp_backward(int level, const float* x, int64_t x_stride, const float* dresult, float* dx,
                                      int64_t dx_stride, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(log_mean_exp_backward), x, x_stride, dresult, dx, dx_stride, columns, begin, end);
}

void elbo4j_cpu_copy(int level, int source_type, const void* source, int64_t source_stride, int target_type,
                     void* target, int64_t target_stride, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(copy), source_type, source, source_stride, target_type, target, target_stride, columns, begin,
       end);
}

void elbo4j_cpu_add(int level, const float* source, int64_t source_stride, float* target, int64_t target_stride,
                    int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(add), source, source_stride, target, target_stride, columns, begin, end);
}

void elbo4j_cpu_fill(int level, float value, float* target, int64_t target_stride, int64_t columns, int64_t begin,
                     int64_t end) {
  call(level, LEVELS(fill), value, target, target_stride, columns, begin, end);
}

void elbo4j_cpu_gather(int level, const float* source, int64_t source_stride, const int32_t* rows, float* target,
                       int64_t target_stride, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(gather), source, source_stride, rows, target, target_stride, columns, begin, end);
}

void elbo4j_cpu_scatter_add(int level, const float* source, int64_t source_stride, const int32_t* rows, int64_t count,
                            float* target, int64_t target_stride, int64_t begin, int64_t end) {
  call(level, LEVELS(scatter_add), source, source_stride, rows, count, target, target_stride, begin, end);
}

void elbo4j_cpu_normal(int level, int64_t seed, int64_t draw, int64_t first_row, float* target, int64_t target_stride,
                       int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(normal), seed, draw, first_row, target, target_stride, columns, begin, end);
}

void elbo4j_cpu_uniform(int level, int64_t seed, int64_t draw, int64_t first_row, float low, float high, float* target,
                        int64_t target_stride, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(uniform), seed, draw, first_row, low, high, target, target_stride, columns, begin, end);
}

void elbo4j_cpu_binarise(int level, const float* probability, int64_t probability_stride, int64_t seed, int64_t draw,
                         int64_t first_row, float* target, int64_t target_stride, int64_t columns, int64_t begin,
                         int64_t end) {
  call(level, LEVELS(binarise), probability, probability_stride, seed, draw, first_row, target, target_stride, columns,
       begin, end);
}

void elbo4j_cpu_adam(int level, float* parameter, int64_t parameter_stride, const float* gradient,
                     int64_t gradient_stride, float* first_moment, int64_t first_moment_stride, float* second_moment,
                     int64_t second_moment_stride, float beta1, float one_minus_beta1, float beta2,
                     float one_minus_beta2, float step_size, float inverse_root_correction, float epsilon,
                     const float* gradient_scale, int64_t columns, int64_t begin, int64_t end) {
  call(level, LEVELS(adam), parameter, parameter_stride, gradient, gradient_stride, first_moment, first_moment_stride,
       second_moment, second_moment_stride, beta1, one_minus_beta1, beta2, one_minus_beta2, step_size,
       inverse_root_correction, epsilon, gradient_scale, columns, begin, end);
}

void elbo4j_cpu_clip_scale(int level, const float* sums_of_squares, int64_t count, float maximum_norm, float* scale) {
  call(level, LEVELS(clip_scale), sums_of_squares, count, maximum_norm, scale);
}

}  // extern "C"
