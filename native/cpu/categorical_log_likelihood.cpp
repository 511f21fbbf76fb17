// The log-likelihood of class numbers x under softmax(logits), and its gradient, in one pass. Of each element, over its
// classes c, m = max(l_c), s = sum(exp(l_c - m)), y_c = (l_c - m) - log(s):
//   logLikelihood = sum(y_x);  dLogits_c = w (c == x) - exp(y_c) w, the product and the difference rounded once
// s is added in double precision, four classes at a time, which are a quad of float32. NaN where x is no class.
// logits and dLogits rows x classes columns: class c of column d in column c columns + d; x rows / samples x columns.
// Moves 8 bytes per logit, 4 without the gradient; what is read again comes from a cache.
#include "categorical_log_likelihood_fused.h"
#include "exp.h"
#include "log.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

struct DoubleBuffer {
  alignas(64) double data[tile_floats];
};

struct Classes {
  const elbo4j_matrix& logits;
  int64_t columns, count;

  // Beyond the last one: of probability 0.
  const float* tile(int64_t c, const Tile& t, Buffer& buffer) const {
    if (c < count) return Input{logits.floats() + c * columns, logits.stride}.tile(t, buffer);
    const int size = t.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) buffer.data[i] = spec::float_from_bits(0xff800000u);
    return buffer.data;
  }
};

}  // namespace

void categorical_log_likelihood_fused(const elbo4j_categorical_log_likelihood_fused& a, int64_t begin, int64_t end) {
  const int64_t columns = a.x.columns;
  const Classes classes{a.logits, columns, a.logits.columns / columns};
  const Input x = float_input(a.x, a.logits.samples_of(a.x));
  RowSums sums;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer x_buffer, logit_buffers[4], maxima, of_x, log_sums, terms;
    DoubleBuffer exponentials;
    const int size = tile.size();
    const float* target = x.tile(tile, x_buffer);
    float *m = maxima.data, *y = of_x.data, *log_sum = log_sums.data, *t = terms.data;
    double* s = exponentials.data;
    ELBO4J_SIMD for (int i = 0; i < size; i++) {
      m[i] = spec::float_from_bits(0xff800000u);
      y[i] = spec::float_from_bits(0x7fc00000u);
      s[i] = 0.0;
    }
    for (int64_t c = 0; c < classes.count; c++) {
      const float* l = classes.tile(c, tile, logit_buffers[0]);
      const float number = (float)c;
      ELBO4J_SIMD for (int i = 0; i < size; i++) {
        m[i] = l[i] <= m[i] ? m[i] : l[i];
        y[i] = target[i] == number ? l[i] : y[i];
      }
    }
    for (int64_t c = 0; c < classes.count; c += 4) {
      const float* l[4];
      for (int j = 0; j < 4; j++) l[j] = classes.tile(c + j, tile, logit_buffers[j]);
      ELBO4J_SIMD for (int i = 0; i < size; i++) s[i] +=
          (double)((spec::exp_nonpositive(l[0][i] - m[i]) + spec::exp_nonpositive(l[1][i] - m[i])) +
                   (spec::exp_nonpositive(l[2][i] - m[i]) + spec::exp_nonpositive(l[3][i] - m[i])));
    }
    ELBO4J_SIMD for (int i = 0; i < size; i++) {
      const float log_of = spec::log((float)s[i]);
      t[i] = (y[i] - m[i]) - log_of;
      log_sum[i] = y[i] == y[i] ? log_of : y[i];
    }
    if (a.d_log_likelihood.data) {
      with_row_weights(tile, a.d_log_likelihood.floats() + tile.row, [&](auto w) {
        for (int64_t c = 0; c < classes.count; c++) {
          Buffer gradient_buffer;
          const Output gradients{a.d_logits.floats() + c * columns, a.d_logits.stride};
          const float* l = classes.tile(c, tile, logit_buffers[0]);
          float* gradient = gradients.tile(tile, gradient_buffer);
          const float number = (float)c;
          ELBO4J_SIMD for (int i = 0; i < size; i++) {
            const float probability = spec::exp((l[i] - m[i]) - log_sum[i]);
            gradient[i] = spec::fma(-probability, w[i], target[i] == number ? w[i] : 0.0f);
          }
          gradients.commit(tile, gradient_buffer);
        }
      });
    }
    sums.add(tile, t);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) a.log_likelihood.floats()[tile.row + r] = sums[r];
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
