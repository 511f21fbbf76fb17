/**
 * The fused operations of {@link io.elbo4j.operation} on ND4J's arrays, in place on ND4J's own memory: the same
 * formulas, units and bits. Each method runs at once and returns when the results are written.
 *
 * <p><b>Arrays.</b> All are of {@link org.nd4j.linalg.api.buffer.DataType#FLOAT}; others are refused. A matrix has the
 * shape [B, D] or, for images, [B, C, H, W] and the like: the first dimension counts rows, all others together columns.
 * One number per row has the shape [B] or [B, 1].
 *
 * <p><b>Copies.</b> None for arrays whose rows lie each in one piece: 'c' order, and views of such arrays that take
 * rows (also every n-th) or a range of columns. An input in another layout ('f' order, a transposed array, every n-th
 * column) is copied by {@code dup('c')}: a pass over its elements, and memory for them while the call lasts. An output
 * in another layout is refused. {@code mmul} returns 'f' order for some operands: give it a result in 'c' order.
 *
 * <p><b>Errors.</b> {@link java.lang.IllegalArgumentException} for a wrong type, shape, order or workspace, or an
 * output that overlaps another argument; {@link java.lang.NullPointerException} for a missing argument; both name it,
 * before anything is touched. {@link java.lang.IllegalStateException} where the backend cannot run here, with the
 * reason.
 *
 * <p><b>Where.</b> In place, where ND4J has its arrays: with nd4j-native by elbo4j's cpu backend; with ND4J's CUDA
 * backend by elbo4j's kernels on the same GPU and on ND4J's stream (not run on a device so far). The system property
 * {@code elbo4j.nd4j.backend} has the arrays of nd4j-native worked on by another backend ({@code java}, {@code cuda},
 * {@code cuda:1}): then all arguments are copied there and results back in each call, which for one fused operation
 * takes longer than {@code cpu}. The module's README.md has the whole table.
 *
 * <p><b>Threads.</b> Every method may be called from any thread; calls take turns, and each uses as many threads as the
 * system property {@code elbo4j.nd4j.threads} says (0, the default: all processors).
 */
@NullMarked
package io.elbo4j.nd4j;

import org.jspecify.annotations.NullMarked;
