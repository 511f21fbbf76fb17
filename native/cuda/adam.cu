// One step of Adam (Kingma and Ba 2015, algorithm 1) and the scale of gradient clipping by the global norm.
//   g = gradient scale;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
//   parameter -= stepSize m / (sqrt(v) inverseRootCorrection + epsilon)
// The bias corrections are in stepSize and inverseRootCorrection. First moments below 2^-100 and second ones below
// 2^-124 become 0: those of dead units would decay into denormals, which slow a step on a CPU. All rows x columns.
// Moves 28 bytes per element.
// Compiled for sm_90: 40 registers, no spills, 59 instructions per element (aligned).
#include "adam_element.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

struct Adam {
  Output parameter;
  Input gradient;
  Output first_moment, second_moment;
  AdamScalars scalars;
  const int64_t* live;
  const float* gradient_scale;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const Quad g = load<ALIGNED>(gradient.row(row), column, columns);
    Quad p = load_own<ALIGNED>(parameter.row(row), column, columns);
    Quad m = load_own<ALIGNED>(first_moment.row(row), column, columns);
    Quad v = load_own<ALIGNED>(second_moment.row(row), column, columns);
    const AdamScalars s = adam_scalars_of(scalars, live);
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

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_adam(float* parameter, int64_t parameter_stride, const float* gradient, int64_t gradient_stride,
                     float* first_moment, int64_t first_moment_stride, float* second_moment,
                     int64_t second_moment_stride, float beta1, float one_minus_beta1, float beta2,
                     float one_minus_beta2, float step_size, float inverse_root_correction, float epsilon,
                     const int64_t* live, const float* gradient_scale, int64_t rows, int64_t columns, void* stream) {
  Output p{parameter, parameter_stride}, m{first_moment, first_moment_stride}, v{second_moment, second_moment_stride};
  Input g{gradient, gradient_stride};
  const AdamScalars scalars{beta1,     one_minus_beta1,         beta2,  one_minus_beta2,
                            step_size, inverse_root_correction, epsilon};
  flatten(rows, columns, p, g, m, v);
  return map_rows(Adam{p, g, m, v, scalars, live, gradient_scale, columns}, aligned(columns, {p, g, m, v}), rows,
                  columns, stream);
}

int elbo4j_cuda_clip_scale(const float* sums_of_squares, int64_t count, float maximum_norm, float* scale,
                           void* stream) {
  const Input sums{sums_of_squares, 0};
  return sum_rows(ClipScale{sums, maximum_norm, scale, count}, aligned(count, {sums}), 1, count, stream);
}
