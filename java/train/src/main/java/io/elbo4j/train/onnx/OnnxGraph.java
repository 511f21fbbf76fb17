package io.elbo4j.train.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * A graph of ONNX, version 8 of its format and operators of opset 17 (onnx/onnx.proto): the part of it that matrices of
 * float32 need. The numbers are those of the messages' fields.
 */
final class OnnxGraph {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    /** Of AttributeProto, with the number of the field that holds the value. */
    private enum AttributeType {
        FLOAT(1, 2), INT(2, 3), INTS(7, 8);

        private final int number;
        private final int field;

        AttributeType(int number, int field) {
            this.number = number;
            this.field = field;
        }
    }

    private final Protobuf graph = new Protobuf();

    OnnxGraph(String name) {
        graph.text(2, name);
    }

    /** A matrix of any number of rows. */
    void input(String name, long columns, String description) {
        graph.message(11, matrix(name, columns, description));
    }

    /** A matrix of as many rows. */
    void output(String name, long columns, String description) {
        graph.message(12, matrix(name, columns, description));
    }

    void node(String type, String name, List<String> inputs, String output, List<Protobuf> attributes) {
        Protobuf node = new Protobuf();
        inputs.forEach(input -> node.text(1, input));
        node.text(2, output).text(3, name).text(4, type);
        attributes.forEach(attribute -> node.message(5, attribute));
        graph.message(1, node);
    }

    void floats(String name, float[] values, long... axes) {
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES)).order(
                ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        graph.message(5, tensor(name, FLOAT, axes).bytes(9, raw.array()));
    }

    /** A vector. */
    void integers(String name, long... values) {
        Protobuf tensor = tensor(name, INT64, values.length);
        for (long value : values) {
            tensor.number(7, value);
        }
        graph.message(5, tensor);
    }

    static Protobuf attribute(String name, long value) {
        return attribute(name, AttributeType.INT).number(AttributeType.INT.field, value);
    }

    static Protobuf attribute(String name, float value) {
        return attribute(name, AttributeType.FLOAT).real(AttributeType.FLOAT.field, value);
    }

    static Protobuf attribute(String name, long[] values) {
        Protobuf attribute = attribute(name, AttributeType.INTS);
        for (long value : values) {
            attribute.number(AttributeType.INTS.field, value);
        }
        return attribute;
    }

    /** The file. */
    byte[] toByteArray(Map<String, String> metadata) {
        Protobuf model = new Protobuf().number(1, IR_VERSION).text(2, "elbo4j").message(7, graph).message(8,
                new Protobuf().text(1, "").number(2, OPSET));
        metadata.forEach((key, value) -> model.message(14, new Protobuf().text(1, key).text(2, value)));
        return model.toByteArray();
    }

    private static Protobuf attribute(String name, AttributeType type) {
        return new Protobuf().text(1, name).number(20, type.number);
    }

    private static Protobuf tensor(String name, int type, long... axes) {
        Protobuf tensor = new Protobuf().text(8, name).number(2, type);
        for (long size : axes) {
            tensor.number(1, size);
        }
        return tensor;
    }

    private static Protobuf matrix(String name, long columns, String description) {
        Protobuf shape = new Protobuf().message(1, new Protobuf().text(2, "rows")).message(1, new Protobuf().number(1,
                columns));
        Protobuf type = new Protobuf().message(1, new Protobuf().number(1, FLOAT).message(2, shape));
        return new Protobuf().text(1, name).message(2, type).text(3, description);
    }
}
