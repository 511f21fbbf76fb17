// The table of all operations, and how one is called. (Compiled by the C++ compiler: there is no kernel in it.)
#include <cstring>

#include "adam_updates.h"
#include "convolution_bias_gradients.h"
#include "convolution_leaves.h"
#include "dense_update.h"
#include "elbo4j_cuda.h"
#include "elbo4j_operations.h"

namespace elbo4j::cuda {

// One function an operation: one that is missing is found by the linker.
#define DECLARE(name) int name(const elbo4j_##name&, void* stream);
ELBO4J_OPERATIONS(DECLARE)

namespace {

using Function = int (*)(const void* arguments, void* stream);

template <class Arguments, int (*F)(const Arguments&, void*)> int run(const void* arguments, void* stream) {
  return F(*static_cast<const Arguments*>(arguments), stream);
}

struct Operation {
  const char *name, *layout;
  Function function;
};

#define ENTRY(name) {#name, elbo4j_##name::layout, run<elbo4j_##name, name>},
constexpr Operation operations[] = {ELBO4J_OPERATIONS(ENTRY)};

const Operation* find(const char* name) {
  for (const Operation& operation : operations)
    if (strcmp(operation.name, name) == 0) return &operation;
  return nullptr;
}

}  // namespace

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

extern "C" {

const char* elbo4j_cuda_header(void) { return ELBO4J_HEADER; }

const char* elbo4j_cuda_layout(const char* name) {
  const Operation* operation = find(name);
  return operation ? operation->layout : nullptr;
}

int64_t elbo4j_cuda_find(const char* name) {
  const Operation* operation = find(name);
  return operation ? (int64_t)operation->function : 0;
}

int elbo4j_cuda_call(int64_t function, int64_t arguments, void* stream) {
  return reinterpret_cast<Function>(function)(reinterpret_cast<const void*>(arguments), stream);
}

int elbo4j_cuda_dense_updates(const void* updates, int64_t count, void* stream) {
  return dense_updates(static_cast<const elbo4j_dense_update*>(updates), count, stream);
}

int elbo4j_cuda_adam_updates(const void* updates, int64_t count, void* stream) {
  return adam_updates(static_cast<const elbo4j_update_of_several*>(updates), count, stream);
}

int elbo4j_cuda_convolution_leaves(const void* gradient, void* stream) {
  return convolution_leaves(*static_cast<const elbo4j_convolution_weight_gradient*>(gradient), stream);
}

int elbo4j_cuda_convolution_bias_gradients(const void* gradients, int64_t count, void* stream) {
  return convolution_bias_gradients(static_cast<const elbo4j_convolution_bias_gradient*>(gradients), count, stream);
}

}  // extern "C"
