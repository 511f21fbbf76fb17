package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** What is said to be random is what another seed gives other bits. */
class SeedTest {
    private static final long SEED = 3;

    /** Grey, so that binarising them draws. */
    private static Images grey(Images of) {
        float[] x = of.copyRows(0, of.rows());
        for (int i = 0; i < x.length; i++) {
            x[i] = 0.2f + 0.6f * x[i];
        }
        Images grey = new Images("grey", of.rows(), 2, 2, 1, x).with(Images.LABEL, of.array(Images.LABEL));
        return of.arrays().contains(Images.MASK) ? grey.with(Images.MASK, of.array(Images.MASK)) : grey;
    }

    private static boolean differ(LongFunction<float[]> of) {
        return !Arrays.equals(of.apply(SEED), of.apply(SEED + 1));
    }

    private static Map<String, Model> models() {
        Map<String, Model> models = new LinkedHashMap<>();
        for (ModelKind<?> kind : Models.all()) {
            Record settings = kind.defaults(DataShape.of(DataKinds.NPY, ModelsTest.SEQUENCES));
            models.put(kind.name(), Models.create(settings));
            if (Settings.options(kind.settings()).stream().anyMatch(c -> c.getName().equals("binarise"))) {
                models.put(kind.name() + " of binarised pixels", Models.create(Settings.with(settings, Map.of(
                        "binarise", true))));
            }
        }
        return models;
    }

    @Test
    void anotherSeedHasAnEffectWhereSomethingIsDrawn() {
        Set<String> still = new TreeSet<>();
        Set<String> decoded = new TreeSet<>();
        models().forEach((name, model) -> {
            Images data = grey(ModelsTest.data(model));
            try (Backend b = new JavaBackend(1); Parameters p = ModelsTest.parameters(b, model)) {
                Coder coder = new Coder(model, p, b, SEED);
                for (String output : model.outputs().keySet()) {
                    assertEquals(differ(seed -> new Coder(model, p, b, seed).output(output, data, done -> {})), coder
                            .isRandom(output), name + ": " + output);
                }
                if (model.outputs().containsKey(Model.Z)) {
                    float[] z = coder.output(Model.Z, data, done -> {});
                    Images conditions = coder.conditions().isEmpty() ? null : data;
                    boolean random = differ(seed -> new Coder(model, p, b, seed).decode(z, conditions, done -> {}));
                    assertEquals(random, coder.isDecodingRandom(), name);
                    (random ? decoded : new TreeSet<String>()).add(name);
                }
                try (Evaluator one = new Evaluator(model, p, b, data, SEED);
                        Evaluator other = new Evaluator(model, p, b, data, SEED + 1)) {
                    boolean differ = !one.evaluate(0).equals(other.evaluate(0));
                    assertEquals(differ, one.isRandom(), name);
                    (differ ? new TreeSet<String>() : still).add(name);
                }
            }
        });
        System.out.println("seeds 3 and 4: no draw in evaluations of " + still + "; draws between z and x of "
                + decoded);
        assertEquals(Set.of("gaussian-mixture"), still);
        assertEquals(Set.of("hierarchical-vae", "hierarchical-vae of binarised pixels"), decoded);
    }
}
