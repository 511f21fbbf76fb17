package io.elbo4j.nd4j.dl4j;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The code of java/nd4j/DL4J.md: {@link MovingTest} runs it, and sees that the page shows these very lines. */
final class Moving {
    private Moving() {}

    static MultiLayerNetwork dl4j(int columns, int hidden, int latent, ReconstructionDistribution likelihood) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(42)
                .updater(new Adam(1e-3))
                .list()
                .layer(new VariationalAutoencoder.Builder()
                        .nIn(columns).nOut(latent)
                        .encoderLayerSizes(hidden).decoderLayerSizes(hidden)
                        .activation(Activation.RELU)
                        .pzxActivationFunction(Activation.IDENTITY)
                        .reconstructionDistribution(likelihood)
                        .build())
                .build());
        network.init();
        return network;
    }

    static void trainDl4j(MultiLayerNetwork network, DataSetIterator batches, int epochs) {
        network.pretrain(batches, epochs);
    }

    static void trainElbo4j(Images images, int hidden, int latent, int batch, int epochs) {
        Vae vae = new Vae(VaeSettings.of(images.columns(), latent, hidden));
        try (Backend backend = Backends.open("auto", 0);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 42);
                Trainer trainer = new Trainer(vae, parameters, backend, TrainingSettings.of(batch, 42), images)) {
            trainer.steps(epochs * trainer.stepsPerEpoch());
            System.out.println(trainer.elbo().elbo());
        }
    }

    /** The weights of a DL4J network whose first layer is a VariationalAutoencoder, as those of elbo4j's model. */
    static void copyWeights(MultiLayerNetwork network, Parameters parameters) {
        Map<String, INDArray> from = network.getLayer(0).paramTable();
        for (Parameters.State to : parameters.all()) {
            String name = to.parameter().name();
            String kind = name.endsWith(".weight") ? "W" : "b";
            INDArray value;
            if (name.startsWith("encoder.") || name.startsWith("decoder.")) {
                value = from.get(name.charAt(0) + name.split("\\.")[1] + kind);
            } else if (name.startsWith("posterior.")) {
                value = Nd4j.hstack(from.get("pZXMean" + kind), from.get("pZXLogStd2" + kind));
            } else {
                value = from.get("pXZ" + kind);
            }
            to.value().set(value.dup('c').data().asFloat());
        }
    }
}
