package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.InverseAutoregressiveFlow;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;

/**
 * A {@link Vae} whose q(z | x) is no Gaussian, but one that an {@link InverseAutoregressiveFlow} bends (Kingma et al.
 * 2016): dimensions of z may depend on each other given x. Its KL is estimated from the samples. The mean of q is not
 * known, so that codes are samples.
 */
public final class FlowVae extends GraphModel<FlowVae.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     */
    public record Settings(long columns,
            @Setting("units of the encoder's hidden layers, at most 100, as 400 or 400,200; the decoder's are the same"
                    + " in reverse") List<Integer> hidden,
            @Setting("latent dimensions, at least 2") int latent,
            @Setting("steps of the flow, at least 1") int flows,
            @Setting("hidden units of each step's network, at least the latent dimensions less 1") int flowUnits,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting("of x given z: as of vae, but not gaussian-fixed; classes are 256, components"
                    + " 5") LikelihoodKind likelihood,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise){
        public Settings {
            // all that a VAE's settings refuse is refused here in the same words
            hidden = new VaeSettings(columns, hidden, latent, activation, likelihood, 1, binarise).hidden();
            likelihood.requireNotFixed();
            require(latent >= 2, "latent", "at least 2", latent);
            require(flows >= 1, "flows", "at least 1", flows);
            require(flowUnits >= latent - 1, "flowUnits", "at least " + (latent - 1)
                    + ", the latent dimensions less 1", flowUnits);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("flow-vae", "a VAE whose q(z | x) is bent by an inverse autoregressive flow", Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), List.of(400), data.kind() == DataKinds.SPRITES ? 10 : 20, 2,
                    100, Activation.RELU, LikelihoodKind.BERNOULLI, false);
        }

        @Override
        public FlowVae create(Settings settings) {
            return new FlowVae(settings);
        }
    }

    public FlowVae(Settings settings) {
        super(settings);
        List<Integer> hidden = settings.hidden();
        int layers = hidden.size();
        Value data = graph.input(Images.X, settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value h = settings.likelihood().seen(x);
        for (int i = 0; i < layers; i++) {
            h = Dense.of("encoder." + i, h, hidden.get(i), settings.activation());
        }
        Value z = graph.latent(Z, InverseAutoregressiveFlow.of("posterior", h, settings.latent(), settings.flowUnits(),
                settings.flows())); // q(z | x)
        Value d = z;
        for (int i = 0; i < layers; i++) {
            d = Dense.of("decoder." + i, d, hidden.get(layers - 1 - i), settings.activation());
        }
        Distribution p = settings.likelihood().of(d, settings.columns()); // p(x | z)
        graph.observe("reconstruction", p, x);
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }

    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind != ObjectiveKind.STICKING_THE_LANDING && kind != ObjectiveKind.DOUBLY_REPARAMETERISED, "objective",
                "elbo, sampled-elbo or importance-weighted with the flow-vae, whose q has a density of its own draws"
                        + " alone", kind.inWords());
        return super.objective(kind, klWeight, freeBits);
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(freeBits == 0, "freeBits", "0 with the flow-vae, whose KL has no parts of single dimensions", freeBits);
        return super.objective(klWeight, freeBits);
    }
}
