// dW(a, b, c, o) = sum over images n and pixels i, j of the small image of
//   big(n, i stride + a - padding, j stride + b - padding, c) small(n, i, j, o)
// without what lies in the padding, in the leaves of spec/leaves.h. Two launches, or one where there is one leaf:
//   sum_leaf        a block for each leaf and tile of dW, which is channels x channels of one tap; a chain of fma
//   combine_leaves  the tree over leaves
// big, small: B x (rows columns channels), dW: (kernel rows, kernel columns, big channels) x small channels. A tile
// reads 4 (1 / its rows + 1 / its columns) bytes per multiply-add from the caches; leaves are written and read once.
// Compiled for sm_90, no spills for any GPU; registers, and the share of fma in the inner loop (of
// PTX): tiles 64x64 127, 85 %; 32x32 105, 75 %; 16x32 121, 59 %; less than 8 big channels 48, 29 % where aligned;
// combine_leaves 32.
#include "convolution_leaves.h"
#include "convolution_stage.h"
#include "leaf_tree.h"
#include "leaves.h"
#include "matmul_choice.h"

namespace elbo4j::cuda {

namespace {

struct WeightGradient {
  elbo4j_convolution_shape shape;
  int small_rows, small_columns;
  spec::Leaves leaves;
  Input big, small;
  float* sums;  // of leaf 0, rows of dW
  int64_t leaf_stride, stride;
  bool big_aligned, small_aligned;  // quads of channels; small: and of the sums

  template <int N>
  __device__ __forceinline__ void store(int leaf, int row, int column, const float (&values)[N]) const {
    store_neighbours(sums + leaf * leaf_stride + row * stride + column, shape.small_channels - column, small_aligned,
                     values);
  }
};

// Along an axis of the small image: pixels [begin, end) have that tap.
struct TapRange {
  int begin, end;

  __device__ __forceinline__ TapRange(int tap, int big, int small, int stride, int padding) {
    const int reach = big + padding - tap;
    begin = tap < padding ? (padding - tap + stride - 1) / stride : 0;
    end = reach <= 0 ? 0 : min(small, (reach + stride - 1) / stride);
    if (end < begin) end = begin;
  }
  __device__ __forceinline__ int count() const { return end - begin; }
};

// Rows of dW, big channels of one tap, by columns.
struct Tap {
  int row, column;  // of the kernel
  TapRange rows, columns;

  __device__ __forceinline__ Tap(const WeightGradient& p, int tap)
      : row(tap / p.shape.kernel_columns),
        column(tap % p.shape.kernel_columns),
        rows(row, p.shape.big_rows, p.small_rows, p.shape.stride, p.shape.padding),
        columns(column, p.shape.big_columns, p.small_columns, p.shape.stride, p.shape.padding) {}
};

// Channels of an image at the pixels that have the tap: (image, row, column).
struct PixelWalk {
  struct Step {
    int image = 0, row = 0, column = 0;
  };
  const float* from;  // of the first row that has the tap, of the leaf's first image
  int64_t image_stride;
  int row_stride, column_stride, rows, columns, first_row;  // first_row: of the leaf

  __device__ __forceinline__ void advance(Step& step, int steps) const {
    step.column += steps;
    while (step.column >= columns) {
      step.column -= columns;
      if (++step.row == rows - (step.image == 0 ? first_row : 0)) step.row = 0, step.image++;
    }
  }
  __device__ __forceinline__ const float* at(const Step& step) const {
    const int row = step.row + (step.image == 0 ? first_row : 0);
    return from + step.image * image_stride + row * row_stride + step.column * column_stride;
  }
};

// Blocks: x: tiles of dW (tap, big channels, small channels), y: leaves.
template <class T> __global__ void __launch_bounds__(T::threads, T::blocks) sum_leaf(const WeightGradient p) {
  __shared__ Stages<T> stages;
  const elbo4j_convolution_shape& s = p.shape;
  const int across = (int)parts_of<T::columns>(s.small_channels), down = (int)parts_of<T::rows>(s.big_channels);
  const int column = (int)blockIdx.x % across * T::columns, row = (int)blockIdx.x / across % down * T::rows;
  const int number = (int)blockIdx.x / across / down, leaf = blockIdx.y;
  const Tap tap(p, number);
  const Place<T> place(threadIdx.x);
  ThreadTile<T> sum = {};
  const int rows = tap.rows.count(), columns = tap.columns.count();
  if (rows > 0 && columns > 0) {
    // the number of rows that have the tap before this one, and the image of the first of them that does
    const auto before = [&](int64_t of_images) {
      const int64_t image = of_images / p.small_rows;
      return image * rows + min(max((int)(of_images - image * p.small_rows) - tap.rows.begin, 0), rows);
    };
    const int64_t first = before(spec::leaf_begin(p.leaves, leaf)), image = first / rows;
    const int total = (int)(before(spec::leaf_begin(p.leaves, leaf + 1)) - first) * columns;
    const int first_row = (int)(first - image * rows);
    if (total > 0) {
      const int y = tap.rows.begin * s.stride + tap.row - s.padding;
      const int x = tap.columns.begin * s.stride + tap.column - s.padding;
      const int big_row = s.big_columns * s.big_channels, small_row = p.small_columns * s.small_channels;
      IndexStage<T::rows, T::depth, T::threads, PixelWalk> a(
          {p.big.row(image) + y * big_row + x * s.big_channels + row, p.big.stride, (int)((int64_t)s.stride * big_row),
           (int)((int64_t)s.stride * s.big_channels), rows, columns, first_row},
          s.big_channels - row, p.big_aligned, threadIdx.x);
      IndexStage<T::columns, T::depth, T::threads, PixelWalk> b(
          {p.small.row(image) + tap.rows.begin * small_row + tap.columns.begin * s.small_channels + column,
           p.small.stride, small_row, s.small_channels, rows, columns, first_row},
          s.small_channels - column, p.small_aligned, threadIdx.x);
      run_steps(stages, a, b, total, place, sum);
    }
  }
#pragma unroll
  for (int i = 0; i < T::thread_rows; i++) {
    const int channel = row + place.row_of(i);
    if (channel >= s.big_channels) continue;
#pragma unroll
    for (int j = 0; j < T::thread_columns; j += T::column_vector) {
      float vector[T::column_vector];
#pragma unroll
      for (int v = 0; v < T::column_vector; v++) vector[v] = sum[i][j + v];
      const int at = column + place.column_of(j);
      if (at < s.small_channels) p.store(leaf, number * s.big_channels + channel, at, vector);
    }
  }
}

constexpr int few_channels = 8, few_threads = 128;

// Where the big image has less than few_channels: a thread has four columns of one row of dW. Blocks: x: those, y:
// leaves.
__global__ void __launch_bounds__(few_threads) sum_leaf_of_few(const WeightGradient p, int rows) {
  const elbo4j_convolution_shape& s = p.shape;
  const int quads = (s.small_channels + 3) / 4, item = blockIdx.x * few_threads + threadIdx.x, leaf = blockIdx.y;
  const int row = item / quads, column = item % quads * 4, left = s.small_channels - column;
  if (row >= rows) return;
  const Tap tap(p, row / s.big_channels);
  const int columns = tap.columns.count(), x = tap.columns.begin * s.stride + tap.column - s.padding;
  const int big_step = (int)((int64_t)s.stride * s.big_channels);
  float sums[4] = {};
  const int64_t begin = spec::leaf_begin(p.leaves, leaf), end = spec::leaf_begin(p.leaves, leaf + 1);
  int64_t image = begin / p.small_rows;
  int in_image = (int)(begin - image * p.small_rows);
  for (int64_t at = begin; at < end; at++, in_image++) {
    if (in_image == p.small_rows) in_image = 0, image++;
    if (in_image < tap.rows.begin || in_image >= tap.rows.end || columns == 0) continue;
    const int y = in_image * s.stride + tap.row - s.padding;
    const float* from = p.big.row(image) + (y * s.big_columns + x) * s.big_channels + row % s.big_channels;
    const float* with =
        p.small.row(image) + (in_image * p.small_columns + tap.columns.begin) * s.small_channels + column;
#pragma unroll 8
    for (int j = 0; j < columns; j++, from += big_step, with += s.small_channels) {
      float v[4];
      load_neighbours(with, left, p.small_aligned, v);
      const float pixel = __ldg(from);
#pragma unroll
      for (int q = 0; q < 4; q++) sums[q] = spec::fma(pixel, v[q], sums[q]);
    }
  }
  p.store(leaf, row, column, sums);
}

// dW = the sum of its leaves.
__global__ void __launch_bounds__(LeafTree::threads)
    combine_leaves(const LeafTree tree, Output d_weight, int64_t columns, int64_t size) {
  __shared__ float sums[LeafTree::threads];
  const int of_block = tree.elements();
  for (int64_t first = (int64_t)blockIdx.x * of_block; first < size; first += (int64_t)gridDim.x * of_block) {
    const float sum = tree.sum(first, size, sums);
    const int64_t element = first + threadIdx.x, row = element / columns;
    if (threadIdx.x < of_block && element < size) d_weight.row(row)[element - row * columns] = sum;
  }
}

template <class T> dim3 grid_of(const WeightGradient& p) {
  const elbo4j_convolution_shape& s = p.shape;
  return dim3((unsigned)(s.kernel_rows * s.kernel_columns * tiles_of<T>(s.big_channels, s.small_channels)),
              (unsigned)spec::leaf_count(p.leaves));
}

template <class T> double time_by(const WeightGradient& p) {
  return time_of((int64_t)grid_of<T>(p).x * grid_of<T>(p).y, T::cycles);
}

template <class T> int sum_leaves_by(const WeightGradient& p, void* stream) {
  return launch(sum_leaf<T>, grid_of<T>(p), dim3(T::threads), stream, p);
}

int sum_leaves(const WeightGradient& p, void* stream) {
  if (p.shape.big_channels < few_channels) {
    const int rows = (int)p.shape.weight_rows();
    const int64_t threads = (int64_t)rows * ((p.shape.small_channels + 3) / 4);
    return launch(sum_leaf_of_few, dim3((unsigned)parts(threads, few_threads), grid_of<SmallTile>(p).y),
                  dim3(few_threads), stream, p, rows);
  }
  const double large = time_by<LargeTile>(p), medium = time_by<MediumTile>(p), small = time_by<SmallTile>(p);
  if (large <= medium && large <= small) return sum_leaves_by<LargeTile>(p, stream);
  return medium <= small ? sum_leaves_by<MediumTile>(p, stream) : sum_leaves_by<SmallTile>(p, stream);
}

}  // namespace

LeafTree leaf_tree_of(const elbo4j_convolution_weight_gradient& a) {
  return {a.workspace.floats(), a.workspace.stride, (int)a.workspace.rows};
}

int convolution_leaves(const elbo4j_convolution_weight_gradient& a, void* stream) {
  WeightGradient p = {};
  p.shape = a.shape;
  p.small_rows = (int)a.shape.small_rows(), p.small_columns = (int)a.shape.small_columns();
  p.leaves = spec::leaves_of(a.big.rows, a.chunks, p.small_rows, p.small_columns);
  p.big = input(a.big), p.small = input(a.small);
  if (spec::leaf_count(p.leaves) == 1)
    p.sums = a.d_weight.floats(), p.stride = a.d_weight.stride;
  else
    p.sums = a.workspace.floats(), p.stride = a.shape.small_channels, p.leaf_stride = a.workspace.stride;
  p.big_aligned = aligned(a.shape.big_channels, {p.big});
  p.small_aligned = aligned(a.shape.small_channels, {p.small, Input{p.sums, p.stride}, Input{p.sums, p.leaf_stride}});
  return sum_leaves(p, stream);
}

int convolution_weight_gradient(const elbo4j_convolution_weight_gradient& a, void* stream) {
  const int error = convolution_leaves(a, stream);
  const LeafTree tree = leaf_tree_of(a);
  if (error || tree.count == 0) return error;
  const int64_t size = a.d_weight.rows * a.d_weight.columns;
  return launch(combine_leaves, dim3(blocks_for(size, tree.elements())), dim3(LeafTree::threads), stream, tree,
                output(a.d_weight), a.d_weight.columns, size);
}

}  // namespace elbo4j::cuda
