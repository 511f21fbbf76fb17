package io.elbo4j.cli;

import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.run.TrainingRun;
import java.io.PrintStream;
import java.util.Locale;

/** Shows how a training run goes on: a bar until the next evaluation, then a line. */
final class EpochProgress implements TrainingRun.Listener, AutoCloseable {
    private final Console console;
    private final PrintStream text;
    private final Interrupt interrupt;
    private final long lastStep;
    private final long evaluateEvery;
    private final PosteriorNotes posterior;
    private final String evaluated;
    private Bar bar;
    /** The step at which the bar is full. */
    private long end;

    /** @param evaluated the name of the set that stands beside the training set */
    EpochProgress(Console console, PrintStream text, Interrupt interrupt, long lastStep, long evaluateEvery,
            PosteriorNotes posterior, String evaluated) {
        this.console = console;
        this.text = text;
        this.interrupt = interrupt;
        this.lastStep = lastStep;
        this.evaluateEvery = evaluateEvery;
        this.posterior = posterior;
        this.evaluated = evaluated;
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
            bar = new Bar(console, epochs, progress.step() - begin);
            end = last;
        }
        bar.at(progress.step() - begin, end - begin);
        return !interrupt.requested();
    }

    @Override
    public boolean pictures(int drawn, int all) {
        if (bar == null) {
            bar = Bar.begun(console, "pictures");
        }
        bar.at(drawn, all);
        return !interrupt.requested();
    }

    @Override
    public void epoch(EpochReport r) {
        erase();
        int latent = r.test().klPerDimension().size();
        text.printf(Locale.ROOT, "epoch %d%s  step %d  train ELBO %.2f  %s ELBO %.2f  reconstruction %.2f  KL %.2f"
                + "%s  %,.0f samples/s%n", r.epoch(), r.complete() ? "" : " (a part)", r.step(),
                r.train().elbo(), evaluated, r.test().elbo().elbo(), r.test().elbo().reconstruction(), r.test().elbo()
                        .kl(),
                latent == 0 ? "" : "  active " + r.test().activeUnits() + "/" + latent, r.samplesPerSecond());
        String note = posterior.after(r.step(), r.klWeight(), r.test());
        if (!note.isEmpty()) {
            text.println(note);
        }
    }

    /** What is printed next begins a line of its own. */
    void erase() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public void close() {
        erase();
    }
}
