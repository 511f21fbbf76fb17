package io.elbo4j.cli;

import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.run.TrainingRun;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/** Shows how a training run goes on: a bar until the next evaluation, then a line. */
final class EpochProgress implements TrainingRun.Listener, AutoCloseable {
    private final Console console;
    private final PrintStream text;
    private final Interrupt interrupt;
    private final long lastStep;
    private final long evaluateEvery;
    private Bar bar;
    private String health = "";

    EpochProgress(Console console, PrintStream text, Interrupt interrupt, long lastStep, long evaluateEvery) {
        this.console = console;
        this.text = text;
        this.interrupt = interrupt;
        this.lastStep = lastStep;
        this.evaluateEvery = evaluateEvery;
    }

    @Override
    public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
        long first = progress.epoch() / evaluateEvery * evaluateEvery;
        long begin = first * stepsPerEpoch;
        if (bar == null) {
            long last = evaluateEvery > (lastStep - begin) / stepsPerEpoch ? lastStep
                    : begin + evaluateEvery * stepsPerEpoch;
            String epochs = evaluateEvery == 1 ? "epoch " + (first + 1) : "epochs " + (first + 1) + " to "
                    + (last + stepsPerEpoch - 1) / stepsPerEpoch;
            bar = new Bar(console, epochs, last - begin);
        }
        bar.at(progress.step() - begin);
        return !interrupt.requested();
    }

    @Override
    public boolean picture(Path file) {
        return !interrupt.requested();
    }

    @Override
    public void epoch(EpochReport r) {
        close();
        int latent = r.test().klPerDimension().size();
        text.printf(Locale.ROOT, "epoch %d%s  step %d  train ELBO %.2f  test ELBO %.2f  reconstruction %.2f  KL %.2f"
                + "  active %d/%d  %,.0f samples/s%n", r.epoch(), r.complete() ? "" : " (a part)", r.step(),
                r.train().elbo(), r.test().elbo().elbo(), r.test().elbo().reconstruction(), r.test().elbo().kl(),
                r.test().activeUnits(), latent, r.samplesPerSecond());
        // within the first epoch nothing has been learned yet
        String now = r.epoch() > 1 || r.complete() ? health(r.test().activeUnits(), latent) : "";
        if (!now.equals(health) && !now.isEmpty()) {
            text.println(now);
        }
        health = now;
    }

    /** What to say of the posterior; empty if it is well. */
    static String health(int active, int latent) {
        String remedy = " --kl-warm-up, --free-bits or a smaller --kl-weight may help.";
        if (active == 0) {
            return "note: the posterior has collapsed: no latent dimension depends on the data." + remedy;
        }
        return active * 10 <= latent ? "note: the posterior has nearly collapsed: only " + active + " of " + latent
                + " latent dimensions depend on the data." + remedy : "";
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
