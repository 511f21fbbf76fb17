package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Program;
import io.elbo4j.operation.MovingAverage;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Parameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A copy of a network, for a critic's targets: one that follows it slowly (Lillicrap et al. 2016), copy = (1 - rate)
 * copy + rate network, or one that is set to it. At first it is the network.
 */
final class Copy implements AutoCloseable {
    private final Program set;

    /**
     * One that is set.
     *
     * @param of parameters whose names begin so are copied to those that begin with {@code copy} and go on in the same
     *     way
     */
    Copy(Backend backend, Parameters parameters, String of, String copy) {
        this(backend, parameters, of, copy, (from, to) -> Rows.copy(from.value(), to.value()));
    }

    /**
     * One that follows.
     *
     * @param rate above 0 and below 1
     */
    static Copy following(Backend backend, Parameters parameters, String of, String copy, double rate) {
        return new Copy(backend, parameters, of, copy, (from, to) -> MovingAverage.update(from.value(), 1 - rate, to
                .value()));
    }

    private Copy(Backend backend, Parameters parameters, String of, String copy,
            BiFunction<Parameters.State, Parameters.State, Launch> update) {
        Map<String, Parameters.State> all = new HashMap<>();
        parameters.all().forEach(s -> all.put(s.parameter().name(), s));
        List<Launch> launches = new ArrayList<>();
        all.forEach((name, from) -> {
            if (name.startsWith(of + ".")) {
                Parameters.State to = all.get(copy + name.substring(of.length()));
                Rows.copy(from.value(), to.value()).run();
                launches.add(update.apply(from, to));
            }
        });
        this.set = new Program(backend, launches);
    }

    void set() {
        set.run();
    }

    @Override
    public void close() {
        set.close();
    }
}
