// Functions of single elements (spec/activations.h) and their gradients. y = f(x) moves 8 bytes per element, dx = dy
// f'(x) 12; x, y, dx, dy rows x columns. x is what the function was applied to: f' does not come from y, so that it
// does not cancel where y is near its limits. y may be x, and dx may be dy or x.
#include "activations.h"
#include "elementwise_apply.h"
#include "elementwise_gradient.h"
#include "tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

#define FUNCTIONS(name)                                                                             \
  struct name {                                                                                     \
    static ELBO4J_INLINE float value(float x) { return spec::name(x); }                             \
    static ELBO4J_INLINE float gradient(float x, float dy) { return spec::name##_gradient(x, dy); } \
  };
ELBO4J_ACTIVATIONS(FUNCTIONS)

template <class F> void apply(const elbo4j_elementwise_apply& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x);
  const Output y = float_output(a.y);
  for_each_tile(begin, end, a.x.columns, [&](const Tile& tile) {
    Buffer x_buffer, y_buffer;
    const float* from = x.tile(tile, x_buffer);
    float* to = y.tile(tile, y_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = F::value(from[i]);
    y.commit(tile, y_buffer);
  });
}

template <class F> void gradient(const elbo4j_elementwise_gradient& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x), dy = float_input(a.dy);
  const Output dx = float_output(a.dx);
  for_each_tile(begin, end, a.x.columns, [&](const Tile& tile) {
    Buffer x_buffer, dy_buffer, dx_buffer;
    const float *at = x.tile(tile, x_buffer), *from = dy.tile(tile, dy_buffer);
    float* to = dx.tile(tile, dx_buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = F::gradient(at[i], from[i]);
    dx.commit(tile, dx_buffer);
  });
}

}  // namespace

void elementwise_apply(const elbo4j_elementwise_apply& a, int64_t begin, int64_t end) {
#define APPLY(name) apply<name>,
  constexpr void (*of_functions[])(const elbo4j_elementwise_apply&, int64_t, int64_t) = {ELBO4J_ACTIVATIONS(APPLY)};
  of_functions[a.function](a, begin, end);
}

void elementwise_gradient(const elbo4j_elementwise_gradient& a, int64_t begin, int64_t end) {
#define GRADIENT(name) gradient<name>,
  constexpr void (*of_functions[])(const elbo4j_elementwise_gradient&, int64_t,
                                   int64_t) = {ELBO4J_ACTIVATIONS(GRADIENT)};
  of_functions[a.function](a, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
