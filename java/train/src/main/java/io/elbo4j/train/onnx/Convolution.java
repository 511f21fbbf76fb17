package io.elbo4j.train.onnx;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Convolution.Gather;
import io.elbo4j.operation.Convolution.Spread;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Images are (row, column, channel) here and (channel, row, column) in ONNX: a Transpose on both sides. */
final class Convolution {
    private Convolution() {}

    static void gather(Gather op, Translation t) {
        ConvolutionShape s = op.shape();
        requireNoGate(op.gate(), t);
        List<Protobuf> attributes = attributes(s);
        String x = image(t.read(op.big()), s.bigRows(), s.bigColumns(), s.bigChannels(), t);
        t.write(op.small(), row(convolved("Conv", x, op.weight(), op.bias(), op.relu(), s, attributes, t), s
                .smallImage(), t));
    }

    static void spread(Spread op, Translation t) {
        ConvolutionShape s = op.shape();
        requireNoGate(op.gate(), t);
        List<Protobuf> attributes = attributes(s);
        attributes.add(OnnxGraph.attribute("output_padding", new long[] {beyond(s.bigRows(), s.smallRows(), s
                .kernelRows(), s), beyond(s.bigColumns(), s.smallColumns(), s.kernelColumns(), s)}));
        String x = image(t.read(op.small()), s.smallRows(), s.smallColumns(), s.smallChannels(), t);
        t.write(op.big(), row(convolved("ConvTranspose", x, op.weight(), op.bias(), op.relu(), s, attributes, t), s
                .bigImage(), t));
    }

    private static String convolved(String type, String x, Matrix weight, @Nullable Matrix bias, boolean relu,
            ConvolutionShape s, List<Protobuf> attributes, Translation t) {
        List<String> inputs = new ArrayList<>(List.of(x, t.floats(weight(s, t.values(weight)), s.smallChannels(), s
                .bigChannels(), s.kernelRows(), s.kernelColumns())));
        if (bias != null) {
            inputs.add(t.floats(t.values(bias), bias.columns()));
        }
        String y = t.node(type, inputs, attributes.toArray(Protobuf[]::new));
        return relu ? t.node("Relu", y) : y;
    }

    private static void requireNoGate(@Nullable Matrix gate, Translation t) {
        if (gate != null) {
            throw t.refused("is a gradient");
        }
    }

    /** Rows or columns of the big image that no kernel reaches. */
    private static long beyond(int big, int small, int kernel, ConvolutionShape s) {
        return big - ((small - 1L) * s.stride() + kernel - 2L * s.padding());
    }

    private static List<Protobuf> attributes(ConvolutionShape s) {
        return new ArrayList<>(List.of(OnnxGraph.attribute("kernel_shape", new long[] {s.kernelRows(), s
                .kernelColumns()}), OnnxGraph.attribute("strides", new long[] {s.stride(), s.stride()}), OnnxGraph
                        .attribute("pads", new long[] {s.padding(), s.padding(), s.padding(), s.padding()})));
    }

    /** (kernel row, kernel column, big channel) x small channel to (small, big, kernel row, kernel column). */
    private static float[] weight(ConvolutionShape s, float[] ours) {
        float[] theirs = new float[ours.length];
        int kernel = s.kernelRows() * s.kernelColumns();
        for (int i = 0; i < ours.length; i++) {
            int small = i % s.smallChannels();
            int big = i / s.smallChannels() % s.bigChannels();
            int place = i / s.smallChannels() / s.bigChannels();
            theirs[(small * s.bigChannels() + big) * kernel + place] = ours[i];
        }
        return theirs;
    }

    private static String image(String row, long rows, long columns, long channels, Translation t) {
        return t.node("Transpose", List.of(t.reshape(row, -1, rows, columns, channels)), OnnxGraph.attribute("perm",
                new long[] {0, 3, 1, 2}));
    }

    private static String row(String image, long values, Translation t) {
        return t.reshape(t.node("Transpose", List.of(image), OnnxGraph.attribute("perm", new long[] {0, 2, 3, 1})), -1,
                values);
    }
}
