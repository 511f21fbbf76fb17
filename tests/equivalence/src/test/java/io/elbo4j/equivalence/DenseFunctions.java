package io.elbo4j.equivalence;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.ScalarFunction;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every scalar function of the kernels, on a square matrix of inputs: functions, activations, their gradients with
 * dy = 1, rounding to 16 bits and back, and Adam's update of a parameter 0 and first moment 0, with the input as its
 * gradient and a second moment of the input's bits scrambled, so that the two sides of its division are independent.
 */
final class DenseFunctions implements AutoCloseable {
    private final Backend backend;
    private final int side;
    private final List<Matrix> matrices = new ArrayList<>();
    private final Map<String, Program> programs = new LinkedHashMap<>();
    private final Matrix x;
    private final Matrix y;
    private final Matrix secondMoments;
    private final float[] scrambled;

    DenseFunctions(Backend backend, int side) {
        this.backend = backend;
        this.side = side;
        x = matrix(ElementType.FLOAT32);
        y = matrix(ElementType.FLOAT32);
        secondMoments = matrix(ElementType.FLOAT32);
        scrambled = new float[side * side];
        Matrix ones = matrix(ElementType.FLOAT32);
        Rows.fill(1, ones).run();
        for (ScalarFunction f : ScalarFunction.values()) {
            add(f.toString(), Elementwise.map(f, x, y));
        }
        for (Activation a : Activation.values()) {
            if (a != Activation.IDENTITY) {
                add(a.toString(), Elementwise.activation(a, x, y));
                add(a + ".gradient", Elementwise.activationGradient(a, x, ones, y));
            }
        }
        for (ElementType type : List.of(ElementType.BFLOAT16, ElementType.FLOAT16)) {
            Matrix rounded = matrix(type);
            add(type.toString(), Rows.copy(x, rounded), Rows.copy(rounded, y));
        }
        Matrix first = matrix(ElementType.FLOAT32);
        Matrix second = matrix(ElementType.FLOAT32);
        add("adam", Rows.fill(0, y), Rows.fill(0, first), Rows.copy(secondMoments, second),
                Adam.update(y, x, first, second, new AdamStep(1e-3, 0.9, 0.999, 1e-8), null));
    }

    private Matrix matrix(ElementType type) {
        Matrix m = backend.matrix(side, side, type);
        matrices.add(m);
        return m;
    }

    /** One more, which writes {@link #y()}. */
    void add(String function, Launch... launches) {
        programs.put(function, new Program(backend, List.of(launches)));
    }

    Matrix y() {
        return y;
    }

    Set<String> names() {
        return programs.keySet();
    }

    void inputs(float[] inputs) {
        x.set(inputs);
        for (int i = 0; i < inputs.length; i++) {
            scrambled[i] = Float.intBitsToFloat(Float.floatToRawIntBits(inputs[i]) * 0x9E3779B1 & Integer.MAX_VALUE);
        }
        secondMoments.set(scrambled);
    }

    float[] results(String function) {
        programs.get(function).run();
        return y.toArray();
    }

    @Override
    public void close() {
        programs.values().forEach(Program::close);
        matrices.forEach(Matrix::close);
    }
}
