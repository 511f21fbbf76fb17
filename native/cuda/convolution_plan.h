// A convolution as rectangles of pixels of the result that touch the same taps, none of them in the padding: a class of
// rows times a class of columns. Each is a plain product, whose A is runs of the input image: nothing is tested, padded
// or multiplied in vain. An axis has few classes where the image is larger than the kernel: about 2 kernel / stride of
// a gather, 2 kernel of a spread, or the stride where that is more.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <vector>

#include "elbo4j_arguments.h"

namespace elbo4j::cuda {

// Along one axis: pixels of the result from `first` on, `count` of them, output_step apart. The first touches `taps`
// neighbours of the input from `input` on, the next pixel input_step further, by the kernel's taps tap, tap + tap_step,
// ...
struct PixelClass {
  int first, count, input, taps, tap;
};

template <bool SPREAD> struct PixelSteps {
  int stride;

  __host__ __device__ __forceinline__ int output() const { return SPREAD ? stride : 1; }
  __host__ __device__ __forceinline__ int input() const { return SPREAD ? 1 : stride; }
  __host__ __device__ __forceinline__ int tap() const { return SPREAD ? -stride : 1; }
};

// The class of pixel i alone.
template <bool SPREAD> PixelClass class_of(int i, int big, int small, int kernel, int stride, int padding) {
  // the input's pixel below the first of all taps, how many there are, and of which there are begin to end - 1
  int at = i * stride - padding, all = kernel, first_tap = 0, step = 1, size = big;
  if (SPREAD) {
    const int phase = (i + padding) % stride;
    all = phase < kernel ? (kernel - 1 - phase) / stride + 1 : 0;
    at = (i + padding) / stride - (all - 1), first_tap = phase + (all - 1) * stride, step = -stride, size = small;
  }
  const int begin = std::max(0, -at), end = std::min(all, size - at);
  if (end <= begin) return {i, 1, 0, 0, 0};
  return {i, 1, at + begin, end - begin, first_tap + begin * step};
}

template <bool SPREAD> std::vector<PixelClass> pixel_classes(int big, int small, int kernel, int stride, int padding) {
  std::vector<PixelClass> classes;
  const int size = SPREAD ? big : small, step = PixelSteps<SPREAD>{stride}.output();
  for (int r = 0; r < std::min(step, size); r++) {
    const size_t phase = classes.size();
    for (int64_t i = r; i < size; i += step) {
      const PixelClass next = class_of<SPREAD>((int)i, big, small, kernel, stride, padding);
      if (classes.size() > phase && classes.back().tap == next.tap && classes.back().taps == next.taps)
        classes.back().count++;
      else
        classes.push_back(next);
    }
  }
  return classes;
}

// What one launch is given of them: a kernel's parameters may take 4 KB.
constexpr int most_classes = 32;

struct Rectangles {
  PixelClass rows[most_classes], columns[most_classes];
  int64_t first_tile[most_classes];  // of a class of rows
  int row_classes, column_classes;
  int64_t images;

  int64_t pixels() const {
    int64_t down = 0, across = 0;
    for (int i = 0; i < row_classes; i++) down += rows[i].count;
    for (int j = 0; j < column_classes; j++) across += columns[j].count;
    return images * down * across;
  }

  // Of SIZE pixels, neighbours in the order (image, row, column) of a rectangle.
  template <int SIZE> __host__ __device__ __forceinline__ int64_t tiles(int row_class, int column_class) const {
    return (images * rows[row_class].count * columns[column_class].count + SIZE - 1) / SIZE;
  }

  template <int SIZE> int64_t number_tiles() {
    int64_t count = 0;
    for (int i = 0; i < row_classes; i++) {
      first_tile[i] = count;
      for (int j = 0; j < column_classes; j++) count += tiles<SIZE>(i, j);
    }
    return count;
  }
};

// A tile of number_tiles<SIZE>.
struct PixelTile {
  PixelClass rows, columns;
  int64_t image;   // of its first pixel
  unsigned first;  // its number among the rectangle's pixels of that image
  int64_t pixels;  // SIZE, or more than there are in the rectangle from the first one on

  struct Pixel {
    int64_t image;
    int row, column;  // of the rectangle
  };

  __device__ __forceinline__ Pixel pixel(int i) const {
    const unsigned of_image = (unsigned)rows.count * (unsigned)columns.count, number = first + (unsigned)i;
    const unsigned in_image = number % of_image;
    return {image + number / of_image, (int)(in_image / (unsigned)columns.count),
            (int)(in_image % (unsigned)columns.count)};
  }

  template <int SIZE> static __device__ __forceinline__ PixelTile of(const Rectangles& r, int64_t tile) {
    int i = 0, j = 0;
    while (i + 1 < r.row_classes && tile >= r.first_tile[i + 1]) i++;
    tile -= r.first_tile[i];
    for (int64_t count; tile >= (count = r.tiles<SIZE>(i, j)); j++) tile -= count;
    PixelTile t;
    t.rows = r.rows[i], t.columns = r.columns[j];
    const int64_t of_image = (int64_t)t.rows.count * t.columns.count, begin = tile * SIZE;
    t.image = begin / of_image;
    t.first = (unsigned)(begin - t.image * of_image);
    t.pixels = r.images * of_image - begin;
    return t;
  }
};

}  // namespace elbo4j::cuda
