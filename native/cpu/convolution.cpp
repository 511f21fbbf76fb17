// Convolutions of images (NHWC, see io.elbo4j.ConvolutionShape), with fused epilogues.
//   convolution_gather   small = gate(relu(big * weight + bias))     big B x (rows, columns, channels)
//   convolution_spread   big = gate(relu(small * weight^T + bias))   weight (kernel row, column, big channel) x small
//                                                                    channel
// A pixel's channel is one chain of fma from +0 over what it touches of the other image, in the order of memory; what
// lies in the padding is skipped. Implicit products: a tile of pixels with the same taps x channels stays in registers
// over all of its taps. Moves the images once, and the weights once more to pack them in panels of a tile's width.
// Results of 1 to 4 channels have images in the lanes, so that no lane is idle.
#include <utility>

#include "convolution_gather.h"
#include "convolution_plan.h"
#include "convolution_spread.h"
#include "matmul_packing.h"
#include "matmul_vector.h"
#include "room.h"

namespace elbo4j {
namespace ELBO4J_LEVEL {

namespace {

#define ELBO4J_UNROLL _Pragma("GCC unroll 16")

enum : int64_t { WIDE = (int)TILE_VECTORS * (int)LANES, FEW = 4, LINE = 16 };

inline int64_t larger(int64_t x, int64_t y) { return x < y ? y : x; }
inline int64_t parts(int64_t size, int64_t of) { return (size + of - 1) / of; }

// The input image, and what is written: all with a stride from image to image.
struct Operands {
  const float* input;
  int64_t input_stride;
  const float* bias;
  bool relu;
  const float* gate;
  int64_t gate_stride;
  float* output;
  int64_t output_stride;
};

// ---- tiles of up to TILE_ROWS pixels x WIDE channels ----

struct Tile {
  const float* a[TILE_ROWS];  // the first float of each row's first segment
  float* c[TILE_ROWS];
  const float* gate[TILE_ROWS];
  int64_t segments, a_segment, length;
  const float* b;  // packed: WIDE floats a step
  int64_t b_segment;
  int64_t column, width;  // of C's columns, and how many of these exist
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
    for (int64_t k = s * t.a_segment; k < end; k++, b += WIDE) {
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

// The pixels of a rectangle in a range of images, in order.
struct Pixel {
  const ConvolutionRectangle& r;
  int64_t image, row, column;

  int64_t input(int64_t stride) const { return image * stride + r.input + row * r.input_row + column * r.input_column; }
  int64_t output(int64_t stride) const {
    return image * stride + r.output + row * r.output_row + column * r.output_column;
  }
  void next() {
    if (++column < r.columns) return;
    column = 0;
    if (++row < r.rows) return;
    row = 0, image++;
  }
};

template <bool SPREAD>
void multiply_rectangle(const ConvolutionPlan<SPREAD>& plan, const ConvolutionRectangle& r, const Operands& o,
                        const float* packed, int64_t begin, int64_t end) {
  const int64_t channels = plan.channels(), depth = plan.depth();
  const int64_t pixels = (end - begin) * r.rows * r.columns, panels = parts(pixels, TILE_ROWS);
  Tile t;
  t.bias = o.bias, t.relu = o.relu, t.gated = o.gate != nullptr;
  t.segments = r.segments, t.a_segment = r.segment_stride, t.length = r.length, t.b_segment = r.weight_stride * WIDE;
  // As many panels at a time as leave their input in the second-level cache; all of B may stay in the first-level one.
  const bool small_b = r.segments * r.length * channels <= 6 * 1024;
  const int64_t block = small_b ? 1 : larger(4, 32 * 1024 / (TILE_ROWS * r.input_column));
  Pixel p{r, begin, 0, 0};
  for (int64_t i = 0; i < panels; i += block) {
    Pixel q = p;
    for (t.column = 0; t.column < channels; t.column += WIDE) {
      t.b = packed + (t.column / WIDE * depth + r.weights) * WIDE;
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

// ---- few channels: images in the lanes ----

template <int ROWS, int CHANNELS>
void lanes(const float* const* a, const ConvolutionRectangle& r, const float* packed, float* const* c) {
  Vector sum[ROWS][CHANNELS];
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int o = 0; o < CHANNELS; o++) sum[i][o] = zero();
  for (int64_t s = 0; s < r.segments; s++) {
    const float* b = packed + (r.weights + s * r.weight_stride) * CHANNELS;
    const int64_t end = s * r.segment_stride + r.length;
    for (int64_t k = s * r.segment_stride; k < end; k++, b += CHANNELS) {
      Vector x[ROWS];
      ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) x[i] = load(a[i] + k * LANES);
      ELBO4J_UNROLL for (int o = 0; o < CHANNELS; o++) {
        const Vector value = broadcast(b + o);
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) sum[i][o] = fused(x[i], value, sum[i][o]);
      }
    }
  }
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int o = 0; o < CHANNELS; o++)
      store(c[i] + o * LANES, sum[i][o]);
}

using LanesKernel = void (*)(const float* const*, const ConvolutionRectangle&, const float*, float* const*);
constexpr LanesKernel one_pixel[] = {lanes<1, 1>, lanes<1, 2>, lanes<1, 3>, lanes<1, 4>};
constexpr LanesKernel pixels_at_once[] = {lanes<6, 1>, lanes<4, 2>, lanes<3, 3>, lanes<2, 4>};
constexpr int at_once[] = {6, 4, 3, 2};

// Rectangles whose pixels touch the same input, each by taps of its own: what is loaded serves all of them.
enum : int { PHASES = 4 };

template <int ROWS, int CHANNELS>
void shared_lanes(const float* const* a, const ConvolutionRectangle* r, const float* packed,
                  float* const (*c)[PHASES]) {
  Vector sum[ROWS][PHASES][CHANNELS];
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int q = 0; q < PHASES; q++)
      ELBO4J_UNROLL for (int o = 0; o < CHANNELS; o++) sum[i][q][o] = zero();
  for (int64_t s = 0; s < r->segments; s++) {
    const float* b[PHASES];
    ELBO4J_UNROLL for (int q = 0; q < PHASES; q++) b[q] = packed + (r[q].weights + s * r[q].weight_stride) * CHANNELS;
    const int64_t begin = s * r->segment_stride;
    for (int64_t k = 0; k < r->length; k++) {
      Vector x[ROWS];
      ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) x[i] = load(a[i] + (begin + k) * LANES);
      ELBO4J_UNROLL for (int q = 0; q < PHASES; q++) ELBO4J_UNROLL for (int o = 0; o < CHANNELS; o++) {
        const Vector value = broadcast(b[q] + k * CHANNELS + o);
        ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) sum[i][q][o] = fused(x[i], value, sum[i][q][o]);
      }
    }
  }
  ELBO4J_UNROLL for (int i = 0; i < ROWS; i++) ELBO4J_UNROLL for (int q = 0; q < PHASES; q++)
      ELBO4J_UNROLL for (int o = 0; o < CHANNELS; o++) store(c[i][q] + o * LANES, sum[i][q][o]);
}

using SharedKernel = void (*)(const float* const*, const ConvolutionRectangle*, const float*, float* const (*)[PHASES]);
constexpr SharedKernel shared_pixel[] = {shared_lanes<1, 1>, shared_lanes<1, 2>, shared_lanes<1, 3>};
constexpr SharedKernel shared_pixels_at_once[] = {shared_lanes<2, 1>, shared_lanes<1, 2>, shared_lanes<1, 3>};
constexpr int shared_at_once[] = {2, 1, 1};
enum : int64_t { MOST_SHARED = 3 };  // four channels of four phases are more sums than AVX2 has registers

inline bool same_input(const ConvolutionRectangle& a, const ConvolutionRectangle& b) {
  return a.input == b.input && a.rows == b.rows && a.columns == b.columns && a.segments == b.segments &&
         a.length == b.length;
}

void multiply_lanes(const ConvolutionRectangle& r, const float* in, const float* packed, int64_t channels, float* out) {
  Pixel p{r, 0, 0, 0};
  for (int64_t left = r.rows * r.columns; left > 0;) {
    const int64_t rows = left >= at_once[channels - 1] ? at_once[channels - 1] : 1;
    const float* a[6];
    float* c[6];
    for (int64_t i = 0; i < rows; i++, p.next()) a[i] = in + p.input(0) * LANES, c[i] = out + p.output(0) * LANES;
    (rows > 1 ? pixels_at_once : one_pixel)[channels - 1](a, r, packed, c);
    left -= rows;
  }
}

void multiply_shared_lanes(const ConvolutionRectangle* r, const float* in, const float* packed, int64_t channels,
                           float* out) {
  Pixel p{*r, 0, 0, 0};
  for (int64_t left = r->rows * r->columns; left > 0;) {
    const int64_t rows = left >= shared_at_once[channels - 1] ? shared_at_once[channels - 1] : 1;
    const float* a[2];
    float* c[2][PHASES];
    for (int64_t i = 0; i < rows; i++, p.next()) {
      a[i] = in + p.input(0) * LANES;
      for (int q = 0; q < PHASES; q++) c[i][q] = out + (p.output(0) + r[q].output - r->output) * LANES;
    }
    (rows > 1 ? shared_pixels_at_once : shared_pixel)[channels - 1](a, r, packed, c);
    left -= rows;
  }
}

template <bool SPREAD>
void multiply_few(const ConvolutionPlan<SPREAD>& plan, const Operands& o, const float* packed, int64_t begin,
                  int64_t end) {
  static thread_local Room room;
  const int64_t channels = plan.channels(), elements = plan.output_image();
  float* in = room.floats((plan.input_image() + elements) * LANES);
  float* out = in + plan.input_image() * LANES;
  for (int64_t n = begin; n < end; n += LANES) {
    const int64_t count = smaller<int64_t>(LANES, end - n);
    pack_transposed(o.input + n * o.input_stride, o.input_stride, in, LANES, count, plan.input_image());
    // With a stride of 2 the inner pixels of the four phases touch the same input.
    ConvolutionRectangle inner[PHASES];
    int found = 0;
    plan.for_each_rectangle([&](const ConvolutionRectangle& r) {
      const bool all_taps =
          r.segments * 2 == plan.down.kernel && r.length * 2 == plan.across.kernel * plan.input_channels();
      const bool joins = SPREAD && plan.s.stride == 2 && channels <= MOST_SHARED && all_taps && found < PHASES &&
                         (found == 0 || same_input(r, *inner));
      if (joins)
        inner[found++] = r;
      else
        multiply_lanes(r, in, packed, channels, out);
    });
    if (found == PHASES)
      multiply_shared_lanes(inner, in, packed, channels, out);
    else
      for (int i = 0; i < found; i++) multiply_lanes(inner[i], in, packed, channels, out);
    for (int64_t k = 0; k < elements; k++) {
      Vector x = load(out + k * LANES);
      if (o.bias) x = add(x, broadcast(o.bias + k % channels));
      if (o.relu) x = keep_where_positive(x, x);
      store(out + k * LANES, x);
    }
    // a cache line of each image at a time: the lines of all images compete for the same few cache sets
    for (int64_t k = 0; k < elements; k += LINE) {
      const int64_t width = smaller<int64_t>(LINE, elements - k);
      alignas(64) float block[LANES * LINE];
      pack_transposed(out + k * LANES, LANES, block, LINE, width, LANES);
      for (int64_t i = 0; i < count; i++) {
        const float* gate = o.gate ? o.gate + (n + i) * o.gate_stride + k : nullptr;
        float* to = o.output + (n + i) * o.output_stride + k;
        for (int64_t v = 0; v < width; v += LANES) {
          const Mask mask = first_lanes(smaller<int64_t>(LANES, width - v));
          Vector x = load(block + i * LINE + v);
          if (gate) x = keep_where_positive(load(gate + v, mask), x);
          store(to + v, mask, x);
        }
      }
    }
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
  const Operands o = {input.floats(), input.stride, bias.floats(),   relu,
                      gate.floats(),  gate.stride,  output.floats(), output.stride};
  const int64_t width = panel_width(plan.channels());
  float* packed = room.floats(parts(plan.channels(), width) * width * plan.depth());
  pack(plan, weight, packed);
  if (plan.channels() <= FEW) {
    multiply_few(plan, o, packed, begin, end);
    return;
  }
  // As many images as stay in the second-level cache, and enough for full tiles of a corner.
  const int64_t group = larger(TILE_ROWS, 48 * 1024 / plan.input_image()), groups = parts(end - begin, group);
  for (int64_t g = 0; g < groups; g++)
    plan.for_each_rectangle([&](const ConvolutionRectangle& r) {
      multiply_rectangle(plan, r, o, packed, begin + g * (end - begin) / groups,
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
