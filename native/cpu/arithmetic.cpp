// Sums, differences and products of elements, of two matrices or of one and numbers: target = a op b, y = fma(factor,
// x, shift), target = fma(factor x, y, target). All rows x columns; an input may be one row repeated. Moves 12 bytes
// per element, 8, and 16. The result may be an input.
#include "arithmetic.h"
#include "arithmetic_combine.h"
#include "arithmetic_multiply_add.h"
#include "arithmetic_scale.h"
#include "short_rows.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

#define FUNCTIONS(name)                                                          \
  struct name {                                                                  \
    static ELBO4J_INLINE float of(float a, float b) { return spec::name(a, b); } \
  };
ELBO4J_ARITHMETIC(FUNCTIONS)

bool is_dense(const elbo4j_matrix& m) { return m.stride == m.columns; }

template <class F> void combine(const elbo4j_arithmetic_combine& c, int64_t begin, int64_t end) {
  const Input a = float_input(c.a), b = float_input(c.b);
  const Output to = float_output(c.target);
  for_each_element(begin, end, c.target.columns, is_dense(c.a) && is_dense(c.b) && is_dense(c.target),
                   [=](int64_t r, int64_t i) { to.row(r)[i] = F::of(a.row(r)[i], b.row(r)[i]); });
}

}  // namespace

void arithmetic_combine(const elbo4j_arithmetic_combine& c, int64_t begin, int64_t end) {
#define COMBINE(name) combine<name>,
  constexpr void (*of_functions[])(const elbo4j_arithmetic_combine&, int64_t, int64_t) = {ELBO4J_ARITHMETIC(COMBINE)};
  of_functions[c.function](c, begin, end);
}

void arithmetic_scale(const elbo4j_arithmetic_scale& a, int64_t begin, int64_t end) {
  const float factor = a.factor, shift = a.shift;
  const Input x = float_input(a.x);
  const Output y = float_output(a.y);
  for_each_element(begin, end, a.x.columns, is_dense(a.x) && is_dense(a.y),
                   [=](int64_t r, int64_t i) { y.row(r)[i] = spec::fma(factor, x.row(r)[i], shift); });
}

void arithmetic_multiply_add(const elbo4j_arithmetic_multiply_add& a, int64_t begin, int64_t end) {
  const float factor = a.factor;
  const Input x = float_input(a.x), y = float_input(a.y);
  const Output to = float_output(a.target);
  for_each_element(
      begin, end, a.target.columns, is_dense(a.x) && is_dense(a.y) && is_dense(a.target),
      [=](int64_t r, int64_t i) { to.row(r)[i] = spec::fma(factor * x.row(r)[i], y.row(r)[i], to.row(r)[i]); });
}

}  // namespace elbo4j::ELBO4J_LEVEL
