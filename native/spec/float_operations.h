// The only operations the scalar specification is built from: correctly rounded + - * sqrt fma, selects, integer
// operations and bit casts. They mean the same on every processor, so everything above returns the same bits. This file
// is the only place that tells host and device apart.
//
// Compile the host side with -ffp-contract=off and the device side with -fmad=false: a contraction changes bits.
#pragma once
#include <cstdint>

#if defined(__CUDACC__)
#define ELBO4J_SPEC __host__ __device__ __forceinline__
#else
#define ELBO4J_SPEC static inline __attribute__((always_inline))
#endif

namespace elbo4j::spec {

ELBO4J_SPEC float float_from_bits(uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __uint_as_float(bits);
#else
  return __builtin_bit_cast(float, bits);
#endif
}

ELBO4J_SPEC uint32_t bits_of(float x) {
#if defined(__CUDA_ARCH__)
  return __float_as_uint(x);
#else
  return __builtin_bit_cast(uint32_t, x);
#endif
}

ELBO4J_SPEC float add(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fadd_rn(a, b);
#else
  return a + b;
#endif
}

ELBO4J_SPEC float sub(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fsub_rn(a, b);
#else
  return a - b;
#endif
}

ELBO4J_SPEC float mul(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fmul_rn(a, b);
#else
  return a * b;
#endif
}

ELBO4J_SPEC float div(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fdiv_rn(a, b);
#else
  return a / b;
#endif
}

// a * b + c, rounded once.
#if defined(__CUDA_ARCH__)
ELBO4J_SPEC float fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }
#elif defined(__FMA__) || defined(__ARM_FEATURE_FMA)
ELBO4J_SPEC float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#else
// Without the instruction: the product is exact in double; the sum is rounded to odd there, which keeps enough of its
// tail for the last rounding to be the only one (Boldo and Melquiond, Emulation of FMA and correctly rounded sums,
// 2008). Branch-free, so that loops over it still vectorise.
ELBO4J_SPEC float fma(float a, float b, float c) {
  double product = (double)a * (double)b;
  double addend = (double)c;
  double sum = product + addend;
  double addend_part = sum - product;
  double error = (product - (sum - addend_part)) + (addend - addend_part);
  int64_t bits = __builtin_bit_cast(int64_t, sum);
  int64_t error_bits = __builtin_bit_cast(int64_t, error);
  int64_t inexact = (error > 0.0 || error < 0.0) ? -1 : 0;  // false for the NaN that an infinite sum leaves
  int64_t towards_error = 1 - 2 * (int64_t)((uint64_t)(bits ^ error_bits) >> 63);
  bits += towards_error & inexact & ((bits & 1) - 1);
  return (float)__builtin_bit_cast(double, bits);
}
#endif

struct Product {
  uint32_t low, high;
};

// All 64 bits of a product. From a 64-bit multiplication nvcc makes an addition of 0 too many.
ELBO4J_SPEC Product product(uint32_t a, uint32_t b) {
#if defined(__CUDA_ARCH__)
  Product p;
  asm("{ .reg .u64 p; mul.wide.u32 p, %2, %3; mov.b64 {%0, %1}, p; }" : "=r"(p.low), "=r"(p.high) : "r"(a), "r"(b));
  return p;
#else
  const uint64_t p = (uint64_t)a * b;
  return Product{(uint32_t)p, (uint32_t)(p >> 32)};
#endif
}

ELBO4J_SPEC float absolute(float x) { return float_from_bits(bits_of(x) & 0x7fffffffu); }

// The magnitude of the first with the sign of the second; NaN stays NaN.
ELBO4J_SPEC float copy_sign(float magnitude, float sign) {
  return float_from_bits((bits_of(magnitude) & 0x7fffffffu) | (bits_of(sign) & 0x80000000u));
}

// A bound for clamp_low or clamp_high. GCC makes one instruction of a clamp, max or min, only where it does not see the
// bound's value; of a constant it makes a comparison and a selection, which is a tenth of a kernel's time. So where
// code is compiled for vectors, ELBO4J_LEVEL, the values stand in another file, the one that defines
// ELBO4J_DEFINE_BOUNDS.
#if defined(ELBO4J_DEFINE_BOUNDS)
#define ELBO4J_BOUND(name, value) extern const float name = value
#elif defined(ELBO4J_LEVEL)
#define ELBO4J_BOUND(name, value) extern const float name
#else
#define ELBO4J_BOUND(name, value) constexpr float name = value
#endif

// max(x, low) and min(x, high) that keep a NaN x. The bound is not a zero whose sign matters.
ELBO4J_SPEC float clamp_low(float x, float low) { return low > x ? low : x; }
ELBO4J_SPEC float clamp_high(float x, float high) { return high < x ? high : x; }

// sqrt(a), correctly rounded. Callers promise a in [2^-60, 2^60], which leaves a device free to use a short sequence.
ELBO4J_SPEC float sqrt_positive(float a) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(a);
#else
  return __builtin_sqrtf(a);
#endif
}

ELBO4J_SPEC double sqrt_of_double(double a) {
#if defined(__CUDA_ARCH__)
  return __dsqrt_rn(a);
#else
  return __builtin_sqrt(a);
#endif
}

}  // namespace elbo4j::spec
