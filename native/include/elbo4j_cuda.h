/* The C API of the native CUDA backend, parsed by JavaCPP. The CUDA run time is linked statically: at run time only the
 * NVIDIA driver is needed.
 *
 * Every function returns 0 or a cudaError_t. Work is queued on a stream (a cudaStream_t, as void*; the same pointer
 * that bytedeco's CUDA presets call CUstream_st) of the current device and returns before it is done, so an error may
 * be reported by a later call. Matrices are device pointers to their element (0, 0) and row strides in elements (0: one
 * row repeated). Pointers marked "or null" may be null. Arguments are validated by the caller. `d` before a name is the
 * gradient of the loss with respect to it. `type`: of the elements of the matrices given as void*, the ordinal of
 * io.elbo4j.ElementType; all others are float32.
 *
 * `live`: device memory that holds values read when the kernel runs, instead of those given by the call, or null: a
 * captured graph is replayed with the same arguments, so what changes from step to step must lie in memory. */
#ifndef ELBO4J_CUDA_H
#define ELBO4J_CUDA_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Version of this API: the Java side refuses a library of another. */
int elbo4j_cuda_abi(void);

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

/* ---- operations; rows: of the first matrix unless said otherwise ---- */

/* samples rows of z per row of mean; z's row r has the noise of row first_row + r; without samples z, or dz, is null.
 * prior_mean and prior_log_variance: or null (standard normal). log_ratio[rows * samples]: log p(z) - log q(z), or
 * null. live: {draw, first_row}. */
int elbo4j_cuda_gaussian_sample_kl(int type, const void* mean, int64_t mean_stride, const void* log_variance,
                                   int64_t log_variance_stride, const void* prior_mean, int64_t prior_mean_stride,
                                   const void* prior_log_variance, int64_t prior_log_variance_stride, int64_t seed,
                                   int64_t draw, int64_t first_row, const int64_t* live, int64_t samples, void* z,
                                   int64_t z_stride, float* kl, float* log_ratio, int64_t rows, int64_t columns,
                                   void* stream);
/* column_weight[columns]: or null (ones). The gradients of the prior: or null together. */
int elbo4j_cuda_gaussian_sample_kl_backward(int type, const void* mean, int64_t mean_stride, const void* log_variance,
                                            int64_t log_variance_stride, const void* prior_mean,
                                            int64_t prior_mean_stride, const void* prior_log_variance,
                                            int64_t prior_log_variance_stride, int64_t seed, int64_t draw,
                                            int64_t first_row, const int64_t* live, int64_t samples, const void* dz,
                                            int64_t dz_stride, const float* dkl, const float* column_weight,
                                            void* dmean, int64_t dmean_stride, void* dlog_variance,
                                            int64_t dlog_variance_stride, void* dprior_mean, int64_t dprior_mean_stride,
                                            void* dprior_log_variance, int64_t dprior_log_variance_stride, int64_t rows,
                                            int64_t columns, void* stream);

int elbo4j_cuda_gaussian_kl_per_dimension(const float* mean, int64_t mean_stride, const float* log_variance,
                                          int64_t log_variance_stride, const float* prior_mean,
                                          int64_t prior_mean_stride, const float* prior_log_variance,
                                          int64_t prior_log_variance_stride, float* kl_per_dimension, int64_t rows,
                                          int64_t columns, void* stream);
int elbo4j_cuda_free_bits_gate(const float* kl_per_dimension, float threshold, float* column_weight, int64_t columns,
                               void* stream);

/* Row r of logits belongs to row r / samples of x. dlogits and dlog_likelihood: or null together. */
int elbo4j_cuda_bernoulli_log_likelihood(int type, const void* logits, int64_t logits_stride, const void* x,
                                         int64_t x_stride, int64_t samples, const float* dlog_likelihood,
                                         float* log_likelihood, void* dlogits, int64_t dlogits_stride, int64_t rows,
                                         int64_t columns, void* stream);

/* log_variance_stride 0: shared by all rows. dmean or dlog_variance: or null. */
int elbo4j_cuda_gaussian_log_likelihood(int type, const void* mean, int64_t mean_stride, const void* log_variance,
                                        int64_t log_variance_stride, const void* x, int64_t x_stride, int64_t samples,
                                        const float* dlog_likelihood, float* log_likelihood, void* dmean,
                                        int64_t dmean_stride, void* dlog_variance, int64_t dlog_variance_stride,
                                        int64_t rows, int64_t columns, void* stream);
int elbo4j_cuda_gaussian_shared_log_variance_gradient(const float* mean, int64_t mean_stride, const float* log_variance,
                                                      const float* x, int64_t x_stride, int64_t samples,
                                                      const float* dlog_likelihood, float* dlog_variance, int64_t rows,
                                                      int64_t columns, void* stream);

/* C = A B (+ bias, then ReLU if relu), A: rows x k, B: k x n. bias[n]: or null. */
int elbo4j_cuda_matmul(const float* a, int64_t a_stride, const float* b, int64_t b_stride, const float* bias, int relu,
                       float* c, int64_t c_stride, int64_t rows, int64_t n, int64_t k, void* stream);
/* C = A B^T, A: rows x k, B: n x k, kept where not (gate <= 0). gate: or null. */
int elbo4j_cuda_matmul_transposed_b(const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                    const float* gate, int64_t gate_stride, float* c, int64_t c_stride, int64_t rows,
                                    int64_t n, int64_t k, void* stream);
/* C = A^T B over a batch of k rows, in chunks: A: k x rows, B: k x n. */
int elbo4j_cuda_matmul_transposed_a(const float* a, int64_t a_stride, const float* b, int64_t b_stride, float* c,
                                    int64_t c_stride, int64_t rows, int64_t n, int64_t k, void* stream);

/* The gradients of one dense layer over a batch, weight and bias, followed by Adam on both: dW = x^T dy, db = column
 * sums of dy. weight: inputs x outputs, contiguous, as are its gradient and moments; bias[outputs] and what belongs to
 * it: or null together. */
typedef struct elbo4j_dense_update {
  const float* x;
  int64_t x_stride;
  const float* dy;
  int64_t dy_stride;
  int64_t batch, inputs, outputs;
  float *weight, *weight_gradient, *weight_first_moment, *weight_second_moment;
  float *bias, *bias_gradient, *bias_first_moment, *bias_second_moment;
} elbo4j_dense_update;
/* Several layers in one launch. The scalars are those of adam. */
int elbo4j_cuda_dense_updates(const elbo4j_dense_update* updates, int count, float beta1, float one_minus_beta1,
                              float beta2, float one_minus_beta2, float step_size, float inverse_root_correction,
                              float epsilon, const int64_t* live, void* stream);

/* activation: the ordinal of io.elbo4j.Activation; function: of io.elbo4j.ScalarFunction. */
int elbo4j_cuda_activation(int activation, const float* x, int64_t x_stride, float* y, int64_t y_stride, int64_t rows,
                           int64_t columns, void* stream);
int elbo4j_cuda_activation_gradient(int activation, const float* x, int64_t x_stride, const float* dy,
                                    int64_t dy_stride, float* dx, int64_t dx_stride, int64_t rows, int64_t columns,
                                    void* stream);
int elbo4j_cuda_map(int function, const float* x, int64_t x_stride, float* y, int64_t y_stride, int64_t rows,
                    int64_t columns, void* stream);

int elbo4j_cuda_row_sums(const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t columns, void* stream);
int elbo4j_cuda_row_sums_of_squares(const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t columns,
                                    void* stream);
/* The rows are the batch, in chunks. */
int elbo4j_cuda_column_sums(const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t columns, void* stream);

int elbo4j_cuda_log_mean_exp(const float* x, int64_t x_stride, float* result, int64_t rows, int64_t columns,
                             void* stream);
int elbo4j_cuda_log_mean_exp_backward(const float* x, int64_t x_stride, const float* dresult, float* dx,
                                      int64_t dx_stride, int64_t rows, int64_t columns, void* stream);

int elbo4j_cuda_copy(int source_type, const void* source, int64_t source_stride, int target_type, void* target,
                     int64_t target_stride, int64_t rows, int64_t columns, void* stream);
/* target += source */
int elbo4j_cuda_add(const float* source, int64_t source_stride, float* target, int64_t target_stride, int64_t rows,
                    int64_t columns, void* stream);
int elbo4j_cuda_fill(float value, float* target, int64_t target_stride, int64_t rows, int64_t columns, void* stream);
/* target[r] = source[indices[r]], for the rows of target. live: {position}, added to the pointer of indices. */
int elbo4j_cuda_gather(const float* source, int64_t source_stride, const int32_t* indices, const int64_t* live,
                       float* target, int64_t target_stride, int64_t rows, int64_t columns, void* stream);
/* target[indices[r]] += source[r] for r = 0 .. count - 1 in order. */
int elbo4j_cuda_scatter_add(const float* source, int64_t source_stride, const int32_t* indices, const int64_t* live,
                            int64_t count, float* target, int64_t target_stride, int64_t columns, void* stream);

/* live: {draw, first_row}. */
int elbo4j_cuda_normal(int64_t seed, int64_t draw, int64_t first_row, const int64_t* live, float* target,
                       int64_t target_stride, int64_t rows, int64_t columns, void* stream);
/* low + (high - low) u, u in [0, 1) */
int elbo4j_cuda_uniform(int64_t seed, int64_t draw, int64_t first_row, const int64_t* live, float low, float high,
                        float* target, int64_t target_stride, int64_t rows, int64_t columns, void* stream);
/* 1 where u < probability, else 0; NaN stays NaN. */
int elbo4j_cuda_binarise(const float* probability, int64_t probability_stride, int64_t seed, int64_t draw,
                         int64_t first_row, const int64_t* live, float* target, int64_t target_stride, int64_t rows,
                         int64_t columns, void* stream);

/* gradient_scale: one float, or null (1). live: {step_size in the low and inverse_root_correction in the high 32 bits},
 * as float32 bits. */
int elbo4j_cuda_adam(float* parameter, int64_t parameter_stride, const float* gradient, int64_t gradient_stride,
                     float* first_moment, int64_t first_moment_stride, float* second_moment,
                     int64_t second_moment_stride, float beta1, float one_minus_beta1, float beta2,
                     float one_minus_beta2, float step_size, float inverse_root_correction, float epsilon,
                     const int64_t* live, const float* gradient_scale, int64_t rows, int64_t columns, void* stream);
/* scale = min(1, maximum_norm / sqrt(row sum of sums_of_squares)), in float32. */
int elbo4j_cuda_clip_scale(const float* sums_of_squares, int64_t count, float maximum_norm, float* scale, void* stream);

#ifdef __cplusplus
}
#endif
#endif
