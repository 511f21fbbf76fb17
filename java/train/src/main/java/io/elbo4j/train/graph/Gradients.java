package io.elbo4j.train.graph;

import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The books of the gradients of one loss: who wrote what, and what is still missing. */
final class Gradients {
    /** Columns [begin, end) of a gradient buffer that hold a gradient already. */
    private record Written(long begin, long end) {}

    private record Pending(Matrix scratch, Matrix target) {}

    /** The value whose buffer holds a gradient, and from which column on. */
    private record Place(Value root, long column) {}

    private final Plan plan;
    private final Buffers buffers;
    private final Parameters parameters;
    private final Set<Parameter> trained;
    private final Set<Value> wanted = new HashSet<>();
    private final Map<Value, List<Written>> written = new HashMap<>();
    private final Set<Value> ungated = new HashSet<>();
    private final List<Pending> pending = new ArrayList<>();
    private final Map<Parameter, List<Launch>> ofParameters = new LinkedHashMap<>();
    private final Map<Parameter, OfRows> ofRows = new HashMap<>();
    private final List<Launch> launches;
    private int scratches;

    /**
     * @param nodes of the step, in the order of the graph
     * @param trained the parameters whose gradients are wanted
     * @param given values that are set by hand, which have no gradient unless it is asked for
     * @param asked values whose gradients are wanted for themselves
     */
    Gradients(Plan plan, Buffers buffers, Parameters parameters, List<Node> nodes, Set<Parameter> trained,
            Set<Value> given, Set<Value> asked, List<Launch> launches) {
        this.plan = plan;
        this.buffers = buffers;
        this.parameters = parameters;
        this.trained = trained;
        this.launches = launches;
        for (Node node : nodes) {
            if (node instanceof Value v && (asked.contains(v) || !given.contains(v) && v.passesGradient()
                    && (v.parameters().stream().anyMatch(trained::contains)
                            || v.inputs().stream().anyMatch(wanted::contains)))) {
                wanted.add(v);
            }
        }
    }

    boolean wants(Value value) {
        return wanted.contains(value);
    }

    private Place place(Value value) {
        Value root = value;
        long column = 0;
        for (Value.View view = value.view(plan).orElse(null); view != null; view = root.view(plan).orElse(null)) {
            root = view.of();
            column += view.column();
        }
        return new Place(root, column);
    }

    private Matrix buffer(Value root) {
        return buffers.get(root, "gradient", plan.rows(root), root.columns());
    }

    boolean has(Value value) {
        return written.containsKey(place(value).root());
    }

    Matrix of(Value value) {
        Place at = place(value);
        completeGaps(at.root(), 0, at.root().columns());
        return buffer(at.root()).columns(at.column(), at.column() + value.columns());
    }

    boolean isGated(Value value) {
        return !ungated.contains(place(value).root());
    }

    /** If others wrote there before, it is a scratch buffer that is added after the next launch. */
    Matrix target(Value value, boolean gated) {
        Place at = place(value);
        if (!gated) {
            ungated.add(at.root());
        }
        long begin = at.column();
        long end = begin + value.columns();
        Matrix target = buffer(at.root()).columns(begin, end);
        List<Written> before = written.computeIfAbsent(at.root(), v -> new ArrayList<>());
        if (before.stream().noneMatch(w -> w.begin() < end && begin < w.end())) {
            before.add(new Written(begin, end));
            return target;
        }
        completeGaps(at.root(), begin, end);
        // numbered, because one launch may write several gradients of one value
        Matrix scratch = buffers.get(value, "another gradient (" + scratches++ + ")", plan.rows(value),
                value.columns());
        pending.add(new Pending(scratch, target));
        return scratch;
    }

    /** After the launch that wrote what {@link #target} gave. */
    void addPending() {
        pending.forEach(p -> launches.add(Rows.add(p.scratch(), p.target())));
        pending.clear();
    }

    private void completeGaps(Value root, long begin, long end) {
        List<Written> before = written.computeIfAbsent(root, v -> new ArrayList<>());
        List<Written> sorted = before.stream().sorted(Comparator.comparingLong(Written::begin)).toList();
        long at = begin;
        for (Written w : sorted) {
            fillGap(root, before, at, Math.min(w.begin(), end));
            at = Math.max(at, w.end());
        }
        fillGap(root, before, at, end);
    }

    private void fillGap(Value root, List<Written> before, long begin, long end) {
        if (begin < end) {
            launches.add(Rows.fill(0, buffer(root).columns(begin, end)));
            before.add(new Written(begin, end));
        }
    }

    /**
     * All that the launch leads to is among the launches of each parameter, as the next one uses its scratch again; and
     * all that came before, as it may add to the gradient of another.
     */
    void parameters(List<Parameter> written, Function<List<Matrix>, Launch> writer) {
        List<Parameter> theirs = written.stream().filter(trained::contains).toList();
        if (theirs.isEmpty()) {
            return;
        }
        List<Matrix> targets = written.stream().map(this::target).toList();
        List<Launch> together = new ArrayList<>(List.of(writer.apply(targets)));
        for (Parameter parameter : theirs) {
            Matrix target = targets.get(written.indexOf(parameter));
            Matrix gradient = parameters.get(parameter).gradient();
            if (target != gradient) {
                together.add(Rows.add(target, gradient));
            }
        }
        if (theirs.size() > 1) {
            together.addAll(0, theirs.stream().flatMap(p -> launches(p).stream()).distinct().toList());
            theirs.forEach(ofParameters::remove);
        }
        theirs.forEach(p -> ofParameters.computeIfAbsent(p, none -> new ArrayList<>()).addAll(together));
    }

    private Matrix target(Parameter parameter) {
        if (!trained.contains(parameter)) {
            return buffer(parameter, "unused gradient");
        }
        return ofParameters.containsKey(parameter) ? buffer(parameter, "another gradient")
                : parameters.get(parameter).gradient();
    }

    private Matrix buffer(Parameter parameter, String role) {
        return buffers.get(parameter, role, role + " of " + parameter.name(), parameter.rows(), parameter.columns());
    }

    /** A gradient of some rows of a parameter. */
    record OfRows(Indices rows, Matrix gradient) {}

    void rows(Parameter parameter, Indices rows, Matrix gradient) {
        if (trained.contains(parameter) && ofRows.put(parameter, new OfRows(rows, gradient)) != null) {
            throw new IllegalArgumentException("'" + parameter.name() + "' has two gradients of some of its rows");
        }
    }

    /** Null if the whole parameter has one, or none. */
    @Nullable
    OfRows ofRows(Parameter parameter) {
        return ofRows.get(parameter);
    }

    /** Whether the loss depends on it. */
    boolean has(Parameter parameter) {
        return ofParameters.containsKey(parameter) || ofRows.containsKey(parameter);
    }

    /** What computes the gradient of a parameter; empty if nothing depends on it. */
    List<Launch> launches(Parameter parameter) {
        return ofParameters.getOrDefault(parameter, List.of());
    }
}
