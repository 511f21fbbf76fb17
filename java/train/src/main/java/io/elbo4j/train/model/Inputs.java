package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Observation;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.LibrarySize;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the inputs of a graph take: arrays of their width, with values of which the likelihoods have a density. */
public final class Inputs {
    private Inputs() {}

    /** Data whose density is taken, as an observation or as a value. */
    private record Seen(Distribution p, Value x) {
        Set<Input> inputs() {
            return needed(Set.of(x), Set.of());
        }

        boolean isOfX() {
            return inputs().stream().anyMatch(i -> i.name().equals(Images.X));
        }
    }

    private static Stream<Seen> seen(Graph graph) {
        return Stream.concat(graph.all(Observation.class).stream().map(o -> new Seen(o.distribution(), o.x())),
                graph.all(LogDensity.class).stream().filter(d -> !d.x().differentiable()).map(d -> new Seen(d
                        .distribution(), d.x())));
    }

    /**
     * @throws DataException if an input has no array of its name in the data, or one of another width; or if the data
     *     is of sequences of several lengths and the graph does not know where they end
     */
    public static void requireColumns(Graph graph, Images data) {
        requireEnds(graph, data);
        for (Input input : graph.all(Input.class)) {
            Images array = data.array(input.name());
            if (array.columns() != input.columns()) {
                throw new DataException(input.name().equals(Images.X) ? data.name() + ": an image has "
                        + data.columns() + " values (" + data.height() + " x " + data.width() + " x "
                        + data.channels() + "), the model takes " + input.columns() : data.name() + ": the array '"
                                + input.name() + "' has " + array.columns() + " columns, the model takes "
                                + input.columns());
            }
        }
    }

    private static void requireEnds(Graph graph, Images data) {
        if (!data.arrays().contains(Images.MASK) || columns(graph, Images.MASK) > 0) {
            return;
        }
        int[] heights = Sequences.heights(data);
        for (int r = 0; r < heights.length; r++) {
            if (heights[r] < data.height()) {
                throw new DataException(data.name() + ": has sequences of several lengths, row " + r + " of "
                        + heights[r] + " steps and a longest one of " + data.height() + ", but the model takes no '"
                        + Images.MASK + "': it would learn the zeros after their ends as data");
            }
        }
    }

    /**
     * Refuses data that is no data of this graph: see {@link DataCheck}.
     *
     * @throws DataException naming the first value that may not be, or a row without a library
     */
    public static void requireValues(Graph graph, Images data) {
        new DataCheck(graph).require(data);
    }

    /**
     * Refuses a standardisation of what has no standardised values.
     *
     * @param argument what callers call it
     * @throws io.elbo4j.ArgumentException if the data is of sequences, of whose rows not all values are modelled
     * @throws DataException if the likelihood has no density everywhere, as Bernoulli's has not
     */
    public static void requireStandardisable(Graph graph, String argument, Standardisation.Kind kind) {
        require(kind == Standardisation.Kind.NONE || columns(graph, Images.MASK) == 0, argument, "none with sequences,"
                + " of whose rows not all values are modelled", kind.name().toLowerCase(Locale.ROOT));
        Optional<Distribution> bounded = bounded(graph);
        if (kind != Standardisation.Kind.NONE && bounded.isPresent()) {
            throw new DataException("the " + bounded.get().inWords() + " likelihood needs values "
                    + bounded.get().support() + ", which standardised values are not");
        }
    }

    /**
     * The data as a graph takes it: bytes are not divided by 255 where the likelihood is of whole numbers, labels are
     * of as many classes as the model's, and sequences have as many steps, where the data has fewer.
     */
    public static DataSource taken(Graph graph, DataSource source) {
        Images train = taken(graph, source.train());
        return source.with(train, source.isOneRow() ? train : taken(graph, source.test()));
    }

    private static Images taken(Graph graph, Images images) {
        Images numbers = whole(graph).isPresent() ? images.undivided() : images;
        return Labels.widened(Sequences.lengthened(numbers, Math.toIntExact(columns(graph, Images.MASK))), Math
                .toIntExact(columns(graph, Images.LABEL)));
    }

    /** Where a likelihood of x has a density, if that is of whole numbers alone. */
    private static Optional<Support> whole(Graph graph) {
        return ofX(graph).map(Distribution::support).filter(Support::isWhole).findFirst();
    }

    private static Stream<Distribution> ofX(Graph graph) {
        return seen(graph).filter(Seen::isOfX).map(Seen::p);
    }

    /** What a picture of these images shows as full: 1, the largest class number, or the largest of counts. */
    public static float full(Graph graph, float[] images) {
        Support support = whole(graph).orElse(Support.REAL);
        if (support != Support.COUNTS) {
            return Math.max(1, support.most());
        }
        // shares of a library are below 1
        float largest = graph.all(LibrarySize.class).isEmpty() ? 1 : Float.MIN_NORMAL;
        for (float value : images) {
            largest = value > largest && value < Float.POSITIVE_INFINITY ? value : largest;
        }
        return largest;
    }

    /** A likelihood of x that has no density everywhere: standardised, data would leave its support. */
    public static Optional<Distribution> bounded(Graph graph) {
        return ofX(graph).filter(p -> p.support() != Support.REAL).findFirst();
    }

    /** The inputs that values are computed from, where others are given, in the order of their names. */
    public static Set<Input> needed(Set<Value> wanted, Set<Value> given) {
        return needed(wanted, given, false);
    }

    /**
     * As {@link #needed(Set, Set)}.
     *
     * @param fromPriors whether latent variables that are not given are drawn from their priors, as in a step of
     *     {@link io.elbo4j.train.graph.StepBuilder#fromPriors}
     */
    public static Set<Input> needed(Set<Value> wanted, Set<Value> given, boolean fromPriors) {
        Deque<Node> ahead = new ArrayDeque<>(wanted);
        Set<Node> reached = new HashSet<>();
        Set<Input> inputs = new TreeSet<>(Comparator.comparing(Input::name));
        while (!ahead.isEmpty()) {
            Node node = ahead.remove();
            if (reached.add(node) && !given.contains(node)) {
                ahead.addAll(fromPriors && node instanceof Latent latent ? latent.prior().parameters()
                        : node.inputs());
                if (node instanceof Input input) {
                    inputs.add(input);
                }
            }
        }
        return inputs;
    }

    /** Whether a value has a row for each step of sequences, whose ends {@link Images#MASK} says. */
    public static boolean ofSteps(Value value) {
        long steps = columns(value.graph(), Images.MASK);
        return steps > 0 && value.rows().has(Axis.TIME) && value.graph().size(Axis.TIME).orElse(0) == steps;
    }

    /** The width of an input; 0 if there is none of that name. */
    public static long columns(Graph graph, String name) {
        return graph.all(Input.class).stream().filter(i -> i.name().equals(name)).mapToLong(Value::columns).findFirst()
                .orElse(0);
    }
}
