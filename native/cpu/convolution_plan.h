// A convolution as rectangles of pixels of the result that have the same taps, none of them in the padding. Each is
// then a plain product: a row of A is `segments` runs of `length` floats of the input image, `segment_stride` apart; B
// is the same runs of rows of the packed weights. Nothing is copied, padded or multiplied in vain.
#pragma once
#include "elbo4j_arguments.h"
#include "level.h"

namespace elbo4j::ELBO4J_LEVEL {

// Along one axis: pixels first, first + step, ... (count of them) of the result, which touch `taps` neighbours of the
// input from `input` on (the next pixel: input_step further), by the taps from `tap` on of those of a phase.
struct ConvolutionAxis {
  int64_t first, step, count, input, input_step, tap, taps, phase;
};

// An axis of the big image and the small one. A spread's taps are those of a phase, stride apart, descending from the
// kernel's last one as the small image ascends. Nothing loops over all phases of a stride, which may be 2^24:
// from the kernel's size on they have no taps.
struct ConvolutionAxes {
  int64_t big, small, kernel, stride, padding;

  ELBO4J_INLINE int64_t phases_with_taps() const { return smaller(stride, kernel); }
  ELBO4J_INLINE int64_t phase_taps(int64_t phase) const { return kernel / stride + (phase < kernel % stride); }
  // Of all phases before this one.
  ELBO4J_INLINE int64_t taps_before(int64_t phase) const {
    return phase * (kernel / stride) + smaller(phase, kernel % stride);
  }
};

// The class of pixel i of a gather; of a spread, of pixel i of the phase of pixel r, r + stride, ...
static ELBO4J_INLINE ConvolutionAxis gather_axis(const ConvolutionAxes& a, int64_t i) {
  const int64_t at = i * a.stride - a.padding, begin = at < 0 ? -at : 0, end = smaller(a.big - at, a.kernel);
  return {i, 1, 1, at + begin, a.stride, begin, end > begin ? end - begin : 0, 0};
}

static ELBO4J_INLINE ConvolutionAxis spread_axis(const ConvolutionAxes& a, int64_t y) {
  const int64_t phase = (y + a.padding) % a.stride, all = a.phase_taps(phase);
  const int64_t at = (y + a.padding - phase) / a.stride - (all - 1);  // of the small image, for the first tap
  const int64_t begin = at < 0 ? -at : 0, end = smaller(a.small - at, all);
  return {y, a.stride, 1, at + begin, 1, begin, end > begin ? end - begin : 0, phase};
}

// Calls with each class of pixels, those of a phase after those of the one before.
template <bool SPREAD, class Visitor> static inline void for_each_axis(const ConvolutionAxes& a, Visitor visit) {
  const int64_t phases = SPREAD ? a.stride : 1, size = SPREAD ? a.big : a.small;
  for (int64_t r = 0; r < smaller(phases, size); r++)
    for (int64_t i = r; i < size;) {
      ConvolutionAxis axis = SPREAD ? spread_axis(a, i) : gather_axis(a, i);
      for (i += phases; i < size; i += phases, axis.count++) {
        const ConvolutionAxis next = SPREAD ? spread_axis(a, i) : gather_axis(a, i);
        if (next.tap != axis.tap || next.taps != axis.taps) break;
      }
      visit(axis);
    }
}

struct ConvolutionRectangle {
  int64_t rows, columns;                      // pixels of an image
  int64_t output, output_row, output_column;  // floats: of the first pixel, from row to row, column to column
  int64_t input, input_row, input_column;
  int64_t segments, segment_stride, length;
  int64_t weights, weight_stride;  // rows of the packed weights: of the first, from segment to segment
};

template <bool SPREAD> struct ConvolutionPlan {
  const elbo4j_convolution_shape& s;
  const ConvolutionAxes down, across;

  ELBO4J_INLINE explicit ConvolutionPlan(const elbo4j_convolution_shape& shape)
      : s(shape),
        down{s.big_rows, s.small_rows(), s.kernel_rows, s.stride, s.padding},
        across{s.big_columns, s.small_columns(), s.kernel_columns, s.stride, s.padding} {}

  ELBO4J_INLINE int64_t channels() const { return SPREAD ? s.big_channels : s.small_channels; }
  ELBO4J_INLINE int64_t input_channels() const { return SPREAD ? s.small_channels : s.big_channels; }
  ELBO4J_INLINE int64_t input_columns() const { return SPREAD ? across.small : across.big; }
  ELBO4J_INLINE int64_t output_columns() const { return SPREAD ? across.big : across.small; }
  // Rows of the packed weights.
  ELBO4J_INLINE int64_t depth() const { return (int64_t)s.kernel_rows * s.kernel_columns * input_channels(); }
  ELBO4J_INLINE int64_t input_image() const {
    return (SPREAD ? down.small : down.big) * input_columns() * input_channels();
  }
  ELBO4J_INLINE int64_t output_pixels() const { return (SPREAD ? down.big : down.small) * output_columns(); }
  ELBO4J_INLINE int64_t output_image() const { return output_pixels() * channels(); }

  // Packed weights of a spread: for each phase of rows and of columns its taps in order, an input's channels each.
  ELBO4J_INLINE int64_t phase_start(int64_t row_phase, int64_t column_phase) const {
    return (down.taps_before(row_phase) * across.kernel +
            down.phase_taps(row_phase) * across.taps_before(column_phase)) *
           input_channels();
  }

  template <class Visitor> inline void for_each_rectangle(Visitor visit) const {
    const int64_t in = input_channels(), out = channels();
    for_each_axis<SPREAD>(down, [&](const ConvolutionAxis& y) {
      for_each_axis<SPREAD>(across, [&](const ConvolutionAxis& x) {
        const int64_t taps = SPREAD ? across.phase_taps(x.phase) : across.kernel;
        ConvolutionRectangle r;
        r.rows = y.count, r.columns = x.count;
        r.output = (y.first * output_columns() + x.first) * out;
        r.output_row = y.step * output_columns() * out, r.output_column = x.step * out;
        r.input = (y.input * input_columns() + x.input) * in;
        r.input_row = y.input_step * input_columns() * in, r.input_column = x.input_step * in;
        r.segments = x.taps ? y.taps : 0, r.segment_stride = input_columns() * in, r.length = x.taps * in;
        r.weights = (SPREAD ? phase_start(y.phase, x.phase) : 0) + (y.tap * taps + x.tap) * in;
        r.weight_stride = taps * in;
        visit(r);
      });
    });
  }
};

// The pixels of a rectangle in a range of images, in order.
struct ConvolutionPixel {
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

// The input image, and what is written: all with a stride from image to image.
struct ConvolutionOperands {
  const float* input;
  int64_t input_stride;
  const float* bias;
  bool relu;
  const float* gate;
  int64_t gate_stride;
  float* output;
  int64_t output_stride;
};

}  // namespace elbo4j::ELBO4J_LEVEL
