package io.elbo4j.control.world;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.objective.WeightedSum;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Codes of pictures in which dynamics are locally linear (Watter et al. 2015, Embed to control: a locally linear latent
 * dynamics model for control from raw images, equations 9 to 12), of x, an action u and x' after it:
 *
 * <pre>
 *   z ~ q(z | x) = N(m, S),   z^ = A(z) z + B(z) u + o(z)                          {@link Linearisation}
 *   loss = -log p(x | z) - log p(x' | z^) + KL(q(z | x) || N(0, I))
 *          + transitionWeight KL(N(A m + B u + o, A S A') || q(z' | x'))
 *          + inverseWeight |u - C (m' - m) - c|^2
 * </pre>
 *
 * <p>The last term is an inverse model (Agrawal et al. 2016, Learning to poke by poking), which the published objective
 * has not: without it the codes of a plane come out folded. It is linear, as one that is not reads the action from
 * folded codes too. Afterwards the codes stay, and the transition is fitted anew to their means,
 *
 * <pre>
 *   refit loss = |A(m) m + B(m) u + o(m) - m'|^2
 * </pre>
 *
 * <p>x is in [0, 1], p is Bernoulli; u should be in [-1, 1]. Of q the standard deviation is between e^-6 and e^2. Its
 * network takes x less the mean picture, over one deviation for all pixels: a step of Adam moves what is the same in
 * all pictures as much as what differs, so that the difference is learned late.
 */
public final class LocallyLinear {
    private static final String SEEN = "reconstruction";
    private static final String NEXT = "prediction";
    private static final String CODE = "z";
    private static final String TRANSITION = "transition";
    private static final String INVERSE = "inverse";
    private static final String REFIT = "refit";
    private static final String BACKGROUND = ".background";
    private static final String SCALE = ".scale";
    /** Log-variances are within this of MIDDLE. */
    private static final float RANGE = 8;
    private static final float MIDDLE = -4;
    /** A pixel that never changes is still not sure. */
    private static final double UNSURE = 1e-3;

    /**
     * What it is made of.
     *
     * @param latent dimensions of a code
     * @param encoderWidths units of the hidden layers of q
     * @param decoderWidths of p
     * @param transitionWidths of A, B and o together
     * @param transitionWeight of the KL between what is predicted and what comes, from 0 to 1e30
     * @param inverseWeight of the inverse model, from 0, which leaves it out, to 1e30
     */
    public record Settings(@Setting("dimensions of a code") int latent,
            @Setting("units of the hidden layers that make codes of pictures") List<Integer> encoderWidths,
            @Setting("units of those that make pictures of codes") List<Integer> decoderWidths,
            @Setting("units of those that say how codes move") List<Integer> transitionWidths,
            @Setting("of the KL between the code that is predicted and the one that comes, at least 0") //
            double transitionWeight,
            @Setting("of the inverse model, which reads the action off; 0 is the published objective, without it") //
            double inverseWeight) {
        public Settings {
            requireCount("latent", latent, Counts.UNITS);
            encoderWidths = requireWidths("encoderWidths", encoderWidths);
            decoderWidths = requireWidths("decoderWidths", decoderWidths);
            transitionWidths = requireWidths("transitionWidths", transitionWidths);
            require(transitionWeight >= 0 && transitionWeight <= 1e30, "transitionWeight", "from 0 to 1e30",
                    transitionWeight);
            require(inverseWeight >= 0 && inverseWeight <= 1e30, "inverseWeight", "from 0 to 1e30", inverseWeight);
        }

        /** For the plane of the paper, with its networks: codes of 2, weights of 0.25 and 100. */
        public static Settings plane() {
            return new Settings(2, List.of(150, 150, 150), List.of(200, 200), List.of(100, 100), 0.25, 100);
        }
    }

    private final Graph graph;
    private final Settings settings;
    private final String name;
    private final int seen;
    private final Value background;
    private final Value scale;
    private final Network encoder;
    private final Network decoder;
    private final Network transition;

    /**
     * @param name that its parameters begin with
     * @param seen numbers of a picture
     * @param action numbers of an action
     */
    public LocallyLinear(Graph graph, String name, int seen, int action, Settings settings) {
        this.graph = requireGiven("graph", graph);
        this.name = requireGiven("name", name);
        this.settings = requireGiven("settings", settings);
        this.seen = seen;
        this.background = LearnedRow.of(graph, name + BACKGROUND, seen, 0);
        this.scale = LearnedRow.of(graph, name + SCALE, seen, 1);
        int n = settings.latent();
        this.encoder = new Network(name + ".encoder", seen, settings.encoderWidths(), 2L * n);
        this.decoder = new Network(name + ".decoder", n, settings.decoderWidths(), seen);
        this.transition = new Network(name + ".transition", n, settings.transitionWidths(), Linearisation.columns(n,
                action));
    }

    /** q(z | x). */
    public DiagonalGaussian encode(Value x) {
        int n = settings.latent();
        Value both = encoder.apply(Multiply.of(Subtract.of(x, background), scale));
        Value free = Slice.of(graph.freeName(name + ".logVariance"), both, n, 2L * n);
        // 0 is nearly where it was
        Value bounded = Activate.of(Scale.of(free, 1 / RANGE, -MIDDLE / RANGE), Activation.TANH);
        return new DiagonalGaussian(Slice.of(graph.freeName(name + ".mean"), both, 0, n), Scale.of(bounded, RANGE,
                MIDDLE));
    }

    /** p(x | z). */
    public Bernoulli decode(Value z) {
        return new Bernoulli(decoder.apply(z));
    }

    /** A, B and o. */
    public Linearisation around(Value z) {
        return Linearisation.of(transition.apply(z), settings.latent());
    }

    /** What is expected after u, of a code that is known. */
    public Value next(Value z, Value u) {
        return around(z).next(z, u);
    }

    /** Adds the terms of {@link #objective}. */
    public void observe(Value x, Value u, Value next) {
        DiagonalGaussian q = encode(x);
        DiagonalGaussian after = encode(next);
        Value z = graph.latent(CODE, q);
        Linearisation local = around(z);
        graph.observe(SEEN, decode(z), x);
        graph.observe(NEXT, decode(local.next(z, u)), next);
        ValueTerm.of(TRANSITION, Term.Role.KL, local.kl(q, u, after));
        if (settings.inverseWeight() > 0) {
            Value moved = Subtract.of(after.mean(), q.mean());
            Loss.squaredError(INVERSE, Dense.of(name + ".inverse", moved, u.columns(), Activation.IDENTITY), u);
        }
    }

    /** Of {@link #observe}. */
    public Objective objective() {
        WeightedSum published = new WeightedSum().with(SEEN, Term.Role.LOG_LIKELIHOOD, -1).with(NEXT,
                Term.Role.LOG_LIKELIHOOD, -1).with(CODE, Term.Role.KL, 1).with(TRANSITION, Term.Role.KL, settings
                        .transitionWeight());
        return settings.inverseWeight() == 0 ? published : published.with(INVERSE, Term.Role.LOSS, settings
                .inverseWeight());
    }

    /** Adds the term of {@link #refitObjective}, of means. */
    public void refit(Value z, Value u, Value next) {
        Loss.squaredError(REFIT, next(z, u), next);
    }

    /** Of {@link #refit}. */
    public Objective refitObjective() {
        return new WeightedSum().with(REFIT, Term.Role.LOSS, 1);
    }

    /** What is trained: not the background, nor the deviation from it. */
    public Set<Parameter> trained() {
        return graph.parameters().stream().filter(p -> p.name().startsWith(name + ".") && !p.name().equals(name
                + BACKGROUND) && !p.name().equals(name + SCALE)).collect(Collectors.toSet());
    }

    /** What the refit trains. */
    public Set<Parameter> ofTransition() {
        return graph.parameters().stream().filter(p -> p.name().startsWith(name + ".transition.")).collect(Collectors
                .toSet());
    }

    /**
     * Says what pictures are like, before it is trained: the encoder takes what differs from the background over the
     * deviation, and the decoder begins with the background.
     *
     * @param background mean of each pixel; where it is nearer to 0 or 1 than 0.001 the decoder takes that
     * @param deviation root of the mean over all pixels of their variances, above 0
     */
    public void begin(Parameters parameters, double[] background, double deviation) {
        require(background.length == seen, "background", seen + " numbers", background.length);
        require((float) (1 / deviation) > 0 && Float.isFinite((float) (1 / deviation)), "deviation", "above 0",
                deviation);
        float[] row = new float[seen];
        float[] bias = new float[seen];
        float[] scales = new float[seen];
        Arrays.fill(scales, (float) (1 / deviation));
        for (int i = 0; i < seen; i++) {
            row[i] = (float) background[i];
            double p = Math.min(1 - UNSURE, Math.max(UNSURE, background[i]));
            bias[i] = (float) StrictMath.log(p / (1 - p));
        }
        set(parameters, BACKGROUND, row);
        set(parameters, SCALE, scales);
        set(parameters, ".decoder." + settings.decoderWidths().size() + ".bias", bias);
    }

    private void set(Parameters parameters, String which, float[] row) {
        parameters.all().stream().filter(s -> s.parameter().name().equals(name + which)).findFirst().orElseThrow()
                .value().set(row);
    }
}
