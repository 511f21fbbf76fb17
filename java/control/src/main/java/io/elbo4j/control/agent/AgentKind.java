package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Space;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The agents that there are, by the names of the command line. */
public enum AgentKind {
    SAC(Sac.Settings.small()) {
        @Override
        Learner create(Learner.Settings settings, Space observations, Space actions, Backend backend, long seed) {
            return new Sac((Sac.Settings) settings, observations, actions, backend, seed);
        }
    },
    DQN(Dqn.Settings.small()) {
        @Override
        Learner create(Learner.Settings settings, Space observations, Space actions, Backend backend, long seed) {
            return new Dqn((Dqn.Settings) settings, observations, actions, backend, seed);
        }
    },
    SOFT_Q(SoftQ.Settings.small()) {
        @Override
        Learner create(Learner.Settings settings, Space observations, Space actions, Backend backend, long seed) {
            return new SoftQ((SoftQ.Settings) settings, observations, actions, backend, seed);
        }
    },
    MBPO(Mbpo.Settings.small()) {
        @Override
        Learner create(Learner.Settings settings, Space observations, Space actions, Backend backend, long seed) {
            // its run says where the environment terminates
            return new Mbpo((Mbpo.Settings) settings, observations, actions, Optional.empty(), backend, seed);
        }
    };

    private final Learner.Settings defaults;

    AgentKind(Learner.Settings defaults) {
        this.defaults = defaults;
    }

    abstract Learner create(Learner.Settings settings, Space observations, Space actions, Backend backend, long seed);

    public static AgentKind of(Learner.Settings settings) {
        return Arrays.stream(values()).filter(kind -> kind.defaults.getClass() == settings.getClass()).findFirst()
                .orElseThrow();
    }

    /** As "soft-q". */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Learner.Settings defaults() {
        return defaults;
    }
}
