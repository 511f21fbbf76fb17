// One step of Adam (Kingma and Ba 2015, algorithm 1) and the scale of gradient clipping by the global norm.
//   g = gradient scale;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
//   parameter -= stepSize m / (sqrt(v) inverseRootCorrection + epsilon)
// The bias corrections are in stepSize and inverseRootCorrection. First moments below 2^-100 and second ones below
// 2^-124 become 0: those of dead units would decay into denormals, which slow a step threefold. All rows x columns.
// Moves 28 bytes per element.
#include "float_operations.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void adam(float* parameter, int64_t parameter_stride, const float* gradient, int64_t gradient_stride,
          float* first_moment, int64_t first_moment_stride, float* second_moment, int64_t second_moment_stride,
          float beta1, float one_minus_beta1, float beta2, float one_minus_beta2, float step_size,
          float inverse_root_correction, float epsilon, const float* gradient_scale, int64_t columns, int64_t begin,
          int64_t end) {
  constexpr float negligible_first = 0x1p-100f, negligible_second = 0x1p-124f;
  const float scale = gradient_scale ? *gradient_scale : 1.0f;
  for (int64_t r = begin; r < end; r++) {
    float* p = parameter + r * parameter_stride;
    float *first = first_moment + r * first_moment_stride, *second = second_moment + r * second_moment_stride;
    const float* g_of_row = gradient + r * gradient_stride;
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) {
      const float g = g_of_row[i] * scale;  // exact when there is none
      float m = spec::fma(beta1, first[i], one_minus_beta1 * g);
      float v = spec::fma(beta2, second[i], (one_minus_beta2 * g) * g);
      m = spec::absolute(m) < negligible_first ? 0.0f : m;
      v = spec::absolute(v) < negligible_second ? 0.0f : v;
      first[i] = m;
      second[i] = v;
      p[i] = p[i] - (step_size * m) / spec::fma(__builtin_sqrtf(v), inverse_root_correction, epsilon);
    }
  }
}

void clip_scale(const float* sums_of_squares, int64_t count, float maximum_norm, float* scale) {
  const Input in{sums_of_squares, count};
  RowSums sums;
  for_each_tile(0, 1, count, [&](const Tile& tile) {
    Buffer terms;
    copy_row(terms.data, in.tile(tile, terms), tile.columns);
    sums.add(tile, terms.data);
  });
  const float norm = __builtin_sqrtf(sums[0]);
  *scale = norm <= maximum_norm ? 1.0f : maximum_norm / norm;
}

}  // namespace elbo4j::ELBO4J_LEVEL
