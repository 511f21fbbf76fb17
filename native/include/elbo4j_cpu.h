/* The C API of the native CPU backend, parsed by JavaCPP.
 *
 * Every matrix is a pointer to its element (0, 0) and a row stride in elements (0: one row repeated). A call does the
 * items [begin, end) of its operation on the calling thread and writes nothing else. `level` chooses the
 * instruction-set build; all give the same bits. Pointers marked "or null" may be null. Arguments are validated by the
 * caller. Every call sets the floating-point environment that the numerics contract needs and restores the caller's.
 * `d` before a name is the gradient of the loss with respect to it. `type`: of the elements of the matrices given as
 * void*, the ordinal of io.elbo4j.ElementType; all others are float32. */
#ifndef ELBO4J_CPU_H
#define ELBO4J_CPU_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Version of this API: the Java side refuses a library of another. */
int elbo4j_cpu_abi(void);

/* Instruction-set levels: 0 generic, 2, 3, 4: x86-64-v2, -v3, -v4. The best that this processor and this build have. */
int elbo4j_cpu_best_level(void);

/* 1 if a level can run here. */
int elbo4j_cpu_has_level(int level);

/* Zeroed memory aligned to 64 bytes, in large pages where the system has them; null if there is not that much. */
float* elbo4j_cpu_allocate(int64_t floats);
void elbo4j_cpu_free(float* memory, int64_t floats);

/* Items: rows of mean (z's row r has the noise of row first_row + r); samples rows of z per row of mean; without
 * samples z, or dz, is null. prior_mean and prior_log_variance: or null (standard normal). log_ratio[rows * samples]:
 * log p(z) - log q(z), or null. */
void elbo4j_cpu_gaussian_sample_kl(int level, int type, const void* mean, int64_t mean_stride, const void* log_variance,
                                   int64_t log_variance_stride, const void* prior_mean, int64_t prior_mean_stride,
                                   const void* prior_log_variance, int64_t prior_log_variance_stride, int64_t seed,
                                   int64_t draw, int64_t first_row, int64_t samples, void* z, int64_t z_stride,
                                   float* kl, float* log_ratio, int64_t columns, int64_t begin, int64_t end);

/* column_weight[columns]: or null (ones). The gradients of the prior: or null together. */
void elbo4j_cpu_gaussian_sample_kl_backward(
    int level, int type, const void* mean, int64_t mean_stride, const void* log_variance, int64_t log_variance_stride,
    const void* prior_mean, int64_t prior_mean_stride, const void* prior_log_variance,
    int64_t prior_log_variance_stride, int64_t seed, int64_t draw, int64_t first_row, int64_t samples, const void* dz,
    int64_t dz_stride, const float* dkl, const float* column_weight, void* dmean, int64_t dmean_stride,
    void* dlog_variance, int64_t dlog_variance_stride, void* dprior_mean, int64_t dprior_mean_stride,
    void* dprior_log_variance, int64_t dprior_log_variance_stride, int64_t columns, int64_t begin, int64_t end);

/* Items: columns. */
void elbo4j_cpu_gaussian_kl_per_dimension(int level, const float* mean, int64_t mean_stride, const float* log_variance,
                                          int64_t log_variance_stride, const float* prior_mean,
                                          int64_t prior_mean_stride, const float* prior_log_variance,
                                          int64_t prior_log_variance_stride, float* kl_per_dimension, int64_t rows,
                                          int64_t begin, int64_t end);
void elbo4j_cpu_free_bits_gate(int level, const float* kl_per_dimension, float threshold, float* column_weight,
                               int64_t begin, int64_t end);

/* Items: rows of logits; row r of logits belongs to row r / samples of x. dlogits and dlog_likelihood: or null
 * together. */
void elbo4j_cpu_bernoulli_log_likelihood(int level, int type, const void* logits, int64_t logits_stride, const void* x,
                                         int64_t x_stride, int64_t samples, const float* dlog_likelihood,
                                         float* log_likelihood, void* dlogits, int64_t dlogits_stride, int64_t columns,
                                         int64_t begin, int64_t end);

/* Items: rows of mean; log_variance_stride 0: shared by all rows. dmean or dlog_variance: or null. */
void elbo4j_cpu_gaussian_log_likelihood(int level, int type, const void* mean, int64_t mean_stride,
                                        const void* log_variance, int64_t log_variance_stride, const void* x,
                                        int64_t x_stride, int64_t samples, const float* dlog_likelihood,
                                        float* log_likelihood, void* dmean, int64_t dmean_stride, void* dlog_variance,
                                        int64_t dlog_variance_stride, int64_t columns, int64_t begin, int64_t end);
/* Items: columns. */
void elbo4j_cpu_gaussian_shared_log_variance_gradient(int level, const float* mean, int64_t mean_stride,
                                                      const float* log_variance, const float* x, int64_t x_stride,
                                                      int64_t samples, const float* dlog_likelihood,
                                                      float* dlog_variance, int64_t rows, int64_t begin, int64_t end);

/* C = A B (+ bias, then ReLU if relu), A: rows x k, B: k x n. bias[n]: or null. */
void elbo4j_cpu_matmul(int level, const float* a, int64_t a_stride, const float* b, int64_t b_stride, const float* bias,
                       int relu, float* c, int64_t c_stride, int64_t n, int64_t k, int64_t begin, int64_t end);
/* C = A B^T, B: n x k, kept where not (gate <= 0). gate: or null. */
void elbo4j_cpu_matmul_transposed_b(int level, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                    const float* gate, int64_t gate_stride, float* c, int64_t c_stride, int64_t n,
                                    int64_t k, int64_t begin, int64_t end);
/* C = A^T B over a batch of k rows, in chunks: A: k x m, B: k x n; items are rows of C. */
void elbo4j_cpu_matmul_transposed_a(int level, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                    float* c, int64_t c_stride, int64_t n, int64_t k, int64_t begin, int64_t end);

/* activation: the ordinal of io.elbo4j.Activation; function: of io.elbo4j.ScalarFunction. */
void elbo4j_cpu_activation(int level, int activation, const float* x, int64_t x_stride, float* y, int64_t y_stride,
                           int64_t columns, int64_t begin, int64_t end);
void elbo4j_cpu_activation_gradient(int level, int activation, const float* x, int64_t x_stride, const float* dy,
                                    int64_t dy_stride, float* dx, int64_t dx_stride, int64_t columns, int64_t begin,
                                    int64_t end);
void elbo4j_cpu_map(int level, int function, const float* x, int64_t x_stride, float* y, int64_t y_stride,
                    int64_t columns, int64_t begin, int64_t end);

void elbo4j_cpu_row_sums(int level, const float* x, int64_t x_stride, float* sums, int64_t columns, int64_t begin,
                         int64_t end);
void elbo4j_cpu_row_sums_of_squares(int level, const float* x, int64_t x_stride, float* sums, int64_t columns,
                                    int64_t begin, int64_t end);
/* Items: columns; the rows are the batch, in chunks. */
void elbo4j_cpu_column_sums(int level, const float* x, int64_t x_stride, float* sums, int64_t rows, int64_t begin,
                            int64_t end);

void elbo4j_cpu_log_mean_exp(int level, const float* x, int64_t x_stride, float* result, int64_t columns, int64_t begin,
                             int64_t end);
void elbo4j_cpu_log_mean_exp_backward(int level, const float* x, int64_t x_stride, const float* dresult, float* dx,
                                      int64_t dx_stride, int64_t columns, int64_t begin, int64_t end);

void elbo4j_cpu_copy(int level, int source_type, const void* source, int64_t source_stride, int target_type,
                     void* target, int64_t target_stride, int64_t columns, int64_t begin, int64_t end);
/* target += source */
void elbo4j_cpu_add(int level, const float* source, int64_t source_stride, float* target, int64_t target_stride,
                    int64_t columns, int64_t begin, int64_t end);
void elbo4j_cpu_fill(int level, float value, float* target, int64_t target_stride, int64_t columns, int64_t begin,
                     int64_t end);
/* target[r] = source[rows[r]] */
void elbo4j_cpu_gather(int level, const float* source, int64_t source_stride, const int32_t* rows, float* target,
                       int64_t target_stride, int64_t columns, int64_t begin, int64_t end);
/* target[rows[r]] += source[r] for r = 0 .. count - 1 in order; items are columns. */
void elbo4j_cpu_scatter_add(int level, const float* source, int64_t source_stride, const int32_t* rows, int64_t count,
                            float* target, int64_t target_stride, int64_t begin, int64_t end);

void elbo4j_cpu_normal(int level, int64_t seed, int64_t draw, int64_t first_row, float* target, int64_t target_stride,
                       int64_t columns, int64_t begin, int64_t end);
/* low + (high - low) u, u in [0, 1) */
void elbo4j_cpu_uniform(int level, int64_t seed, int64_t draw, int64_t first_row, float low, float high, float* target,
                        int64_t target_stride, int64_t columns, int64_t begin, int64_t end);
/* 1 where u < probability, else 0; NaN stays NaN. */
void elbo4j_cpu_binarise(int level, const float* probability, int64_t probability_stride, int64_t seed, int64_t draw,
                         int64_t first_row, float* target, int64_t target_stride, int64_t columns, int64_t begin,
                         int64_t end);

/* gradient_scale: one float, or null (1). */
void elbo4j_cpu_adam(int level, float* parameter, int64_t parameter_stride, const float* gradient,
                     int64_t gradient_stride, float* first_moment, int64_t first_moment_stride, float* second_moment,
                     int64_t second_moment_stride, float beta1, float one_minus_beta1, float beta2,
                     float one_minus_beta2, float step_size, float inverse_root_correction, float epsilon,
                     const float* gradient_scale, int64_t columns, int64_t begin, int64_t end);
/* scale = min(1, maximum_norm / sqrt(row sum of sums_of_squares)), in float32. */
void elbo4j_cpu_clip_scale(int level, const float* sums_of_squares, int64_t count, float maximum_norm, float* scale);

#ifdef __cplusplus
}
#endif
#endif
