package io.elbo4j.nd4j;

import io.elbo4j.Launch;
import io.elbo4j.cpu.CpuBackend;
import java.util.function.Supplier;

/** Arrays of nd4j-native where they lie, by the cpu backend. */
final class InPlace extends Target {
    private final CpuBackend backend;

    InPlace(CpuBackend backend) {
        this.backend = backend;
    }

    @Override
    synchronized void run(Call call, Supplier<Launch> launch) {
        call.bind(array -> array.data().addressPointer(), backend::wrap);
        launch.get().run();
    }
}
