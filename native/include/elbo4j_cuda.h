/* The C API of the native CUDA backend, parsed by JavaCPP. The CUDA run time is linked statically: at run time only the
 * NVIDIA driver is needed.
 *
 * Every function that can fail returns 0 or a cudaError_t. Work is queued on a stream (a cudaStream_t, as void*; the
 * same pointer that bytedeco's CUDA presets call CUstream_st) of the current device and returns before it is done, so
 * an error may be reported by a later call. Operations are found by their names, and declared in native/operations. */
#ifndef ELBO4J_CUDA_H
#define ELBO4J_CUDA_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* The SHA-256 of this file and of elbo4j_arguments.h: the Java side refuses a library that was built with others. */
const char* elbo4j_cuda_header(void);

/* ---- devices and errors ---- */

/* 1 if this library is the emulation of the tests, which runs the kernels on the CPU. */
int elbo4j_cuda_emulated(void);
int elbo4j_cuda_device_count(int* count);
/* CUDA versions as 1000 major + 10 minor: what the driver supports (0: no driver), and what this library was built
 * with. */
int elbo4j_cuda_versions(int* driver, int* runtime);
int elbo4j_cuda_set_device(int device);
/* name[256], zero-terminated. properties[6]: compute capability major and minor, multiprocessors, bytes of memory,
 * bytes of second-level cache, clock in kHz. Asks without making a context, on this or another device. */
int elbo4j_cuda_device(int device, char* name, int64_t* properties);
/* Of the current device. */
int elbo4j_cuda_free_bytes(int64_t* bytes);
/* Whether this library holds code that the current device can run. */
int elbo4j_cuda_probe(void);
const char* elbo4j_cuda_error_name(int error);
const char* elbo4j_cuda_error_string(int error);
/* The error that the last launch left behind, if any, which it clears unless it is sticky. */
int elbo4j_cuda_last_error(void);

/* ---- memory, streams, events, graphs ---- */

/* A pool of memory of the current device, which keeps what is freed for the next allocation; *pool = null where the
 * device has no pools. A destroyed pool goes when the last of its memory is freed. */
int elbo4j_cuda_pool_create(void** pool);
int elbo4j_cuda_pool_destroy(void* pool);
/* Device memory, zeroed in stream order; the pool it is of, or null. */
int elbo4j_cuda_allocate(void** memory, int64_t bytes, void* pool, void* stream);
int elbo4j_cuda_free(void* memory, void* pool, void* stream);
/* What an address is: *kind: 0 memory that CUDA does not know, 1 page-locked host memory, 2 of a device, 3 managed;
 * *device: its number; *accessible: 1 if kernels on the current device may use that very address. */
int elbo4j_cuda_pointer(const void* address, int* kind, int* device, int* accessible);
/* Page-locked host memory, from and to which copies are asynchronous. */
int elbo4j_cuda_allocate_host(void** memory, int64_t bytes);
int elbo4j_cuda_free_host(void* memory);
int elbo4j_cuda_copy_to_device(void* target, const void* source, int64_t bytes, void* stream);
int elbo4j_cuda_copy_to_host(void* target, const void* source, int64_t bytes, void* stream);
/* target[0 .. count) = values, which are taken over by the call: no staging, no waiting. */
int elbo4j_cuda_set_values(int64_t* target, const int64_t* values, int64_t count, void* stream);

int elbo4j_cuda_stream_create(void** stream);
int elbo4j_cuda_stream_destroy(void* stream);
int elbo4j_cuda_stream_synchronize(void* stream);
int elbo4j_cuda_stream_wait(void* stream, void* event);

/* timed: 1 if its time is read, which costs the device a little. */
int elbo4j_cuda_event_create(void** event, int timed);
int elbo4j_cuda_event_destroy(void* event);
int elbo4j_cuda_event_record(void* event, void* stream);
int elbo4j_cuda_event_synchronize(void* event);
/* *done = 1 if what was recorded has finished. */
int elbo4j_cuda_event_query(void* event, int* done);
int elbo4j_cuda_event_milliseconds(float* milliseconds, void* from, void* to);

int elbo4j_cuda_capture_begin(void* stream);
/* Ends the capture, whether it succeeded or not; *graph is executable, *nodes its number of nodes. */
int elbo4j_cuda_capture_end(void* stream, void** graph, int64_t* nodes);
int elbo4j_cuda_graph_launch(void* graph, void* stream);
int elbo4j_cuda_graph_destroy(void* graph);

/* ---- operations ---- */

/* The fields of an operation's arguments, "TYPE NAME; " for each; null if there is no operation of that name. */
const char* elbo4j_cuda_layout(const char* name);
/* The function of an operation; 0 if there is none of that name. */
int64_t elbo4j_cuda_find(const char* name);
/* Queues all items of an operation. arguments: the address of its structure, in host memory, read during the call. */
int elbo4j_cuda_call(int64_t function, int64_t arguments, void* stream);

/* Several dense layers in one launch: for each the gradient of its weight and of its bias, followed by Adam on both,
 * all of one step. updates: structures matmul_weight_gradient, adam_update of the weight and adam_update of the bias
 * (all 0 where there is none), one after the other. */
int elbo4j_cuda_dense_updates(const void* updates, int64_t count, void* stream);

/* Adam on several parameters in one launch, all of one step and one gradient scale. updates: structures adam_update and
 * convolution_weight_gradient, one after the other. Where the second is not all 0, the gradient is the sum of the
 * leaves in its workspace, and is written too. */
int elbo4j_cuda_adam_updates(const void* updates, int64_t count, void* stream);
/* Of one structure convolution_weight_gradient, which has a workspace: the leaves, which are left there. */
int elbo4j_cuda_convolution_leaves(const void* gradient, void* stream);

/* Several structures convolution_bias_gradient in one launch. */
int elbo4j_cuda_convolution_bias_gradients(const void* gradients, int64_t count, void* stream);

#ifdef __cplusplus
}
#endif
#endif
