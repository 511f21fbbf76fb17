// Layer normalisation (Ba, Kiros and Hinton 2016, equations 3 and 4) of each row, and its gradients; without mean and
// beta, root mean square normalisation (Zhang and Sennrich 2019, equation 4).
//   m = mean(x); r = 1 / sqrt(mean((x - m)^2) + epsilon); xhat = (x - m) r;  y = gamma xhat + beta
//   g = gamma dY; dX = r (g - mean(g) - xhat mean(g xhat));  dGamma = sum over the rows of dY xhat
// Means are of the float64 row sums before their rounding. x, y, gradients rows x columns; gamma, beta[columns];
// m, r[rows]. Moves 8 bytes per element, dX 12, dGamma 8; what is read again comes from a cache.
#include "column_sum_tile.h"
#include "layer_norm_backward.h"
#include "layer_norm_forward.h"
#include "layer_norm_gamma_gradient.h"
#include "normalisation.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

using UnroundedSums = RowSumsOf<double>;

// The mean of a row, or 0 where rows are not centred.
template <bool CENTRED> float mean_of_row(const float* mean, int64_t row) { return CENTRED ? mean[row] : 0.0f; }

// f(row, where its elements begin in the tile): a row's numbers are constants of a loop over its columns.
template <class F> void for_each_row(const Tile& tile, F f) {
  for (int r = 0; r < tile.rows; r++) f(tile.row + r, r * tile.width);
}

void means_of(const UnroundedSums& sums, int rows, int64_t columns, float* means) {
  const double count = (double)columns;
  ELBO4J_SIMD for (int r = 0; r < rows; r++) means[r] = spec::mean_of(sums[r], count);
}

void means_of(const Input& x, int64_t row, int rows, int64_t columns, float* means) {
  UnroundedSums sums;
  for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
    Buffer buffer;
    sums.add_input(tile, x.tile(tile, buffer));
  });
  means_of(sums, rows, columns, means);
}

template <bool CENTRED>
void reciprocal_deviations_of(const Input& x, int64_t row, int rows, int64_t columns, float epsilon, const float* mean,
                              float* rstd) {
  UnroundedSums sums;
  for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
    Buffer buffer, terms;
    const float* from = x.tile(tile, buffer);
    for_each_row(tile, [&](int64_t r, int begin) {
      const float m = mean_of_row<CENTRED>(mean, r);
      ELBO4J_SIMD for (int i = begin; i < begin + tile.columns; i++) {
        const float d = from[i] - m;
        terms.data[i] = d * d;
      }
    });
    sums.add(tile, terms.data);
  });
  const double count = (double)columns;
  ELBO4J_SIMD for (int r = 0; r < rows; r++) rstd[r] = spec::reciprocal_deviation(sums[r], count, epsilon);
}

template <bool CENTRED> void forward(const elbo4j_layer_norm_forward& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x);
  const Output y = float_output(a.y);
  float *mean = a.mean.floats(), *rstd = a.rstd.floats();
  const int64_t columns = a.x.columns;
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    if (CENTRED) means_of(x, row, rows, columns, mean + row);
    reciprocal_deviations_of<CENTRED>(x, row, rows, columns, a.epsilon, mean, rstd + row);
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer buffer, result;
      const float *from = x.tile(tile, buffer), *gamma = a.gamma.floats() + tile.column;
      const float* beta = CENTRED ? a.beta.floats() + tile.column : nullptr;
      float* to = y.tile(tile, result);
      for_each_row(tile, [&](int64_t r, int begin_of_row) {
        const float m = mean_of_row<CENTRED>(mean, r), scale = rstd[r];
        const float* in = from + begin_of_row;
        float* out = to + begin_of_row;
        ELBO4J_SIMD for (int i = 0; i < tile.columns; i++) {
          const float xhat = spec::normalised(in[i], m, scale);
          out[i] = CENTRED ? spec::fma(xhat, gamma[i], beta[i]) : xhat * gamma[i];
        }
      });
      y.commit(tile, result);
    });
  });
}

template <bool CENTRED> struct Gradient {
  Input x, dy;
  const float *gamma, *mean, *rstd;

  void operands(const Tile& tile, float* xhat, float* g, float* gx) const {
    Buffer buffers[2];
    const float *x_tile = x.tile(tile, buffers[0]), *dy_tile = dy.tile(tile, buffers[1]);
    for_each_row(tile, [&](int64_t r, int begin) {
      const float m = mean_of_row<CENTRED>(mean, r), scale = rstd[r];
      const float *in = x_tile + begin, *dy_in = dy_tile + begin, *weight = gamma + tile.column;
      ELBO4J_SIMD for (int i = 0; i < tile.columns; i++) {
        const float n = spec::normalised(in[i], m, scale), weighted = dy_in[i] * weight[i];
        xhat[begin + i] = n;
        g[begin + i] = weighted;
        gx[begin + i] = weighted * n;
      }
    });
  }
};

template <bool CENTRED> void backward(const elbo4j_layer_norm_backward& a, int64_t begin, int64_t end) {
  const Output dx = float_output(a.d_x);
  const float* rstd = a.rstd.floats();
  const int64_t columns = a.x.columns;
  const Gradient<CENTRED> of{float_input(a.x), float_input(a.d_y), a.gamma.floats(), a.mean.floats(), rstd};
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    Buffer xhat, g, gx;
    UnroundedSums of_g, of_gx;
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      of.operands(tile, xhat.data, g.data, gx.data);
      if (CENTRED) of_g.add(tile, g.data);
      of_gx.add(tile, gx.data);
    });
    float mean_g[tile_rows], mean_gx[tile_rows];
    if (CENTRED) means_of(of_g, rows, columns, mean_g);
    means_of(of_gx, rows, columns, mean_gx);
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      // a row of several tiles: the operands are of the last one
      if (columns > tile_floats) of.operands(tile, xhat.data, g.data, gx.data);
      Buffer result;
      float* to = dx.tile(tile, result);
      for_each_row(tile, [&](int64_t r, int begin_of_row) {
        const float scale = rstd[r], m = mean_of_row<CENTRED>(mean_g, r - row), mx = mean_gx[r - row];
        ELBO4J_SIMD for (int i = begin_of_row; i < begin_of_row + tile.columns; i++) to[i] =
            spec::normalised_gradient(xhat.data[i], scale, g.data[i], m, mx);
      });
      dx.commit(tile, result);
    });
  });
}

template <bool CENTRED> void gamma_gradient(const elbo4j_layer_norm_gamma_gradient& a, int64_t begin, int64_t end) {
  const Input x = float_input(a.x), dy = float_input(a.d_y);
  const float *mean = a.mean.floats(), *rstd = a.rstd.floats();
  Buffer buffers[2];
  column_sums_of(
      a.x.rows, begin, end,
      [&](const Tile& tile, float* t) {
        const float *x_tile = x.tile(tile, buffers[0]), *dy_tile = dy.tile(tile, buffers[1]);
        for_each_row(tile, [&](int64_t r, int begin_of_row) {
          const float m = mean_of_row<CENTRED>(mean, r), scale = rstd[r];
          ELBO4J_SIMD for (int i = begin_of_row; i < begin_of_row + tile.columns; i++) t[i] =
              spec::normalised(x_tile[i], m, scale) * dy_tile[i];
        });
      },
      [&](int64_t column, float sum) { a.d_gamma.floats()[column] = sum; });
}

}  // namespace

void layer_norm_forward(const elbo4j_layer_norm_forward& a, int64_t begin, int64_t end) {
  (a.mean.data ? forward<true> : forward<false>)(a, begin, end);
}

void layer_norm_backward(const elbo4j_layer_norm_backward& a, int64_t begin, int64_t end) {
  (a.mean.data ? backward<true> : backward<false>)(a, begin, end);
}

void layer_norm_gamma_gradient(const elbo4j_layer_norm_gamma_gradient& a, int64_t begin, int64_t end) {
  (a.mean.data ? gamma_gradient<true> : gamma_gradient<false>)(a, begin, end);
}

}  // namespace elbo4j::ELBO4J_LEVEL
