// Convolutions of images (NHWC, see io.elbo4j.ConvolutionShape), with fused epilogues.
//   convolution_gather   small = gate(relu(big * weight + bias))     big B x (rows, columns, channels)
//   convolution_spread   big = gate(relu(small * weight^T + bias))   weight (kernel row, column, big channel) x small
//                                                                    channel
// A pixel's channel is one chain of fma from +0 over what it touches of the other image, in the order of memory; what
// lies in the padding is skipped. Implicit products: a tile of pixels with the same taps x channels stays in registers
// over all of its taps. Moves the images once, and the weights once more to pack them in panels of a tile's width, but
// for a few pixels alone.
// Results of 1 to 4 channels: convolution_lanes.h.
#include <utility>

#include "convolution_gather.h"
#include "convolution_lanes.h"
#include "convolution_plan.h"
#include "convolution_spread.h"
#include "matmul_packing.h"
#include "matmul_vector.h"
#include "room.h"

namespace elbo4j {
namespace ELBO4J_LEVEL {

namespace {

#define ELBO4J_UNROLL _Pragma("GCC unroll 16")

enum : int64_t {
  WIDE = (int)TILE_VECTORS * (int)LANES,
  FEW = 4,
  MOST_IN_PLACE = 64  // pixels of so small a result use the weights too seldom to pack them
};

inline int64_t larger(int64_t x, int64_t y) { return x < y ? y : x; }
inline int64_t parts(int64_t size, int64_t of) { return (size + of - 1) / of; }

// ---- tiles of up to TILE_ROWS pixels x WIDE channels ----

struct Tile {
  const float* a[TILE_ROWS];  // the first float of each row's first segment
  float* c[TILE_ROWS];
  const float* gate[TILE_ROWS];
  int64_t segments, a_segment, length;
  const float* b;
  int64_t b_stride, b_segment;  // floats from step to step, from segment to segment
  int64_t column, width;        // of C's columns, and how many of these exist
  const float* bias;
  bool relu, gated;
};

template <int ROWS, int VECTORS> void tile(const Tile& t) {
  Vector sum[ROWS][VECTORS];
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = zero();
  const float* a[ROWS];
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) a[i] = t.a[i];
  // written and gated at the end, from beyond the second-level cache
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) {
    const int64_t at = t.column + v * LANES;
    __builtin_prefetch(t.c[i] + at, 1);
    if (t.gated) __builtin_prefetch(t.gate[i] + at);
  }
  for (int64_t s = 0; s < t.segments; s++) {
    const float* b = t.b + s * t.b_segment;
    const int64_t end = s * t.a_segment + t.length;
    for (int64_t k = s * t.a_segment; k < end; k++, b += t.b_stride) {
      Vector row_of_b[VECTORS];
      ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) row_of_b[v] = load(b + v * LANES);
      ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) {
        const Vector value = broadcast(a[i] + k);
        ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) sum[i][v] = fused(value, row_of_b[v], sum[i][v]);
      }
    }
  }
  ELBO4J_UNROLL for (int v = 0; v < VECTORS; v++) {
    const int64_t valid = t.width - v * LANES, at = t.column + v * LANES;
    const Mask mask = first_lanes(smaller<int64_t>(valid, LANES));
    const Vector bias = t.bias ? load(t.bias + at, mask) : zero();
    ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) {
      if (t.bias) sum[i][v] = add(sum[i][v], bias);
      if (t.relu) sum[i][v] = keep_where_positive(sum[i][v], sum[i][v]);
      if (t.gated) sum[i][v] = keep_where_positive(load(t.gate[i] + at, mask), sum[i][v]);
      if (valid >= LANES)
        store(t.c[i] + at, sum[i][v]);
      else
        store(t.c[i] + at, mask, sum[i][v]);
    }
  }
}

using TileKernel = void (*)(const Tile&);

template <int VECTORS, int... I> TileKernel tile_of(int64_t rows, std::integer_sequence<int, I...>) {
  static constexpr TileKernel by_rows[] = {tile<I + 1, VECTORS>...};
  return by_rows[rows - 1];
}

TileKernel tile_kernel(int64_t rows, bool two_vectors) {
  constexpr auto all = std::make_integer_sequence<int, TILE_ROWS>{};
  return two_vectors ? tile_of<2>(rows, all) : tile_of<1>(rows, all);
}

// Weights as tiles read them: step k of the panel of WIDE channels from `column` on is at(k, column).
struct Panels {
  const float* floats;
  int64_t stride, panel;  // from step to step, from panel to panel

  const float* at(int64_t k, int64_t column) const { return floats + column / WIDE * panel + k * stride; }
};

template <bool SPREAD>
void multiply_rectangle(const ConvolutionPlan<SPREAD>& plan, const ConvolutionRectangle& r,
                        const ConvolutionOperands& o, const Panels& weights, int64_t begin, int64_t end) {
  const int64_t channels = plan.channels();
  const int64_t pixels = (end - begin) * r.rows * r.columns, panels = parts(pixels, TILE_ROWS);
  Tile t;
  t.bias = o.bias, t.relu = o.relu, t.gated = o.gate != nullptr;
  t.segments = r.segments, t.a_segment = r.segment_stride, t.length = r.length, t.b_stride = weights.stride;
  t.b_segment = r.weight_stride * weights.stride;
  // As many panels at a time as leave their input in the second-level cache; all of B may stay in the first-level one.
  const bool small_b = r.segments * r.length * channels <= 6 * 1024;
  const int64_t block = small_b ? 1 : larger(4, 32 * 1024 / (TILE_ROWS * r.input_column));
  ConvolutionPixel p{r, begin, 0, 0};
  for (int64_t i = 0; i < panels; i += block) {
    ConvolutionPixel q = p;
    for (t.column = 0; t.column < channels; t.column += WIDE) {
      t.b = weights.at(r.weights, t.column);
      t.width = smaller<int64_t>(WIDE, channels - t.column);
      q.image = p.image, q.row = p.row, q.column = p.column;
      for (int64_t k = i; k < smaller(panels, i + block); k++) {
        const int64_t rows = (k + 1) * pixels / panels - k * pixels / panels;
        for (int64_t n = 0; n < rows; n++, q.next()) {
          t.a[n] = o.input + q.input(o.input_stride);
          t.c[n] = o.output + q.output(o.output_stride);
          t.gate[n] = o.gate ? o.gate + q.output(o.gate_stride) : nullptr;
        }
        tile_kernel(rows, t.width > LANES)(t);
      }
    }
    p.image = q.image, p.row = q.row, p.column = q.column;
  }
}

// ---- packed weights: panels of WIDE channels; of few channels, as they are ----

// Channels side by side in the packed weights.
int64_t panel_width(int64_t channels) { return channels <= FEW ? channels : (int64_t)WIDE; }

void pack(const ConvolutionPlan<false>& plan, const elbo4j_matrix& weight, float* to) {
  const int64_t width = panel_width(plan.channels()), depth = plan.depth();
  for (int64_t j = 0; j < plan.channels(); j += width)
    for (int64_t k = 0; k < depth; k++, to += width) {
      const float* from = weight.floats() + k * weight.stride + j;
      const int64_t here = smaller(width, plan.channels() - j);
      for (int64_t i = 0; i < here; i++) to[i] = from[i];
    }
}

void pack(const ConvolutionPlan<true>& plan, const elbo4j_matrix& weight, float* to) {
  const elbo4j_convolution_shape& s = plan.s;
  const int64_t width = panel_width(plan.channels()), depth = s.small_channels;
  for (int64_t j = 0; j < plan.channels(); j += width)
    for (int64_t p = 0; p < plan.down.phases_with_taps(); p++)
      for (int64_t q = 0; q < plan.across.phases_with_taps(); q++)
        for (int64_t t = plan.down.phase_taps(p) - 1; t >= 0; t--)
          for (int64_t u = plan.across.phase_taps(q) - 1; u >= 0; u--, to += depth * width) {
            const int64_t tap = (p + t * s.stride) * s.kernel_columns + q + u * s.stride;
            pack_transposed(weight.floats() + (tap * s.big_channels + j) * weight.stride, weight.stride, to, width,
                            smaller(width, plan.channels() - j), depth);
          }
}

template <bool SPREAD>
void convolve(const elbo4j_convolution_shape& s, const elbo4j_matrix& input, const elbo4j_matrix& weight,
              const elbo4j_matrix& bias, bool relu, const elbo4j_matrix& gate, const elbo4j_matrix& output,
              int64_t begin, int64_t end) {
  static thread_local Room room;
  if (begin >= end) return;
  const ConvolutionPlan<SPREAD> plan(s);
  const ConvolutionOperands o = {input.floats(), input.stride, bias.floats(),   relu,
                                 gate.floats(),  gate.stride,  output.floats(), output.stride};
  const int64_t width = panel_width(plan.channels());
  Panels weights = {weight.floats(), weight.stride, WIDE};
  if (SPREAD || plan.channels() % LANES != 0 || (end - begin) * plan.output_pixels() > MOST_IN_PLACE) {
    float* packed = room.floats(parts(plan.channels(), width) * width * plan.depth());
    pack(plan, weight, packed);
    if (plan.channels() <= FEW) {
      multiply_few(plan, o, packed, begin, end);
      return;
    }
    weights = {packed, WIDE, WIDE * plan.depth()};
  }
  // As many images as stay in the second-level cache, and enough for full tiles of a corner.
  const int64_t group = larger(TILE_ROWS, 48 * 1024 / plan.input_image()), groups = parts(end - begin, group);
  for (int64_t g = 0; g < groups; g++)
    plan.for_each_rectangle([&](const ConvolutionRectangle& r) {
      multiply_rectangle(plan, r, o, weights, begin + g * (end - begin) / groups,
                         begin + (g + 1) * (end - begin) / groups);
    });
}

}  // namespace

void convolution_gather(const elbo4j_convolution_gather& a, int64_t begin, int64_t end) {
  convolve<false>(a.shape, a.big, a.weight, a.bias, a.relu != 0, a.gate, a.small, begin, end);
}

void convolution_spread(const elbo4j_convolution_spread& a, int64_t begin, int64_t end) {
  convolve<true>(a.shape, a.small, a.weight, a.bias, a.relu != 0, a.gate, a.big, begin, end);
}

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
