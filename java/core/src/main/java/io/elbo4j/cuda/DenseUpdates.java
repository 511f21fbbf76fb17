package io.elbo4j.cuda;

import io.elbo4j.AdamStep;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The gradients of several dense layers and the Adam updates of their weights and biases as one launch, which replaces
 * up to four launches a layer: with small batches each of them alone leaves most of a GPU idle.
 */
record DenseUpdates(List<Layer> layers, AdamStep step) implements Launch.Body {
    /** A layer's weight gradient and what follows it; {@code bias} is null where there is none. */
    record Layer(Matmul.WeightGradient gradient, Adam.Update weight, Adam.Update bias) {}

    /** A layer and the places of its launches in the program; {@code bias...} are -1 where there is none. */
    private record Candidate(int gradient, int weight, int biasGradient, int bias) {
        void addTo(Set<Integer> places) {
            places.addAll(List.of(gradient, weight));
            if (bias >= 0) {
                places.addAll(List.of(biasGradient, bias));
            }
        }

        boolean isUpdateAfterGradient(int first, int second) {
            return first == gradient && second == weight || first == biasGradient && second == bias;
        }
    }

    /** A program runs the kernel that stands for it. */
    @Override
    public void run(long begin, long end) {
        throw new UnsupportedOperationException("dense updates are run by a program");
    }

    /** The same program with as many layers as possible, of one AdamStep, replaced by one launch. */
    static List<Launch> fuse(List<Launch> launches) {
        Set<AdamStep> steps = new LinkedHashSet<>();
        for (Launch launch : launches) {
            if (launch.body() instanceof Adam.Update update && update.gradientScale() == null) {
                steps.add(update.step());
            }
        }
        List<Launch> result = launches;
        for (AdamStep step : steps) {
            for (List<Launch> before = null; before != result;) {
                before = result;
                result = fuse(before, step);
            }
        }
        return result;
    }

    private static List<Launch> fuse(List<Launch> launches, AdamStep step) {
        List<Candidate> group = new ArrayList<>();
        for (int i = 0; i < launches.size(); i++) {
            Candidate layer = candidate(launches, i, step);
            if (layer != null && canJoin(launches, group, layer)) {
                group.add(layer);
            }
        }
        return group.isEmpty() ? launches : replace(launches, group, step);
    }

    /** The layer whose weight is updated at that place, or null. */
    private static Candidate candidate(List<Launch> launches, int weight, AdamStep step) {
        if (!(launches.get(weight).body() instanceof Adam.Update update) || !fits(update, step)) {
            return null;
        }
        for (int i = weight - 1; i >= 0; i--) {
            if (launches.get(i).body() instanceof Matmul.WeightGradient gradient
                    && sameElements(gradient.dB(), update.gradient())) {
                return gradient.a().rows() == 0 ? null : withBias(launches, i, weight, gradient.dC(), step);
            }
        }
        return null;
    }

    private static Candidate withBias(List<Launch> launches, int gradient, int weight, Matrix dC, AdamStep step) {
        for (int sums = 0; sums < launches.size(); sums++) {
            if (launches.get(sums).body() instanceof Sums.Columns columns && sameView(columns.x(), dC)) {
                for (int i = sums + 1; i < launches.size(); i++) {
                    if (launches.get(i).body() instanceof Adam.Update update && fits(update, step)
                            && sameElements(columns.sums(), update.gradient())) {
                        return new Candidate(gradient, weight, sums, i);
                    }
                }
            }
        }
        return new Candidate(gradient, weight, -1, -1);
    }

    private static boolean fits(Adam.Update update, AdamStep step) {
        return update.step() == step && update.gradientScale() == null && hasNoGaps(update);
    }

    /** Whether a parameter, which has elements, and what belongs to it lie as the kernels of several take them. */
    static boolean hasNoGaps(Adam.Update update) {
        return elements(update.parameter()) > 0 && isContiguous(update.parameter()) && isContiguous(update.gradient())
                && isContiguous(update.firstMoment()) && isContiguous(update.secondMoment());
    }

    /**
     * Whether all launches of a group and of a layer can move to the place of the last of them, where they run in any
     * order but for each update, which follows its gradient. The group's have been found to be able to.
     */
    private static boolean canJoin(List<Launch> launches, List<Candidate> group, Candidate layer) {
        TreeSet<Integer> before = new TreeSet<>();
        group.forEach(other -> other.addTo(before));
        TreeSet<Integer> places = new TreeSet<>();
        layer.addTo(places);
        int lastBefore = before.isEmpty() ? -1 : before.last();
        int last = Math.max(lastBefore, places.last());
        for (int first : before) {
            if (!passes(launches, first, lastBefore + 1, last, layer)) {
                return false;
            }
        }
        for (int first : places) {
            if (!passes(launches, first, first + 1, last, layer)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a launch can move behind those of the places {@code from} to {@code last}. */
    private static boolean passes(List<Launch> launches, int first, int from, int last, Candidate layer) {
        for (int second = from; second <= last; second++) {
            if (!launches.get(first).commutesWith(launches.get(second))
                    && !layer.isUpdateAfterGradient(first, second)) {
                return false;
            }
        }
        return true;
    }

    private static List<Launch> replace(List<Launch> launches, List<Candidate> group, AdamStep step) {
        TreeSet<Integer> places = new TreeSet<>();
        List<Layer> layers = new ArrayList<>();
        for (Candidate layer : group) {
            layer.addTo(places);
            layers.add(new Layer((Matmul.WeightGradient) launches.get(layer.gradient).body(),
                    (Adam.Update) launches.get(layer.weight).body(),
                    layer.bias < 0 ? null : (Adam.Update) launches.get(layer.bias).body()));
        }
        List<Launch> result = new ArrayList<>();
        for (int i = 0; i < launches.size(); i++) {
            if (i == places.last()) {
                result.add(new DenseUpdates(layers, step).launch());
            } else if (!places.contains(i)) {
                result.add(launches.get(i));
            }
        }
        return result;
    }

    private Launch launch() {
        Launch launch = Launch.of("dense updates", layers.get(0).gradient().dB().backend(), 1).body(this);
        for (Layer layer : layers) {
            launch.readsAll(layer.gradient.a(), layer.gradient.dC());
            for (Adam.Update update : layer.bias == null ? List.of(layer.weight) : List.of(layer.weight, layer.bias)) {
                launch.writes(update.parameter(), update.gradient(), update.firstMoment(), update.secondMoment());
            }
        }
        return launch;
    }

    private static boolean isContiguous(Matrix m) {
        return m.rows() <= 1 || m.rowStride() == m.columns();
    }

    private static long elements(Matrix m) {
        return m.rows() * m.columns();
    }

    /** Contiguous matrices of any shapes. */
    static boolean sameElements(Matrix a, Matrix b) {
        return a.storage() == b.storage() && a.offset() == b.offset() && elements(a) == elements(b) && isContiguous(a)
                && isContiguous(b);
    }

    private static boolean sameView(Matrix a, Matrix b) {
        return a.storage() == b.storage() && a.offset() == b.offset() && a.rows() == b.rows()
                && a.columns() == b.columns() && a.rowStride() == b.rowStride();
    }
}
