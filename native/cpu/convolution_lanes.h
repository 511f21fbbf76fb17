// Convolutions whose result has 1 to 4 channels: images in the lanes, so that no lane is idle. LANES images are
// transposed, multiplied and transposed back.
#pragma once
#include "convolution_plan.h"
#include "matmul_packing.h"
#include "matmul_vector.h"
#include "room.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

#define ELBO4J_UNROLL _Pragma("GCC unroll 16")

enum : int64_t { LINE = 16 };

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
  ConvolutionPixel p{r, 0, 0, 0};
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
  ConvolutionPixel p{*r, 0, 0, 0};
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
void multiply_few(const ConvolutionPlan<SPREAD>& plan, const ConvolutionOperands& o, const float* packed, int64_t begin,
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

}  // namespace

}  // namespace elbo4j::ELBO4J_LEVEL
