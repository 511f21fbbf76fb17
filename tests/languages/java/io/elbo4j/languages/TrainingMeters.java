package io.elbo4j.languages;

import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.run.TrainingRun;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** How far a training run is, as meters of Micrometer: give it to {@link TrainingRun#train}. Any thread may read. */
public final class TrainingMeters implements MeterBinder, TrainingRun.Listener {
    private volatile long steps;
    private volatile EpochReport last;

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("elbo4j.steps", this, m -> m.steps).description("training steps, those before this"
                + " process too").register(registry);
        gauge(registry, "elbo4j.elbo", "train", report -> report.train().elbo());
        gauge(registry, "elbo4j.elbo", "test", report -> report.test().elbo().elbo());
        gauge(registry, "elbo4j.kl", "test", report -> report.test().elbo().kl());
        gauge(registry, "elbo4j.active.units", "test", report -> report.test().activeUnits());
        gauge(registry, "elbo4j.rows.per.second", "train", EpochReport::samplesPerSecond);
    }

    /** NaN before the first evaluation. */
    private void gauge(MeterRegistry registry, String name, String set, ToDoubleFunction<EpochReport> of) {
        Gauge.builder(name, () -> last == null ? Double.NaN : of.applyAsDouble(last)).tag("set", set).register(
                registry);
    }

    @Override
    public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
        steps = progress.step();
        return true;
    }

    @Override
    public void epoch(EpochReport report) {
        last = report;
    }
}
