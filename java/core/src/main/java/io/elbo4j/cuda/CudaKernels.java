package io.elbo4j.cuda;

import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import io.elbo4j.cuda.jni.ElboCuda;
import io.elbo4j.layout.Image;
import io.elbo4j.layout.Layout;
import io.elbo4j.layout.Live;
import io.elbo4j.layout.NativeFunctions;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Convolution;
import java.io.ByteArrayOutputStream;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The kernels of a backend, each of which queues an operation on its stream. Items are never split. */
@NullMarked
final class CudaKernels {
    private static final NativeFunctions FUNCTIONS = new NativeFunctions("cuda", new NativeFunctions.Library() {
        @Override
        public String layout(String name) {
            return ElboCuda.elbo4j_cuda_layout(name);
        }

        @Override
        public long find(String name) {
            return ElboCuda.elbo4j_cuda_find(name);
        }
    });

    private final CudaQueue queue;
    private Live live = Live.NONE;
    private long calls;

    CudaKernels(CudaQueue queue) {
        this.queue = queue;
    }

    /** Kernels prepared from now on read what changes between runs from there; null: they have it by value. */
    void readFrom(@Nullable LiveValues values) {
        live = values == null ? Live.NONE : values;
    }

    /** How many calls there have been. */
    long calls() {
        return calls;
    }

    /** The stream, for one more call. */
    private Pointer stream() {
        calls++;
        return queue.use();
    }

    private static void requireAll(Operation operation, long begin, long end) {
        long items = operation.items();
        if (begin != 0 || end != items) {
            throw new IllegalArgumentException("a kernel of the cuda backend runs all its items, from 0 to " + items
                    + ", not from " + begin + " to " + end);
        }
    }

    /** Once, without a kernel of its own. */
    void run(Operation operation, long begin, long end) {
        requireAll(operation, begin, end);
        long function = FUNCTIONS.find(operation);
        CudaErrors.check(ElboCuda.elbo4j_cuda_call(function, Image.addressOnce(operation, live), stream()));
        Reference.reachabilityFence(operation);
    }

    Kernel of(Operation operation) {
        return new OfOperation(FUNCTIONS.find(operation), operation);
    }

    Kernel of(DenseUpdates updates) {
        List<Operation> operations = new ArrayList<>();
        for (DenseUpdates.Layer layer : updates.layers()) {
            operations.addAll(Arrays.asList(layer.gradient(), layer.weight(), layer.bias()));
        }
        // what a layer without bias has in the place of its update
        return new OfSeveral(operations, Layout.of(Adam.Update.class).bytes(), arguments -> ElboCuda
                .elbo4j_cuda_dense_updates(arguments, updates.layers().size(), stream()));
    }

    Kernel of(AdamUpdates updates) {
        List<@Nullable Operation> operations = new ArrayList<>();
        for (AdamUpdates.One one : updates.updates()) {
            operations.add(one.update());
            operations.add(one.leaves());
        }
        return new OfSeveral(operations, Layout.of(Convolution.WeightGradient.class).bytes(), arguments -> ElboCuda
                .elbo4j_cuda_adam_updates(arguments, updates.updates().size(), stream()));
    }

    Kernel of(ConvolutionLeaves leaves) {
        return new OfSeveral(List.of(leaves.gradient()), 0, arguments -> ElboCuda.elbo4j_cuda_convolution_leaves(
                arguments, stream()));
    }

    Kernel of(BiasGradients gradients) {
        return new OfSeveral(gradients.gradients(), 0, arguments -> ElboCuda.elbo4j_cuda_convolution_bias_gradients(
                arguments, gradients.gradients().size(), stream()));
    }

    private final class OfOperation implements Kernel {
        private final long function;
        private final Operation operation;
        private final Image arguments;

        OfOperation(long function, Operation operation) {
            this.function = function;
            this.operation = operation;
            arguments = new Image(operation);
        }

        @Override
        public void prepare() {
            arguments.refresh(live);
        }

        @Override
        public void run(long begin, long end) {
            requireAll(operation, begin, end);
            CudaErrors.check(ElboCuda.elbo4j_cuda_call(function, arguments.address(), stream()));
            // the function has plain addresses of the memory that the operation's matrices hold
            Reference.reachabilityFence(operation);
        }
    }

    /** One call for several operations, with their structures one after the other; one that is null is zeros. */
    private final class OfSeveral implements Kernel {
        private final List<? extends @Nullable Operation> operations;
        private final ToIntFunction<BytePointer> call;
        private final List<@Nullable Image> images = new ArrayList<>();
        private final byte[] none;

        OfSeveral(List<? extends @Nullable Operation> operations, int bytesOfNone, ToIntFunction<BytePointer> call) {
            this.operations = operations;
            this.call = call;
            this.none = new byte[bytesOfNone];
            for (Operation operation : operations) {
                if (operation != null) {
                    FUNCTIONS.find(operation);
                }
                images.add(operation == null ? null : new Image(operation));
            }
        }

        @Override
        public void prepare() {
            for (Image image : images) {
                if (image != null) {
                    image.refresh(live);
                }
            }
        }

        @Override
        public void run(long begin, long end) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (Image image : images) {
                bytes.writeBytes(image == null ? none : image.bytes());
            }
            try (BytePointer arguments = new BytePointer(bytes.toByteArray())) {
                CudaErrors.check(call.applyAsInt(arguments));
            }
            // the structures have plain addresses
            Reference.reachabilityFence(operations);
        }
    }
}
