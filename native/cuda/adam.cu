// One step of Adam (Kingma and Ba 2015, algorithm 1) and the scale of gradient clipping by the global norm.
//   g = gradient scale;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
//   parameter = decay parameter - stepSize m / (sqrt(v) inverseRootCorrection + epsilon)
// A decay other than 1 is AdamW (Loshchilov and Hutter 2019, algorithm 2).
// The bias corrections are in stepSize and inverseRootCorrection. First moments below 2^-100 and second ones below
// 2^-124 become 0: those of dead units would decay into denormals, which slow a step on a CPU. All rows x columns.
// Moves 28 bytes per element.
// Compiled for sm_90: 40 registers, no spills, 59 instructions per element (aligned).
#include "adam_element.h"
#include "adam_update.h"
#include "clip_scale.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

struct Adam {
  Output parameter;
  Input gradient;
  Output first_moment, second_moment;
  elbo4j_adam_step step;
  const float* gradient_scale;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad g = load<ALIGNED>(gradient.row(row), column, columns);
    Quad p = load_own<ALIGNED>(parameter.row(row), column, columns);
    Quad m = load_own<ALIGNED>(first_moment.row(row), column, columns);
    Quad v = load_own<ALIGNED>(second_moment.row(row), column, columns);
    const elbo4j_adam_step s = adam_step_of(step);
    const float scale = gradient_scale ? __ldg(gradient_scale) : 1.0f;
#pragma unroll
    for (int i = 0; i < 4; i++) adam_element(p.e[i], m.e[i], v.e[i], g.e[i] * scale, s);
    store<ALIGNED>(parameter.row(row), column, columns, p);
    store<ALIGNED>(first_moment.row(row), column, columns, m);
    store<ALIGNED>(second_moment.row(row), column, columns, v);
  }
};

struct ClipScale {
  Input sums_of_squares;
  float maximum_norm;
  float* scale;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad q = load<ALIGNED>(sums_of_squares.row(row), column, columns);
    return spec::quad_sum(q.e[0], q.e[1], q.e[2], q.e[3]);
  }

  __device__ void finish(int64_t, float sum) const {
    const float norm = __fsqrt_rn(sum);
    *scale = norm <= maximum_norm ? 1.0f : maximum_norm / norm;
  }
};

}  // namespace

int adam_update(const elbo4j_adam_update& a, void* stream) {
  Output p = output(a.parameter), m = output(a.first_moment), v = output(a.second_moment);
  Input g = input(a.gradient);
  int64_t rows = a.parameter.rows, columns = a.parameter.columns;
  flatten(rows, columns, p, g, m, v);
  return map_rows(Adam{p, g, m, v, a.step, a.gradient_scale.floats(), columns}, aligned(columns, {p, g, m, v}), rows,
                  columns, stream);
}

int clip_scale(const elbo4j_clip_scale& a, void* stream) {
  const Input sums = input(a.sums_of_squares);
  const int64_t count = a.sums_of_squares.columns;
  return sum_rows(ClipScale{sums, a.maximum_norm, a.scale.floats(), count}, aligned(count, {Input{sums.data, 0}}), 1,
                  count, stream);
}

}  // namespace elbo4j::cuda
