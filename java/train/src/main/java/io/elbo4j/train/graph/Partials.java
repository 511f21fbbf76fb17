package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Storage;
import io.elbo4j.operation.BatchSum;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which launches of a worker's step compute sums over its part of the batch. These get the chunks of the part, and the
 * workers add their results before anything reads them. What else reads several rows of the batch at once cannot be had
 * by parts, nor can what divides by the rows of its part. What belongs to the batch is what has another size where the
 * part has other rows: a step is planned for two numbers of rows, and both plans are compared.
 */
final class Partials {
    private final BitSet partial = new BitSet();
    private final Share share;

    /**
     * @param planned without memory, so that no two buffers share any
     * @param other planned alike, for another number of rows of the same batch
     * @throws IllegalArgumentException naming what cannot be had by parts
     */
    Partials(Share share, StepPlan planned, StepPlan other) {
        this.share = share;
        Set<Storage> ofBatch = ofBatch(planned, other);
        List<Launch> launches = planned.launches();
        for (int i = 0; i < launches.size(); i++) {
            Launch launch = launches.get(i);
            Launch same = i < other.launches().size() ? other.launches().get(i) : null;
            if (same == null || !numbers(launch.body()).equals(numbers(same.body()))) {
                throw cannot(launch, planned.owner(launch), "depends on the number of rows");
            }
            if (launch.body() instanceof BatchSum sum && ofBatch.contains(sum.batch().storage())
                    && sum.batch().rows() != ((BatchSum) same.body()).batch().rows()) {
                partial.set(i);
            } else if (readsSeveralRows(launch, same, ofBatch)) {
                throw cannot(launch, planned.owner(launch), "reads several rows of the batch at once");
            }
        }
    }

    /** What an operation is, and its arguments that are no matrices. */
    private static List<Object> numbers(Launch.Body body) {
        List<Object> all = new ArrayList<>(List.of(body.getClass()));
        if (body instanceof Record record) {
            Record alike = record instanceof BatchSum sum ? (Record) sum.withChunks(1) : record;
            for (RecordComponent c : record.getClass().getRecordComponents()) {
                if (c.getType().isPrimitive() || c.getType().isEnum()) {
                    all.add(component(alike, c));
                }
            }
        }
        return all;
    }

    private static Object component(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Storage> ofBatch(StepPlan planned, StepPlan other) {
        Set<Storage> found = Collections.newSetFromMap(new IdentityHashMap<>());
        planned.buffers().all().forEach((key, buffer) -> {
            Buffers.Buffer same = other.buffers().all().get(key);
            if (same != null && same.matrix().storage().elements() != buffer.matrix().storage().elements()) {
                found.add(buffer.matrix().storage());
            }
        });
        return found;
    }

    private static boolean readsSeveralRows(Launch launch, Launch same, Set<Storage> ofBatch) {
        boolean[] reads = {false};
        launch.forEachAccess((storage, write) -> reads[0] |= !write && ofBatch.contains(storage) && (launch
                .readsBeyondItsShare(
                        storage) || launch.items() == same.items()));
        return reads[0];
    }

    private static IllegalArgumentException cannot(Launch launch, @Nullable Node owner, String why) {
        return new IllegalArgumentException("workers cannot share this step: " + launch.name() + (owner == null ? ""
                : " of '" + owner.name() + "'") + " " + why);
    }

    /** Before its launches are made a program. */
    void setChunks(List<Launch> launches) {
        partial.stream().forEach(i -> {
            BatchSum sum = (BatchSum) launches.get(i).body();
            launches.get(i).body(sum.withChunks(share.chunks(sum.batch().rows())));
        });
    }

    /**
     * Cuts a run where the workers meet: before anything touches a sum that was not added yet.
     *
     * @param run the numbers of the launches that are run
     */
    Segments segments(StepPlan plan, BitSet run) {
        Segments segments = new Segments(plan.backend(), share);
        List<StepPlan.Gather> waiting = new ArrayList<>(plan.gathers());
        run.stream().forEach(i -> {
            Launch launch = plan.launches().get(i);
            boolean[] touches = {false};
            launch.forEachAccess((storage, write) -> touches[0] |= segments.isPending(storage));
            if (touches[0] && !partial.get(i)) {
                segments.exchange();
            }
            segments.add(launch);
            if (partial.get(i)) {
                ((BatchSum) launch.body()).results().forEach(segments::pending);
            }
            waiting.removeIf(gather -> {
                boolean complete = lastWrite(plan, run, gather.own().storage()) == i;
                if (complete) {
                    segments.pending(gather);
                }
                return complete;
            });
        });
        return segments.end();
    }

    private static int lastWrite(StepPlan plan, BitSet run, Storage storage) {
        int[] last = {-1};
        run.stream().forEach(i -> plan.launches().get(i).forEachAccess((written, write) -> last[0] = write
                && written == storage ? i : last[0]));
        return last[0];
    }
}
