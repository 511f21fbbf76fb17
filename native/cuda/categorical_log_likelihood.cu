// The log-likelihood of class numbers x under softmax(logits), and its gradient, in one pass. Of each element, over its
// classes c, m = max(l_c), s = sum(exp(l_c - m)), y_c = (l_c - m) - log(s):
//   logLikelihood = sum(y_x);  dLogits_c = w (c == x) - exp(y_c) w, the product and the difference rounded once
// s is added in double precision, four classes at a time, which are a quad of float32. NaN where x is no class.
// logits and dLogits rows x classes columns: class c of column d in column c columns + d; x rows / samples x columns.
// Moves 8 bytes per logit, 4 without the gradient; what is read again comes from a cache.
// Compiled: at most 72 registers, no spills.
#include "categorical_log_likelihood_fused.h"
#include "exp.h"
#include "log.h"
#include "row_number.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

template <bool GRADIENT> struct CategoricalLogLikelihood {
  Input logits, x;
  Output d_logits;
  const float* weight;
  float* log_likelihood;
  int64_t samples, columns;
  int classes;

  // exp(l - m), added up, of two classes, of which there may be one or none.
  template <bool ALIGNED>
  __device__ __forceinline__ Quad pair(const float* of_row, int c, int64_t column, const Quad& maximum) const {
    Quad sum{};
#pragma unroll
    for (int j = 0; j < 2; j++) {
      if (c + j >= classes) continue;
      const Quad l = load<ALIGNED>(of_row + (c + j) * columns, column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) sum.e[i] += spec::exp_nonpositive(l.e[i] - maximum.e[i]);
    }
    return sum;
  }

  // That of the class x; NaN where there is none.
  template <bool ALIGNED> __device__ __forceinline__ float logit(const float* of_row, float x, int64_t column) const {
    const int64_t c = spec::row_number(x, classes);
    return c >= 0 && (ALIGNED || column < columns) ? __ldg(of_row + c * columns + column)
                                                   : spec::float_from_bits(0x7fc00000u);
  }

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const float* of_row = logits.row(row);
    Quad maximum;
#pragma unroll
    for (int i = 0; i < 4; i++) maximum.e[i] = spec::float_from_bits(0xff800000u);
#pragma unroll 1
    for (int c = 0; c < classes; c++) {
      const Quad l = load<ALIGNED>(of_row + c * columns, column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) maximum.e[i] = l.e[i] <= maximum.e[i] ? maximum.e[i] : l.e[i];
    }
    double sum[4] = {};
#pragma unroll 1
    for (int c = 0; c < classes; c += 4) {
      const Quad low = pair<ALIGNED>(of_row, c, column, maximum), high = pair<ALIGNED>(of_row, c + 2, column, maximum);
#pragma unroll
      for (int i = 0; i < 4; i++) sum[i] += (double)(low.e[i] + high.e[i]);
    }
    const Quad target = load<ALIGNED>(x.row(samples == 1 ? row : row / samples), column, columns);
    Quad terms, log_sum;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float of_x = logit<ALIGNED>(of_row, target.e[i], column + i);
      const float log_of = spec::log((float)sum[i]);
      terms.e[i] = (of_x - maximum.e[i]) - log_of;
      log_sum.e[i] = of_x == of_x ? log_of : of_x;
    }
    if (GRADIENT) {
      const float w = __ldg(weight + row);
#pragma unroll 1
      for (int c = 0; c < classes; c++) {
        Quad l = load<ALIGNED>(of_row + c * columns, column, columns);
#pragma unroll
        for (int i = 0; i < 4; i++) {
          const float probability = spec::exp((l.e[i] - maximum.e[i]) - log_sum.e[i]);
          l.e[i] = spec::fma(-probability, w, target.e[i] == (float)c ? w : 0.0f);
        }
        store<ALIGNED>(d_logits.row(row) + c * columns, column, columns, l);
      }
    }
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t row, float sum) const { log_likelihood[row] = sum; }
};

}  // namespace

// With fewer registers it spills on sm_90 and sm_120.
template <bool ALIGNED, bool GRADIENT> constexpr int least_blocks<ALIGNED, CategoricalLogLikelihood<GRADIENT>> = 2;

namespace {

template <bool GRADIENT> int of(const elbo4j_categorical_log_likelihood_fused& a, void* stream) {
  const int64_t columns = a.x.columns;
  const Input logits = input(a.logits), x = input(a.x);
  const Output d_logits = output(a.d_logits);
  const bool quads = GRADIENT ? aligned(columns, {logits, x, d_logits}) : aligned(columns, {logits, x});
  return sum_rows(
      CategoricalLogLikelihood<GRADIENT>{logits, x, d_logits, a.d_log_likelihood.floats(), a.log_likelihood.floats(),
                                         a.logits.samples_of(a.x), columns, (int)(a.logits.columns / columns)},
      quads, a.logits.rows, columns, stream);
}

}  // namespace

int categorical_log_likelihood_fused(const elbo4j_categorical_log_likelihood_fused& a, void* stream) {
  return a.d_log_likelihood.data ? of<true>(a, stream) : of<false>(a, stream);
}

}  // namespace elbo4j::cuda
