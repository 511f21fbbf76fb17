// Storage in 16 bits: bfloat16 (8 bits of exponent, 7 of fraction) and float16 (IEEE 754 binary16: 5 and 10).
// Arithmetic stays in float32: elements are widened, exactly, when they are read, and rounded to nearest, ties to even,
// when they are written. Integer formulas, because processors' own instructions treat denormals and NaN in several
// ways.
//
// Denormals and signed zeros are kept; what is too large becomes infinity (float16: from 65520 on); NaN becomes the
// quiet NaN 0x7fc0 or 0x7e00.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

// In the order of io.elbo4j.ElementType.
enum ElementType : int { FLOAT32, BFLOAT16, FLOAT16, UINT8 };

ELBO4J_SPEC float from_bfloat16(uint16_t x) { return float_from_bits((uint32_t)x << 16); }

ELBO4J_SPEC uint16_t to_bfloat16(float x) {
  const uint32_t bits = bits_of(x);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

ELBO4J_SPEC float from_float16(uint16_t x) {
  const uint32_t magnitude = ((uint32_t)x & 0x7fffu) << 13;
  // The exponents' biases differ by 112. The product is exact, also for denormals.
  const float finite = mul(float_from_bits(magnitude), 0x1p112f);
  const uint32_t bits = magnitude >= 0x0f800000u ? magnitude | 0x7f800000u : bits_of(finite);
  return float_from_bits(bits | ((uint32_t)x & 0x8000u) << 16);
}

ELBO4J_SPEC uint16_t to_float16(float x) {
  const uint32_t bits = bits_of(x), magnitude = bits & 0x7fffffffu;
  const uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  // Below 2^-14 a sum with 1/2, whose last bit is 2^-24, rounds to a denormal's last bit.
  const uint32_t denormal = bits_of(add(float_from_bits(magnitude), 0.5f)) - 0x3f000000u;
  const uint32_t finite = magnitude < 0x38800000u ? denormal : normal;
  const uint32_t special = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
  const uint32_t rounded = magnitude >= 0x47800000u ? special : finite;
  return (uint16_t)(rounded | ((bits >> 16) & (magnitude > 0x7f800000u ? 0u : 0x8000u)));
}

}  // namespace elbo4j::spec
