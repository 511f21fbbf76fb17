package io.elbo4j.languages;

import io.elbo4j.Backends;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;

/** The README's lines. */
public final class LoadAndScore {
    private LoadAndScore() {}

    public static void main(String[] args) {
        Trained trained = Trained.load(Path.of("runs/sprites-1"), Backends.open("auto", 1));
        System.out.println(trained.scorer().score(new float[1024]).elbo());
    }
}
