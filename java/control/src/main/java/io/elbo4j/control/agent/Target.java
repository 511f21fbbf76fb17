package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;

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

/**
 * A copy of a network that follows it slowly, for a critic's targets (Lillicrap et al. 2016): after each step
 * copy = (1 - rate) copy + rate network; at first it is the network.
 */
final class Target implements AutoCloseable {
    private final Program follow;

    /**
     * @param parameters whose names begin with {@code of} are followed by those that begin with {@code copy} and go on
     *     in the same way
     * @param rate above 0 and below 1
     */
    Target(Backend backend, Parameters parameters, String of, String copy, double rate) {
        require(rate > 0 && rate < 1, "rate", "above 0 and below 1", rate);
        Map<String, Parameters.State> copies = new HashMap<>();
        parameters.all().forEach(s -> copies.put(s.parameter().name(), s));
        List<Launch> launches = new ArrayList<>();
        for (Parameters.State s : parameters.all()) {
            String name = s.parameter().name();
            if (name.startsWith(of + ".")) {
                Parameters.State follower = copies.get(copy + name.substring(of.length()));
                Rows.copy(s.value(), follower.value()).run();
                launches.add(MovingAverage.update(s.value(), 1 - rate, follower.value()));
            }
        }
        this.follow = new Program(backend, launches);
    }

    void follow() {
        follow.run();
    }

    @Override
    public void close() {
        follow.close();
    }
}
