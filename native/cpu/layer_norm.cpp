// Layer normalisation (Ba, Kiros and Hinton 2016, equations 3 and 4) of each row, and its gradients; without mean and
// beta, root mean square normalisation (Zhang and Sennrich 2019, equation 4).
//   m = mean(x); r = 1 / sqrt(mean((x - m)^2) + epsilon); xhat = (x - m) r;  y = gamma xhat + beta
//   g = gamma dY; dX = r (g - mean(g) - xhat mean(g xhat));  dGamma = sum over the rows of dY xhat, dBeta of dY
// Means are of the float64 row sums before their rounding. x, y, gradients rows x columns; gamma, beta[columns];
// m, r[rows]. Moves 8 bytes per element, dX 12, dGamma and dBeta 8; what is read again comes from a cache.
#include "column_sum_tile.h"
#include "common_width.h"
#include "layer_norm_backward.h"
#include "layer_norm_forward.h"
#include "layer_norm_parameter_gradients.h"
#include "normalisation.h"
#include "row_vectors.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

template <int N> struct Count { static constexpr int value = N; };

struct Rows {
  const float* data;
  int64_t stride;

  const float* operator[](int64_t row) const { return data + row * stride; }
};

Rows rows_of(const elbo4j_matrix& matrix) { return {matrix.floats(), matrix.stride}; }

// The mean of a row, or 0 where rows are not centred.
template <bool CENTRED> float mean_of_row(const float* mean, int64_t row) { return CENTRED ? mean[row] : 0.0f; }

void means_of(const double* sums, int64_t rows, int64_t columns, float* means) {
  const double count = (double)columns;
  ELBO4J_SIMD for (int64_t r = 0; r < rows; r++) means[r] = spec::mean_of(sums[r], count);
}

template <bool CENTRED, class Columns>
void forward(const elbo4j_layer_norm_forward& a, int64_t begin, int64_t end, Columns columns) {
  const Rows x = rows_of(a.x);
  const float *gamma = a.gamma.floats(), *beta = a.beta.floats();
  float *mean = a.mean.floats(), *rstd = a.rstd.floats();
  const double count = (double)columns;
  for_each_rows(begin, end, columns, [&](int64_t first, int64_t last) {
    double sums[block_rows];
    if (CENTRED) {
      row_sums<1>(last - first, columns, {sums},
                  [&](int64_t r) { return [in = x[first + r]](auto at, Floats* terms) { terms[0] = at.load(in); }; });
      means_of(sums, last - first, columns, mean + first);
    }
    row_sums<1>(last - first, columns, {sums}, [&](int64_t r) {
      return [in = x[first + r], m = floats_of(mean_of_row<CENTRED>(mean, first + r))](auto at, Floats* terms) {
        const Floats d = at.load(in) - m;
        terms[0] = d * d;
      };
    });
    ELBO4J_SIMD for (int64_t row = first; row < last; row++) rstd[row] =
        spec::reciprocal_deviation(sums[row - first], count, a.epsilon);
    for (int64_t row = first; row < last; row++) {
      const float* in = x[row];
      float* out = a.y.floats() + row * a.y.stride;
      const float m = mean_of_row<CENTRED>(mean, row), scale = rstd[row];
      ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) {
        const float xhat = spec::normalised(in[i], m, scale);
        out[i] = CENTRED ? spec::fma(xhat, gamma[i], beta[i]) : xhat * gamma[i];
      }
    }
  });
}

template <bool CENTRED, class Columns>
void backward(const elbo4j_layer_norm_backward& a, int64_t begin, int64_t end, Columns columns) {
  const Rows x = rows_of(a.x), dy = rows_of(a.d_y);
  const float *gamma = a.gamma.floats(), *mean = a.mean.floats(), *rstd = a.rstd.floats();
  for_each_rows(begin, end, columns, [&](int64_t first, int64_t last) {
    double of_g[block_rows], of_gx[block_rows];
    auto of_row = [&](int64_t r) {
      return [in = x[first + r], dy_in = dy[first + r], gamma, m = floats_of(mean_of_row<CENTRED>(mean, first + r)),
              scale = floats_of(rstd[first + r])](auto at, Floats* terms) {
        const Floats g = at.load(dy_in) * at.load(gamma);
        if (CENTRED) *terms++ = g;
        *terms = g * ((at.load(in) - m) * scale);
      };
    };
    if constexpr (CENTRED)
      row_sums<2>(last - first, columns, {of_g, of_gx}, of_row);
    else
      row_sums<1>(last - first, columns, {of_gx}, of_row);
    float mean_g[block_rows], mean_gx[block_rows];
    if (CENTRED) means_of(of_g, last - first, columns, mean_g);
    means_of(of_gx, last - first, columns, mean_gx);
    for (int64_t row = first; row < last; row++) {
      const float *in = x[row], *dy_in = dy[row];
      float* out = a.d_x.floats() + row * a.d_x.stride;
      const float m = mean_of_row<CENTRED>(mean, row), scale = rstd[row];
      const float g = mean_of_row<CENTRED>(mean_g, row - first), gx = mean_gx[row - first];
      ELBO4J_SIMD for (int64_t i = 0; i < columns; i++) out[i] =
          spec::normalised_gradient(spec::normalised(in[i], m, scale), scale, dy_in[i] * gamma[i], g, gx);
    }
  });
}

template <bool CENTRED, bool SHIFTED>
void parameter_gradients(const elbo4j_layer_norm_parameter_gradients& a, int64_t begin, int64_t end) {
  const Rows x = rows_of(a.x), dy = rows_of(a.d_y);
  const float *mean = a.mean.floats(), *rstd = a.rstd.floats();
  float* const results[] = {a.d_gamma.floats(), a.d_beta.floats()};
  column_sums_by_rows<SHIFTED ? 2 : 1>(
      a.x.rows, a.chunks, begin, end,
      [&](int64_t row, int rows, int64_t column, int columns, float* const* sums) {
        float *of_gamma = sums[0], *of_beta = SHIFTED ? sums[1] : nullptr;
        auto add = [&](auto together) __attribute__((always_inline)) {
          constexpr int R = decltype(together)::value;
          const float *in[R], *dy_in[R];
          float m[R], scale[R];
          for (int r = 0; r < R; r++) {
            in[r] = x[row + r] + column, dy_in[r] = dy[row + r] + column;
            m[r] = mean_of_row<CENTRED>(mean, row + r), scale[r] = rstd[row + r];
          }
          ELBO4J_SIMD for (int i = 0; i < columns; i++) {
            float gamma = of_gamma[i], beta = SHIFTED ? of_beta[i] : 0.0f;
            for (int r = 0; r < R; r++) {
              gamma += spec::normalised(in[r][i], m[r], scale[r]) * dy_in[r][i];
              if (SHIFTED) beta += dy_in[r][i];
            }
            of_gamma[i] = gamma;
            if (SHIFTED) of_beta[i] = beta;
          }
        };
        if (rows == rows_together) return add(Count<rows_together>());
        for (int r = 0; r < rows; r++, row++) add(Count<1>());
      },
      [&](int k, int64_t column, float sum) { results[k][column] = sum; });
}

}  // namespace

void layer_norm_forward(const elbo4j_layer_norm_forward& a, int64_t begin, int64_t end) {
  with_columns(a.x.columns, [&](auto columns) {
    using Columns = decltype(columns);
    (a.mean.data ? forward<true, Columns> : forward<false, Columns>)(a, begin, end, columns);
  });
}

void layer_norm_backward(const elbo4j_layer_norm_backward& a, int64_t begin, int64_t end) {
  with_columns(a.x.columns, [&](auto columns) {
    using Columns = decltype(columns);
    (a.mean.data ? backward<true, Columns> : backward<false, Columns>)(a, begin, end, columns);
  });
}

void layer_norm_parameter_gradients(const elbo4j_layer_norm_parameter_gradients& a, int64_t begin, int64_t end) {
  if (a.d_beta.data)
    (a.mean.data ? parameter_gradients<true, true> : parameter_gradients<false, true>)(a, begin, end);
  else
    (a.mean.data ? parameter_gradients<true, false> : parameter_gradients<false, false>)(a, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
