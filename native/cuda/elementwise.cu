// Functions of single elements (spec/activations.h) and their gradients. y = f(x) moves 8 bytes per element, dx = dy
// f'(x) 12; x, y, dx, dy rows x columns. x is what the function was applied to: f' does not come from y, so that it
// does not cancel where y is near its limits. y may be x, and dx may be dy or x.
// Compiled for sm_90: at most 37 registers (gradients of log and sqrt, which divide), no spills; instructions of PTX
// per element, aligned: 9 to 71, the gradients 9 to 75.
#include "activations.h"
#include "elementwise_apply.h"
#include "elementwise_gradient.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

#define FUNCTIONS(name)                                                                                          \
  struct name {                                                                                                  \
    static __device__ __forceinline__ float value(float x) { return spec::name(x); }                             \
    static __device__ __forceinline__ float gradient(float x, float dy) { return spec::name##_gradient(x, dy); } \
  };
ELBO4J_ACTIVATIONS(FUNCTIONS)

template <class F> struct Map {
  Input x;
  Output y;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad q = load_own<ALIGNED>(x.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = F::value(q.e[i]);
    store<ALIGNED>(y.row(row), column, columns, q);
  }
};

template <class F> struct Gradient {
  Input x, dy;
  Output dx;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad at = load_own<ALIGNED>(x.row(row), column, columns);
    Quad q = load_own<ALIGNED>(dy.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = F::gradient(at.e[i], q.e[i]);
    store<ALIGNED>(dx.row(row), column, columns, q);
  }
};

template <class F> int apply(const elbo4j_elementwise_apply& a, void* stream) {
  Input x = input(a.x);
  Output y = output(a.y);
  int64_t rows = a.x.rows, columns = a.x.columns;
  flatten(rows, columns, x, y);
  return map_rows(Map<F>{x, y, columns}, aligned(columns, {x, y}), rows, columns, stream);
}

template <class F> int gradient(const elbo4j_elementwise_gradient& a, void* stream) {
  Input x = input(a.x), dy = input(a.dy);
  Output dx = output(a.dx);
  int64_t rows = a.x.rows, columns = a.x.columns;
  flatten(rows, columns, x, dy, dx);
  return map_rows(Gradient<F>{x, dy, dx, columns}, aligned(columns, {x, dy, dx}), rows, columns, stream);
}

}  // namespace

int elementwise_apply(const elbo4j_elementwise_apply& a, void* stream) {
#define APPLY(name) apply<name>,
  constexpr int (*of_functions[])(const elbo4j_elementwise_apply&, void*) = {ELBO4J_ACTIVATIONS(APPLY)};
  return of_functions[a.function](a, stream);
}

int elementwise_gradient(const elbo4j_elementwise_gradient& a, void* stream) {
#define GRADIENT(name) gradient<name>,
  constexpr int (*of_functions[])(const elbo4j_elementwise_gradient&, void*) = {ELBO4J_ACTIVATIONS(GRADIENT)};
  return of_functions[a.function](a, stream);
}

}  // namespace elbo4j::cuda
