package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.Storage;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Transpose;
import io.elbo4j.train.schedule.Schedule;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which launches of a worker's step compute sums over its part of the batch. These get the chunks of the part, and the
 * workers add their results before anything reads them. What else reads several rows of the batch at once cannot be had
 * by parts, nor can what divides by the rows of its part. What belongs to the batch is what has another size where the
 * part has other rows: a step is planned for two numbers of rows, and both plans are compared.
 */
final class Partials {
    private static final String CANNOT = "workers cannot share this step: ";

    private final BitSet partial = new BitSet();
    private final Share share;
    private final Map<Storage, Matrix> byColumn = new IdentityHashMap<>();

    /**
     * @param planned without memory, so that no two buffers share any
     * @param other planned alike, for another number of rows of the same batch
     * @throws IllegalArgumentException naming what cannot be had by parts
     */
    Partials(Share share, StepPlan planned, StepPlan other) {
        this.share = share;
        Set<Storage> ofBatch = ofBatch(planned, other);
        planned.constants().forEach((key, numbers) -> {
            if (!numbers.equals(other.constants().get(key))) {
                throw new IllegalArgumentException(CANNOT + "a constant, " + planned.buffers().all().get(key).name()
                        + ", depends on the number of rows");
            }
        });
        List<Launch> launches = planned.launches();
        for (int i = 0; i < launches.size(); i++) {
            Launch launch = launches.get(i);
            Launch same = i < other.launches().size() ? other.launches().get(i) : null;
            if (!(launch.body() instanceof Operation)) {
                throw cannot(launch, planned.owner(launch), "is no operation, of which it is known what it reads");
            }
            if (same == null || !numbers(launch.body()).equals(numbers(same.body()))) {
                throw cannot(launch, planned.owner(launch), "depends on the number of rows");
            }
            if (launch.body() instanceof BatchSum sum && ofBatch.contains(sum.batch().storage())
                    && sum.batch().rows() != ((BatchSum) same.body()).batch().rows()) {
                partial.set(i);
            } else if (readsSeveralRows(launch, same, ofBatch)) {
                throw cannot(launch, planned.owner(launch), "reads several rows of the batch at once");
            } else if (touches(launch, false, ofBatch) && !touchesOnly(launch, true, ofBatch)) {
                throw cannot(launch, planned.owner(launch), "writes what is not the batch's from its rows");
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

    private Set<Storage> ofBatch(StepPlan planned, StepPlan other) {
        Set<Storage> found = Collections.newSetFromMap(new IdentityHashMap<>());
        planned.buffers().all().forEach((key, buffer) -> {
            Buffers.Buffer same = other.buffers().all().get(key);
            // the weight of a mean has a name with its rows; what else has another name is looked at as the batch's
            boolean unknown = same == null && !(key.owner() instanceof Schedule);
            if (unknown || same != null && same.matrix().storage().elements() != buffer.matrix().storage().elements()) {
                Matrix m = buffer.matrix();
                found.add(m.storage());
                if (!unknown && m.rows() == same.matrix().rows() && m.columns() == share.rows()) {
                    byColumn.put(m.storage(), m);
                }
            }
        });
        return found;
    }

    private static boolean touches(Launch launch, boolean writing, Set<Storage> some) {
        boolean[] found = {false};
        launch.forEachAccess((storage, write) -> found[0] |= write == writing && some.contains(storage));
        return found[0];
    }

    private static boolean touchesOnly(Launch launch, boolean writing, Set<Storage> some) {
        boolean[] all = {true};
        launch.forEachAccess((storage, write) -> all[0] &= write != writing || some.contains(storage));
        return all[0];
    }

    private boolean readsSeveralRows(Launch launch, Launch same, Set<Storage> ofBatch) {
        boolean[] reads = {false};
        launch.forEachAccess((storage, write) -> reads[0] |= !write && ofBatch.contains(storage) && !isByColumn(launch,
                storage) && (launch.readsBeyondItsShare(storage) || launch.leavesOutRows(storage)
                        || launch.items() == same.items()));
        return reads[0];
    }

    /** Of a matrix with a column for each row of the batch, as of numbers of each step: one column, or all turned. */
    private boolean isByColumn(Launch launch, Storage storage) {
        Matrix m = byColumn.get(storage);
        return m != null && (launch.readsOwnColumns(m) || launch.body() instanceof Transpose.Of of && of.x().storage()
                == storage && of.x().rows() == m.rows() && of.x().columns() == m.columns());
    }

    private static IllegalArgumentException cannot(Launch launch, @Nullable Node owner, String why) {
        return new IllegalArgumentException(CANNOT + launch.name() + (owner == null ? ""
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
        // what no launch writes is there from the beginning
        plan.gathers().stream().filter(g -> run.stream().noneMatch(i -> writes(plan.launches().get(i), g.own())))
                .forEach(segments::pending);
        run.stream().forEach(i -> {
            Launch launch = plan.launches().get(i);
            boolean[] touches = {false};
            // sums of a part may lie beside each other in one matrix
            launch.forEachAccess((storage, write) -> touches[0] |= segments.isPending(storage) && !(write && partial
                    .get(
                            i)));
            if (touches[0]) {
                segments.exchange();
            }
            segments.add(launch);
            if (partial.get(i)) {
                ((BatchSum) launch.body()).results().forEach(segments::pending);
            }
            plan.gathers().stream().filter(g -> writes(launch, g.own())).forEach(segments::pending);
        });
        return segments.end();
    }

    private static boolean writes(Launch launch, Matrix m) {
        boolean[] found = {false};
        launch.forEachAccess((storage, write) -> found[0] |= write && storage == m.storage());
        return found[0];
    }
}
