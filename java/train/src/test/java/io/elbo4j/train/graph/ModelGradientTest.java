package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Schedule;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The gradient of every registered model's own objective, with respect to all of its parameters. */
class ModelGradientTest {
    /** Small, and different from each other. */
    private static final Map<String, Object> SIZES = Map.of("hidden", List.of(4, 3), "latent", 2, "latents",
            List.of(3, 2), "components", 3, "channels", List.of(2));

    private static <S extends Record> Model small(ModelKind<S> kind) {
        S usual = kind.defaults(new DataShape(DataName.Kind.NPY, 7, 5, 3, 1, Map.of(Images.X, 15, Images.LABEL, 3)));
        Map<String, Object> changed = new HashMap<>();
        for (RecordComponent c : usual.getClass().getRecordComponents()) {
            if (SIZES.containsKey(c.getName())) {
                changed.put(c.getName(), SIZES.get(c.getName()));
            }
        }
        return kind.create(Settings.with(usual, changed));
    }

    /** The others have tests of their own: a score is no derivative of the loss, and rows of data have no others. */
    @Test
    void agreesWithFiniteDifferences() {
        Set<String> others = new TreeSet<>();
        for (ModelKind<?> kind : Models.all()) {
            if (Set.of("categorical-vae", "local-inference").contains(kind.name())) {
                others.add(kind.name());
                continue;
            }
            Model model = small(kind);
            // log p(x) is exact without a KL, which then has no weight of its own
            double klWeight = kind.name().equals("gaussian-mixture") ? 1 : 0.7;
            for (int samples : new int[] {1, 7}) {
                FiniteDifferences.check(kind.name() + ", K = " + samples, model.graph(), s -> s.rows(5).samples(samples)
                        .minimise(model.objective(Schedule.constant(klWeight), 0), new Adam(0)),
                        FiniteDifferences::weighted);
            }
        }
        assertEquals(Set.of("categorical-vae", "local-inference"), others);
    }
}
