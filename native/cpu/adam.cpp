// One step of Adam (Kingma and Ba 2015, algorithm 1) and the scale of gradient clipping by the global norm.
//   g = gradient scale;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
//   parameter = decay parameter - stepSize m / (sqrt(v) inverseRootCorrection + epsilon)
// A decay other than 1 is AdamW (Loshchilov and Hutter 2019, algorithm 2).
// The bias corrections are in stepSize and inverseRootCorrection. First moments below 2^-100 and second ones below
// 2^-124 become 0: those of dead units would decay into denormals, which slow a step threefold. All rows x columns.
// Moves 28 bytes per element.
#include "adam_update.h"
#include "clip_scale.h"
#include "float_operations.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void adam_update(const elbo4j_adam_update& u, int64_t begin, int64_t end) {
  constexpr float negligible_first = 0x1p-100f, negligible_second = 0x1p-124f;
  const auto [beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, inverse_root_correction, epsilon, decay,
              live] = u.step;
  const float scale = u.gradient_scale.data ? *u.gradient_scale.floats() : 1.0f;
  const int64_t columns = u.parameter.columns;
  for (int64_t r = begin; r < end; r++) {
    float* p = float_output(u.parameter).row(r);
    float *first = float_output(u.first_moment).row(r), *second = float_output(u.second_moment).row(r);
    const float* g_of_row = float_input(u.gradient).row(r);
    ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) {
      const float g = g_of_row[i] * scale;  // exact when there is none
      float m = spec::fma(beta1, first[i], one_minus_beta1 * g);
      float v = spec::fma(beta2, second[i], (one_minus_beta2 * g) * g);
      m = spec::absolute(m) < negligible_first ? 0.0f : m;
      v = spec::absolute(v) < negligible_second ? 0.0f : v;
      first[i] = m;
      second[i] = v;
      p[i] = p[i] * decay - (step_size * m) / spec::fma(__builtin_sqrtf(v), inverse_root_correction, epsilon);
    }
  }
}

void clip_scale(const elbo4j_clip_scale& clip, int64_t, int64_t) {
  const Input in = float_input(clip.sums_of_squares);
  const int64_t count = clip.sums_of_squares.columns;
  RowSums sums;
  for_each_tile(0, 1, count, [&](const Tile& tile) {
    Buffer terms;
    copy_row(terms.data, in.tile(tile, terms), tile.columns);
    sums.add(tile, terms.data);
  });
  const float norm = __builtin_sqrtf(sums[0]);
  *clip.scale.floats() = norm <= clip.maximum_norm ? 1.0f : clip.maximum_norm / norm;
}

}  // namespace elbo4j::ELBO4J_LEVEL
