package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run of a step does: programs, and between them what the workers of a training tell each other. */
final class Segments implements AutoCloseable {
    /** What nothing is changed by that it is added to, also a -0. */
    private static final float NOTHING = -0f;

    /** Sums of parts of the batch that become those of the whole, and rows of the parts that become all rows. */
    private final class Meeting {
        private final List<Matrix> sums;
        private final List<StepPlan.Gather> gathers;
        private final float[] numbers;

        Meeting(List<Matrix> sums, List<StepPlan.Gather> gathers) {
            this.sums = List.copyOf(sums);
            this.gathers = List.copyOf(gathers);
            long count = sums.stream().mapToLong(Segments::elements).sum() + gathers.stream().mapToLong(g -> elements(g
                    .whole())).sum();
            if (count > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("workers tell each other at most 2^31 numbers at a time, not "
                        + count);
            }
            this.numbers = new float[(int) count];
        }

        void run() {
            Arrays.fill(numbers, NOTHING);
            if (!share.isIdle()) {
                int at = 0;
                for (Matrix sum : sums) {
                    sum.get(numbers, at);
                    at += elements(sum);
                }
                for (StepPlan.Gather g : gathers) {
                    g.own().get(numbers, (int) (at + share.first() * (elements(g.own()) / share.rows())));
                    at += elements(g.whole());
                }
            }
            share.exchange().sum(numbers);
            int at = 0;
            for (Matrix sum : sums) {
                sum.set(numbers, at);
                at += elements(sum);
            }
            for (StepPlan.Gather g : gathers) {
                g.whole().set(numbers, at);
                at += elements(g.whole());
            }
        }
    }

    private final Backend backend;
    private final @Nullable Share share;
    private final List<Program> programs = new ArrayList<>();
    /** After each program, but perhaps the last. */
    private final List<Meeting> meetings = new ArrayList<>();
    private final List<Launch> next = new ArrayList<>();
    private final List<Matrix> sums = new ArrayList<>();
    private final List<StepPlan.Gather> gathers = new ArrayList<>();

    /** Of one worker's step: one program. */
    static Segments of(Backend backend, List<Launch> launches) {
        Segments all = new Segments(backend, null);
        all.next.addAll(launches);
        return all.end();
    }

    Segments(Backend backend, @Nullable Share share) {
        this.backend = backend;
        this.share = share;
    }

    private static long elements(Matrix m) {
        return m.rows() * m.columns();
    }

    void add(Launch launch) {
        next.add(launch);
    }

    /** A sum of the worker's part, until the next exchange; it replaces what was in its place. */
    void pending(Matrix sum) {
        sums.removeIf(other -> other.storage() == sum.storage() && other.offset() == sum.offset());
        sums.add(sum);
    }

    void pending(StepPlan.Gather gather) {
        gathers.remove(gather);
        gathers.add(gather);
    }

    boolean isPending(Storage storage) {
        return sums.stream().anyMatch(m -> m.storage() == storage)
                || gathers.stream().anyMatch(g -> g.whole().storage() == storage);
    }

    /** The workers meet here. */
    void exchange() {
        close(next);
        meetings.add(new Meeting(sums, gathers));
        sums.clear();
        gathers.clear();
    }

    /** No more follows. What nothing has read yet is there after the run, for who asks. */
    Segments end() {
        if (!sums.isEmpty() || !gathers.isEmpty()) {
            exchange();
        } else {
            close(next);
        }
        return this;
    }

    private void close(List<Launch> launches) {
        programs.add(new Program(backend, launches));
        launches.clear();
    }

    /** Whether the workers meet in it. */
    boolean meets() {
        return !meetings.isEmpty();
    }

    void run() {
        for (int i = 0; i < programs.size(); i++) {
            programs.get(i).run();
            if (i < meetings.size()) {
                meetings.get(i).run();
            }
        }
    }

    /** As {@link Program#nodes}, of all. */
    long nodes() {
        return programs.stream().mapToLong(Program::nodes).sum();
    }

    /** As {@link Program#phases}, of all. */
    int phases() {
        return programs.stream().mapToInt(Program::phases).sum();
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
    }
}
