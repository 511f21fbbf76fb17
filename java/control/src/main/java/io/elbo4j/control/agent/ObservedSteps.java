package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.replay.Replay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What happened before {@link RepresentationSac} had codes. */
final class ObservedSteps implements AutoCloseable {
    static final String SEEN = "seen";
    private static final String BEFORE = "before";
    private static final String ACTION = "action";
    private static final String REWARD = "reward";
    private static final String TERMINATED = "terminated";
    private static final String NEXT = "next";

    /**
     * A step; observations are scaled.
     *
     * @param before what was seen before what was {@code seen}
     */
    record ObservedStep(float[] before, float[] seen, float[] action, float reward, boolean terminated, float[] next) {}

    final Replay replay;

    /** @param most steps */
    ObservedSteps(Backend backend, int most, int columns, int actions, long seed) {
        this.replay = new Replay(backend, most, Map.of(BEFORE, columns, SEEN, columns, ACTION, actions, REWARD, 1,
                TERMINATED, 1, NEXT, columns), seed);
    }

    void add(ObservedStep step) {
        replay.add(Map.of(BEFORE, step.before, SEEN, step.seen, ACTION, step.action, REWARD, new float[] {step.reward},
                TERMINATED, new float[] {step.terminated ? 1 : 0}, NEXT, step.next));
    }

    List<ObservedStep> all() {
        Map<String, Matrix> rows = replay.rows(replay.added());
        float[] before = rows.get(BEFORE).toArray();
        float[] seen = rows.get(SEEN).toArray();
        float[] action = rows.get(ACTION).toArray();
        float[] reward = rows.get(REWARD).toArray();
        float[] terminated = rows.get(TERMINATED).toArray();
        float[] next = rows.get(NEXT).toArray();
        List<ObservedStep> all = new ArrayList<>();
        for (int r = 0; r < replay.size(); r++) {
            all.add(new ObservedStep(row(before, r), row(seen, r), row(action, r), reward[r], terminated[r] == 1, row(
                    next, r)));
        }
        return all;
    }

    private float[] row(float[] values, int r) {
        int columns = values.length / replay.size();
        return Arrays.copyOfRange(values, r * columns, (r + 1) * columns);
    }

    @Override
    public void close() {
        replay.close();
    }
}
