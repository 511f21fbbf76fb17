package io.elbo4j.languages

import io.elbo4j.Backends
import io.elbo4j.train.run.Trained
import java.nio.file.Path

/** The README's lines. */
fun main() {
    val trained = Trained.load(Path.of("runs/sprites-1"), Backends.open("auto", 1))
    println(trained.scorer().score(FloatArray(1024)).elbo())
}
