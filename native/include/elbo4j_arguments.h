// What the arguments of operations are made of, the same for both APIs. An operation is declared in a file of its own,
// native/operations/NAME.h, by a macro that lists its fields:
//
//   #define ELBO4J_ROWS_FILL(FIELD)  FIELD(float, value) FIELD(matrix, target)
//   ELBO4J_ARGUMENTS(rows_fill, ELBO4J_ROWS_FILL)
//
// This makes the structure elbo4j_rows_fill and the text of its layout, "float value; matrix target; ", with which the
// Java side compares its record io.elbo4j.operation.Rows.Fill. `d` before a name is the gradient of the loss with
// respect to it. Arguments are validated by the caller.
#pragma once
#include <cstdint>

// In place wherever it is called: code of one instruction-set level must not be linked to another.
#define ELBO4J_INLINE inline __attribute__((always_inline))

// Element (row, column) is at row * stride + column of data; a stride of 0 repeats one row. A matrix that is not given
// has no data; one without elements has.
struct elbo4j_matrix {
  void* data;
  int64_t rows, columns, stride;
  int32_t type;  // of the elements, the ordinal of io.elbo4j.ElementType

  ELBO4J_INLINE float* floats() const { return static_cast<float*>(data); }
  // How many rows there are for each row of another matrix; 0 where this one is not given.
  ELBO4J_INLINE int64_t samples_of(const elbo4j_matrix& few) const {
    if (!data) return 0;
    return few.rows == 0 ? 1 : rows / few.rows;
  }
};

// `live`, on a device: memory with values that are read when the kernel runs, instead of those here, or null: a
// captured graph is replayed with the same arguments, so what changes from run to run must lie in memory.

// Row r has the noise of row first_row + r. live: {draw, first_row}.
struct elbo4j_noise {
  int64_t seed, draw, first_row;
  const int64_t* live;
};

// The row numbers from data + position on. live: {position}.
struct elbo4j_indices {
  const int32_t* data;
  int64_t position;
  const int64_t* live;
};

// live: {step_size in the low and inverse_root_correction in the high 32 bits, decay}, as float32 bits.
struct elbo4j_adam_step {
  float beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, inverse_root_correction, epsilon;
  float decay;  // the factor of the parameter, 1 where it does not decay
  const int64_t* live;
};

// live: {step_size}, as float32 bits.
struct elbo4j_sgd_step {
  float step_size, momentum, weight_decay;
  const int64_t* live;
};

// See io.elbo4j.ConvolutionShape.
struct elbo4j_convolution_shape {
  int32_t big_rows, big_columns, big_channels, small_channels, kernel_rows, kernel_columns, stride, padding;

  ELBO4J_INLINE int64_t small_rows() const { return (big_rows + 2 * padding - kernel_rows) / stride + 1; }
  ELBO4J_INLINE int64_t small_columns() const { return (big_columns + 2 * padding - kernel_columns) / stride + 1; }
  ELBO4J_INLINE int64_t weight_rows() const { return (int64_t)kernel_rows * kernel_columns * big_channels; }
};

using elbo4j_float = float;
using elbo4j_int32 = int32_t;

// What io.elbo4j.layout.Field takes them for.
static_assert(sizeof(elbo4j_matrix) == 40 && sizeof(elbo4j_noise) == 32, "");
static_assert(sizeof(elbo4j_convolution_shape) == 32, "");
static_assert(sizeof(elbo4j_indices) == 24 && sizeof(elbo4j_adam_step) == 40 && sizeof(elbo4j_sgd_step) == 24, "");

#define ELBO4J_FIELD(type, name) elbo4j_##type name;
#define ELBO4J_FIELD_TEXT(type, name) #type " " #name "; "
#define ELBO4J_ARGUMENTS(operation, FIELDS)                          \
  struct elbo4j_##operation {                                        \
    FIELDS(ELBO4J_FIELD)                                             \
    static constexpr const char* layout = FIELDS(ELBO4J_FIELD_TEXT); \
  };
