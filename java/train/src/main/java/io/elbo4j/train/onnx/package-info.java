/** Trained encoders and decoders as ONNX models. */
@NullMarked
package io.elbo4j.train.onnx;

import org.jspecify.annotations.NullMarked;
