// Sums, differences and products of elements, of two matrices or of one and numbers: target = a op b, y = fma(factor,
// x, shift), target = fma(factor x, y, target). All rows x columns; an input may be one row repeated. Moves 12 bytes
// per element, 8, and 16. The result may be an input.
#include "arithmetic.h"
#include "arithmetic_combine.h"
#include "arithmetic_multiply_add.h"
#include "arithmetic_scale.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

#define FUNCTIONS(name)                                                          \
  struct name {                                                                  \
    static ELBO4J_INLINE float of(float a, float b) { return spec::name(a, b); } \
  };
ELBO4J_ARITHMETIC(FUNCTIONS)

template <class F> void combine(const elbo4j_arithmetic_combine& c, int64_t begin, int64_t end) {
  const int64_t columns = c.target.columns;
  for (int64_t r = begin; r < end; r++) {
    const float *a = float_input(c.a).row(r), *b = float_input(c.b).row(r);
    float* to = float_output(c.target).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = F::of(a[i], b[i]);
  }
}

}  // namespace

void arithmetic_combine(const elbo4j_arithmetic_combine& c, int64_t begin, int64_t end) {
#define COMBINE(name) combine<name>,
  constexpr void (*of_functions[])(const elbo4j_arithmetic_combine&, int64_t, int64_t) = {ELBO4J_ARITHMETIC(COMBINE)};
  of_functions[c.function](c, begin, end);
}

void arithmetic_scale(const elbo4j_arithmetic_scale& a, int64_t begin, int64_t end) {
  const float factor = a.factor, shift = a.shift;
  const int64_t columns = a.x.columns;
  for (int64_t r = begin; r < end; r++) {
    const float* x = float_input(a.x).row(r);
    float* y = float_output(a.y).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) y[i] = spec::fma(factor, x[i], shift);
  }
}

void arithmetic_multiply_add(const elbo4j_arithmetic_multiply_add& a, int64_t begin, int64_t end) {
  const float factor = a.factor;
  const int64_t columns = a.target.columns;
  for (int64_t r = begin; r < end; r++) {
    const float *x = float_input(a.x).row(r), *y = float_input(a.y).row(r);
    float* to = float_output(a.target).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) to[i] = spec::fma(factor * x[i], y[i], to[i]);
  }
}

}  // namespace elbo4j::ELBO4J_LEVEL
