package io.elbo4j.train.run;

import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A run as it stands in its folder.
 *
 * @param plan what it is
 * @param loaded how far it is; null before the first checkpoint
 * @param file from which its settings are
 */
public record StoredRun(RunPlan plan, Checkpoint.@Nullable Loaded loaded, Path file) {
    /** @throws CheckpointException if a file is damaged, or its files are of two runs */
    public static StoredRun read(RunFolder folder) {
        boolean saved = Files.exists(folder.checkpoint());
        RunPlan plan = !saved || Files.exists(folder.plan()) ? RunPlan.read(folder.plan()) : null;
        if (!saved) {
            return new StoredRun(plan, null, folder.plan());
        }
        Checkpoint.Loaded loaded = Checkpoint.read(folder.checkpoint());
        if (plan != null && !plan.isOf(loaded.checkpoint())) {
            throw new CheckpointException(folder.checkpoint() + " is not of the run that " + folder.plan()
                    + " describes: one of them has been replaced");
        }
        return new StoredRun(plan != null ? plan : RunPlan.ofEarlier(loaded.checkpoint()), loaded, loaded.file());
    }

    /** The same run, which is to go on in another way. */
    public StoredRun withPlan(RunPlan other) {
        return new StoredRun(other, loaded, file);
    }
}
