// Sums, differences and products of elements, of two matrices or of one and numbers: target = a op b, y = fma(factor,
// x, shift), target = fma(factor x, y, target). All rows x columns; an input may be one row repeated. Moves 12 bytes
// per element, 8, and 16. The result may be an input.
// Compiled for sm_90: at most 39 registers, no spills.
#include "arithmetic.h"
#include "arithmetic_combine.h"
#include "arithmetic_multiply_add.h"
#include "arithmetic_scale.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

#define FUNCTIONS(name)                                                                       \
  struct name {                                                                               \
    static __device__ __forceinline__ float of(float a, float b) { return spec::name(a, b); } \
  };
ELBO4J_ARITHMETIC(FUNCTIONS)

template <class F> struct Combine {
  Input a, b;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad q = load_own<ALIGNED>(a.row(row), column, columns);
    const Quad other = load_own<ALIGNED>(b.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = F::of(q.e[i], other.e[i]);
    store<ALIGNED>(target.row(row), column, columns, q);
  }
};

struct Scale {
  float factor, shift;
  Input x;
  Output y;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad q = load_own<ALIGNED>(x.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = spec::fma(factor, q.e[i], shift);
    store<ALIGNED>(y.row(row), column, columns, q);
  }
};

struct MultiplyAdd {
  float factor;
  Input x, y;
  Output target;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad a = load<ALIGNED>(x.row(row), column, columns), b = load<ALIGNED>(y.row(row), column, columns);
    Quad sum = load_own<ALIGNED>(target.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) sum.e[i] = spec::fma(factor * a.e[i], b.e[i], sum.e[i]);
    store<ALIGNED>(target.row(row), column, columns, sum);
  }
};

template <class F> int combine(const elbo4j_arithmetic_combine& c, void* stream) {
  Input a = input(c.a), b = input(c.b);
  Output target = output(c.target);
  int64_t rows = c.target.rows, columns = c.target.columns;
  flatten(rows, columns, a, b, target);
  return map_rows(Combine<F>{a, b, target, columns}, aligned(columns, {a, b, target}), rows, columns, stream);
}

}  // namespace

int arithmetic_combine(const elbo4j_arithmetic_combine& c, void* stream) {
#define COMBINE(name) combine<name>,
  constexpr int (*of_functions[])(const elbo4j_arithmetic_combine&, void*) = {ELBO4J_ARITHMETIC(COMBINE)};
  return of_functions[c.function](c, stream);
}

int arithmetic_scale(const elbo4j_arithmetic_scale& a, void* stream) {
  Input x = input(a.x);
  Output y = output(a.y);
  int64_t rows = a.x.rows, columns = a.x.columns;
  flatten(rows, columns, x, y);
  return map_rows(Scale{a.factor, a.shift, x, y, columns}, aligned(columns, {x, y}), rows, columns, stream);
}

int arithmetic_multiply_add(const elbo4j_arithmetic_multiply_add& a, void* stream) {
  Input x = input(a.x), y = input(a.y);
  Output target = output(a.target);
  int64_t rows = a.target.rows, columns = a.target.columns;
  flatten(rows, columns, x, y, target);
  return map_rows(MultiplyAdd{a.factor, x, y, target, columns}, aligned(columns, {x, y, target}), rows, columns,
                  stream);
}

}  // namespace elbo4j::cuda
