package io.elbo4j.layout;

import io.elbo4j.AdamStep;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.SgdStep;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** The types of an argument's fields, as {@code native/include/elbo4j_arguments.h} defines them. */
enum Field {
    /** {data, rows, columns, stride, type}; all 0 for null. */
    MATRIX(40, 8, false) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            Matrix m = (Matrix) value;
            long address = ((Pointer) m.address()).address();
            // an empty matrix of another library may be at 0, which stands for one that is not given
            to.putLong(at, address == 0 ? NOWHERE : address);
            to.putLong(at + 8, m.rows()).putLong(at + 16, m.columns()).putLong(at + 24, m.rowStride());
            to.putInt(at + 32, m.type().ordinal());
        }
    },
    /** {seed, draw, first_row, live}. */
    NOISE(32, 8, true) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            Noise noise = (Noise) value;
            to.putLong(at, noise.seed()).putLong(at + 8, noise.draw()).putLong(at + 16, noise.firstRow());
            to.putLong(at + 24, live.address(noise));
        }
    },
    /** {data, position, live}. */
    INDICES(24, 8, true) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            Indices indices = (Indices) value;
            to.putLong(at, ((Pointer) indices.address()).address()).putLong(at + 8, indices.position());
            to.putLong(at + 16, live.address(indices));
        }
    },
    /** {beta1, 1 - beta1, beta2, 1 - beta2, step size, inverse root correction, epsilon, decay, live}. */
    ADAM_STEP(40, 8, true) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            AdamStep step = (AdamStep) value;
            to.putFloat(at, step.beta1()).putFloat(at + 4, step.oneMinusBeta1());
            to.putFloat(at + 8, step.beta2()).putFloat(at + 12, step.oneMinusBeta2());
            to.putFloat(at + 16, step.stepSize()).putFloat(at + 20, step.inverseRootCorrection());
            to.putFloat(at + 24, step.epsilon()).putFloat(at + 28, step.decay()).putLong(at + 32, live.address(step));
        }
    },
    /** {step size, momentum, weight decay, live}. */
    SGD_STEP(24, 8, true) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            SgdStep step = (SgdStep) value;
            to.putFloat(at, step.learningRate()).putFloat(at + 4, step.momentum());
            to.putFloat(at + 8, step.weightDecay()).putLong(at + 16, live.address(step));
        }
    },
    /** {big rows, columns, channels, small channels, kernel rows, columns, stride, padding}. */
    CONVOLUTION_SHAPE(32, 4, false) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            ConvolutionShape s = (ConvolutionShape) value;
            to.putInt(at, s.bigRows()).putInt(at + 4, s.bigColumns()).putInt(at + 8, s.bigChannels());
            to.putInt(at + 12, s.smallChannels()).putInt(at + 16, s.kernelRows()).putInt(at + 20, s.kernelColumns());
            to.putInt(at + 24, s.stride()).putInt(at + 28, s.padding());
        }
    },
    FLOAT(4, 4, false) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            to.putFloat(at, (Float) value);
        }
    },
    INT32(4, 4, false) {
        @Override
        void put(ByteBuffer to, int at, Object value, Live live) {
            int number = value instanceof Enum<?> constant ? constant.ordinal()
                    : value instanceof Boolean is ? (is ? 1 : 0) : (Integer) value;
            to.putInt(at, number);
        }
    };

    /** Not null; no element is there. */
    private static final long NOWHERE = 64;

    final int bytes;
    final int alignment;
    /** Whether it is read anew before each run. */
    final boolean changes;

    Field(int bytes, int alignment, boolean changes) {
        this.bytes = bytes;
        this.alignment = alignment;
        this.changes = changes;
    }

    abstract void put(ByteBuffer to, int at, Object value, Live live);

    /** Of components of a class; null if there is none. */
    static @Nullable Field of(Class<?> type) {
        if (type == Matrix.class) {
            return MATRIX;
        }
        if (type == Noise.class) {
            return NOISE;
        }
        if (type == Indices.class) {
            return INDICES;
        }
        if (type == AdamStep.class) {
            return ADAM_STEP;
        }
        if (type == SgdStep.class) {
            return SGD_STEP;
        }
        if (type == ConvolutionShape.class) {
            return CONVOLUTION_SHAPE;
        }
        if (type == float.class) {
            return FLOAT;
        }
        return type == int.class || type == boolean.class || type.isEnum() ? INT32 : null;
    }
}
