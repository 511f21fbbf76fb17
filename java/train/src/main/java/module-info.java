/** ELBO graph, trainer, models, data, checkpoints and pictures. */
module io.elbo4j.train {
    requires transitive io.elbo4j.core;
    requires transitive com.google.gson;
    requires java.desktop;
    requires jdk.jfr;

    uses io.elbo4j.train.data.DataKind;
    uses io.elbo4j.train.data.TableWriter;
    uses io.elbo4j.train.model.ModelKind;

    provides io.elbo4j.train.model.ModelKind with io.elbo4j.train.model.BayesianRegression.Kind,
            io.elbo4j.train.model.CategoricalVae.Kind,
            io.elbo4j.train.model.CompletionVae.Kind, io.elbo4j.train.model.ConditionalVae.Kind,
            io.elbo4j.train.model.ConvolutionalVae.Kind, io.elbo4j.train.model.DeepMarkovModel.Kind,
            io.elbo4j.train.model.FlowVae.Kind, io.elbo4j.train.model.GaussianMixture.Kind,
            io.elbo4j.train.model.HierarchicalVae.Kind, io.elbo4j.train.model.LinearGaussian.Kind,
            io.elbo4j.train.model.LocalInference.Kind,
            io.elbo4j.train.model.Vae.Kind, io.elbo4j.train.model.VampVae.Kind;

    exports io.elbo4j.train;
    exports io.elbo4j.train.ascent;
    exports io.elbo4j.train.checkpoint;
    exports io.elbo4j.train.data;
    exports io.elbo4j.train.distribution;
    exports io.elbo4j.train.estimator;
    exports io.elbo4j.train.exact;
    exports io.elbo4j.train.graph;
    exports io.elbo4j.train.layer;
    exports io.elbo4j.train.model;
    exports io.elbo4j.train.network;
    exports io.elbo4j.train.objective;
    exports io.elbo4j.train.onnx;
    exports io.elbo4j.train.optimiser;
    exports io.elbo4j.train.picture;
    exports io.elbo4j.train.posterior;
    exports io.elbo4j.train.quantity;
    exports io.elbo4j.train.run;
    exports io.elbo4j.train.schedule;
    exports io.elbo4j.train.torch;
    exports io.elbo4j.train.worker;
}
