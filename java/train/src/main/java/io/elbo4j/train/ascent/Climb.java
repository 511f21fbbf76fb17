package io.elbo4j.train.ascent;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.picture.Lines;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

/** What ways came to after 1, 2, 3, 4, 6, 10, ... steps, five numbers for each factor of ten, and after the last. */
final class Climb {
    private static final double FACTOR = StrictMath.pow(10, 0.2);

    /** A number that is looked at, a mean over the points. */
    record Quantity<M>(String name, ToDoubleFunction<M> of) {}

    private final double[] steps;
    private final List<Lines.Series> series = new ArrayList<>();

    Climb(int last) {
        steps = DoubleStream.concat(DoubleStream.iterate(1, step -> step * FACTOR).map(StrictMath::rint).takeWhile(
                step -> step < last), DoubleStream.of(last)).toArray();
    }

    /**
     * Goes one way.
     *
     * @param name of it, for a sentence
     * @throws IllegalArgumentException if it comes to what no parameters can be
     */
    <M> void go(String name, M start, UnaryOperator<M> step, List<Quantity<M>> quantities) {
        double[][] values = new double[quantities.size()][steps.length];
        M model = start;
        int done = 0;
        try {
            for (int i = 0; i < steps.length; i++) {
                while (done < steps[i]) {
                    done++;
                    model = step.apply(model);
                }
                for (int q = 0; q < values.length; q++) {
                    values[q][i] = quantities.get(q).of().applyAsDouble(model);
                }
            }
        } catch (ArgumentException e) {
            throw new IllegalArgumentException(name + " flew off to infinity in step " + done
                    + ": a smaller learning rate keeps it", e);
        }
        for (int q = 0; q < values.length; q++) {
            series.add(new Lines.Series(quantities.get(q).name(), steps, values[q]));
        }
    }

    List<Lines.Series> series() {
        return series;
    }

    static double mean(double[][] data, ToDoubleFunction<double[]> of) {
        double sum = 0;
        for (double[] x : data) {
            sum += of.applyAsDouble(x);
        }
        return sum / data.length;
    }

    static float[] floats(double[][] data) {
        float[] floats = new float[data.length * data[0].length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) data[i / data[0].length][i % data[0].length];
        }
        return floats;
    }
}
