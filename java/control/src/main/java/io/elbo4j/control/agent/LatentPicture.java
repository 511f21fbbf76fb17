package io.elbo4j.control.agent;

import io.elbo4j.control.environment.Environment;
import java.nio.file.Path;

/** An agent that can draw what its latent space knows of an environment. */
public interface LatentPicture {
    /**
     * Writes the picture atomically.
     *
     * @param file a PNG
     * @throws io.elbo4j.ArgumentException if the environment is one that {@link Settings#checkLatentPicture} refuses
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    void drawLatent(Path file, Environment environment);

    /** The settings of such an agent. */
    interface Settings extends SavableAgent.Settings {
        /**
         * Refuses an environment that has nothing to be drawn.
         *
         * @throws io.elbo4j.ArgumentException naming the environment or a component of the settings
         */
        void checkLatentPicture(Environment environment);
    }
}
