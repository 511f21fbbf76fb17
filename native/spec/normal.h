// Two random words to two independent standard normals (Box and Muller, A Note on the Generation of Random Normal
// Deviates, 1958): the radius sqrt(-2 log u) from the first word, a point on the circle from the second. Compared with
// the inverse distribution function it has no rarely taken tail and costs less than half.
//
// Accuracy: radius max 1.46 ULP of sqrt(-2 log u), exhaustive over the 2^31 values of u; direction max 1.34e-7
// absolute, exhaustive over its 2^24 values. u is never 0 or 1, so the radius is in [3.4e-4, 6.661] and |z| <= 6.67; no
// result is NaN, infinite or denormal.
//
// Coefficients: Sollya's fpminimax. -2 log1p(f) on [sqrt(1/2) - 1, sqrt(2) - 1], degree 9, -2f fixed, relative error;
// sin(pi x) and cos(pi x) as polynomials in x^2 on [0, 1/2], relative and absolute error.
#pragma once
#include <cstdint>

#include "float_operations.h"
#include "log.h"

namespace elbo4j::spec {

struct Normals {
  float first, second;
};

ELBO4J_SPEC float normal_radius(uint32_t word) {
  // 31 bits to u in [2^-32, 1 - 2^-24]
  float u = fma((float)(int32_t)(word >> 1), 0x1.fffffep-32f, 0x1p-32f);
  uint32_t bits = bits_of(u);
  uint32_t exponent = (bits - sqrt_half_bits) & 0xff800000u;
  float f = sub(float_from_bits(bits - exponent), 1.0f);
  float q = -0x1.66092p-3f;
  q = fma(q, f, 0x1.251a14p-2f);
  q = fma(q, f, -0x1.31821ep-2f);
  q = fma(q, f, 0x1.535992p-2f);
  q = fma(q, f, -0x1.98d2b6p-2f);
  q = fma(q, f, 0x1.0004b2p-1f);
  q = fma(q, f, -0x1.5556f4p-1f);
  q = fma(q, f, 0x1.fffffap-1f);
  float y = fma(q, f, -2.0f);
  y = mul(y, f);
  y = fma((float)(int32_t)exponent, -0x1.62e43p-23f, y);  // -2 ln 2 over the 2^23 that the exponent field carries
  return sqrt_positive(y);
}

// Bits 8 to 30 are the angle in [-1/2, 1/2) half turns, bit 31 the sign of the cosine: together a whole turn.
ELBO4J_SPEC Normals normal_direction(uint32_t word) {
  float x = sub(float_from_bits(((word >> 8) & 0x7fffffu) | 0x3f800000u), 1.5f);
  float y = mul(x, x);
  float sine = 0x1.407998p-4f;
  sine = fma(sine, y, -0x1.328004p-1f);
  sine = fma(sine, y, 0x1.466b26p1f);
  sine = fma(sine, y, -0x1.4abbd8p2f);
  sine = fma(sine, y, 0x1.921fb6p1f);
  sine = mul(sine, x);
  float cosine = -0x1.8c0b5p-6f;
  cosine = fma(cosine, y, 0x1.e0dbdep-3f);
  cosine = fma(cosine, y, -0x1.55ce5cp0f);
  cosine = fma(cosine, y, 0x1.03c1d8p2f);
  cosine = fma(cosine, y, -0x1.3bd3ccp2f);
  cosine = fma(cosine, y, 1.0f);
  cosine = float_from_bits(bits_of(cosine) ^ (word & 0x80000000u));
  return Normals{cosine, sine};
}

ELBO4J_SPEC Normals box_muller(uint32_t radius_word, uint32_t direction_word) {
  float radius = normal_radius(radius_word);
  Normals direction = normal_direction(direction_word);
  return Normals{mul(radius, direction.first), mul(radius, direction.second)};
}

}  // namespace elbo4j::spec
