package io.elbo4j.cuda;

import io.elbo4j.Kernel;
import io.elbo4j.Launch;
import io.elbo4j.Leaks;
import io.elbo4j.Operation;
import io.elbo4j.Program;
import io.elbo4j.cuda.jni.ElboCuda;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The launches of a program on a stream: one after the other in the first run, which also loads what the kernels need;
 * captured as a CUDA graph in the second, and replayed with one call from then on. Where the capture fails, plain
 * launches go on.
 */
final class CudaProgram implements Program.Executor {
    private static final Logger LOGGER = System.getLogger("io.elbo4j.cuda");
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private enum State { NEW, RAN_ONCE, CAPTURED, PLAIN }

    private final CudaQueue queue;
    private final CudaKernels kernels;
    private final List<Bound> launches;
    private State state;
    private Graph graph;

    /** @param replayed whether it may be captured */
    CudaProgram(CudaQueue queue, CudaKernels kernels, List<Launch> launches, boolean replayed) {
        this.queue = queue;
        this.kernels = kernels;
        this.launches = fuse(launches).stream().map(this::bind).toList();
        this.state = replayed ? State.NEW : State.PLAIN;
    }

    /** Updates go last, so that the gradients before them can become one. */
    private static List<Launch> fuse(List<Launch> launches) {
        return BiasGradients.fuse(AdamUpdates.fuse(ConvolutionLeaves.fuse(DenseUpdates.fuse(launches))));
    }

    private record Bound(long items, Launch.Body body) {}

    private Bound bind(Launch launch) {
        Launch.Body body = launch.body();
        if (body instanceof Operation operation) {
            body = kernels.of(operation);
        } else if (body instanceof DenseUpdates updates) {
            body = kernels.of(updates);
        } else if (body instanceof AdamUpdates updates) {
            body = kernels.of(updates);
        } else if (body instanceof ConvolutionLeaves leaves) {
            body = kernels.of(leaves);
        } else if (body instanceof BiasGradients gradients) {
            body = kernels.of(gradients);
        }
        return new Bound(launch.items(), body);
    }

    /** An executable graph and the values that its kernels read; freed together. */
    private record Graph(Pointer executable, long nodes, LiveValues live, Leaks.Guard guard) {}

    /** Kernels of other threads would be captured with those of this program. */
    @Override
    public void run() {
        synchronized (queue.stream()) {
            runAlone();
        }
    }

    private void runAlone() {
        Pointer stream = queue.use();
        if (state == State.RAN_ONCE) {
            capture(stream);
        }
        if (state == State.CAPTURED) {
            graph.live.upload(stream);
            CudaErrors.check(ElboCuda.elbo4j_cuda_graph_launch(graph.executable, stream));
            return;
        }
        launchAll();
        if (state == State.NEW) {
            state = State.RAN_ONCE;
        }
    }

    /** Whether every launch called a kernel; what else a body does would not be replayed. */
    private boolean launchAll() {
        boolean all = true;
        for (Bound launch : launches) {
            if (launch.items > 0) {
                long before = kernels.calls();
                if (launch.body instanceof Kernel kernel) {
                    kernel.prepare();
                }
                launch.body.run(0, launch.items);
                all &= kernels.calls() > before;
            }
        }
        return all;
    }

    private void capture(Pointer stream) {
        state = State.PLAIN;
        LiveValues live = null;
        Pointer executable = new Pointer();
        long nodes = 0;
        try {
            live = new LiveValues(queue, launches.size());
            nodes = record(stream, live, executable);
            if (nodes == 0) {
                goOnPlainly("the body of a launch calls no kernel");
            }
        } catch (FatalCudaException fatal) {
            throw fatal;
        } catch (CudaException | OutOfMemoryError refused) {
            goOnPlainly(refused.getMessage());
        } finally {
            if (nodes > 0) {
                LiveValues values = live;
                graph = new Graph(executable, nodes, values, new Leaks.Guard(this, () -> free(executable, values)));
                state = State.CAPTURED;
            } else if (live != null) {
                free(executable, live);
            }
        }
    }

    /** The number of nodes; 0 if it cannot be replayed. */
    private long record(Pointer stream, LiveValues live, Pointer executable) {
        int ended = 0;
        long count = 0;
        boolean all = false;
        CudaErrors.check(ElboCuda.elbo4j_cuda_capture_begin(stream));
        try (LongPointer nodes = new LongPointer(1L)) {
            try {
                kernels.readFrom(live);
                all = launchAll();
            } finally {
                kernels.readFrom(null);
                ended = ElboCuda.elbo4j_cuda_capture_end(stream, executable, nodes);
            }
            count = nodes.get();
        }
        CudaErrors.check(ended);
        return all ? count : 0;
    }

    private static void goOnPlainly(String why) {
        if (SAID.compareAndSet(false, true)) {
            LOGGER.log(Level.WARNING, "A program runs launch by launch instead of as a CUDA graph, which gives the same"
                    + " results more slowly, because it could not be captured: " + why);
        }
    }

    private static void free(Pointer executable, LiveValues live) {
        if (!executable.isNull() && CudaErrors.alive()) {
            CudaErrors.note(ElboCuda.elbo4j_cuda_graph_destroy(executable));
        }
        live.close();
    }

    @Override
    public long nodes() {
        return state == State.CAPTURED ? graph.nodes : 0;
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.guard.close();
            graph = null;
        }
        state = State.PLAIN;
    }
}
