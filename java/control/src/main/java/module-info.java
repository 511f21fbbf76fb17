/** Environments, agents, planners, learned dynamics and imitation. */
module io.elbo4j.control {
    requires transitive io.elbo4j.train;
    requires jdk.jfr;

    uses io.elbo4j.control.environment.Environment;

    provides io.elbo4j.control.environment.Environment with io.elbo4j.control.environment.Acrobot,
            io.elbo4j.control.environment.CartPole, io.elbo4j.control.environment.CartPoleContinuous,
            io.elbo4j.control.environment.CartPoleSwingUp, io.elbo4j.control.environment.Cross,
            io.elbo4j.control.environment.Fork, io.elbo4j.control.environment.ForkPause,
            io.elbo4j.control.environment.GridSoft, io.elbo4j.control.environment.MountainCarContinuous,
            io.elbo4j.control.environment.Mud, io.elbo4j.control.environment.Navigation,
            io.elbo4j.control.environment.NoisyPlanar,
            io.elbo4j.control.environment.Pendulum,
            io.elbo4j.control.environment.PendulumAngle, io.elbo4j.control.environment.PendulumPixels,
            io.elbo4j.control.environment.Planar, io.elbo4j.control.environment.Reacher2;

    exports io.elbo4j.control.agent;
    exports io.elbo4j.control.dynamics;
    exports io.elbo4j.control.environment;
    exports io.elbo4j.control.evaluation;
    exports io.elbo4j.control.imitation;
    exports io.elbo4j.control.linear;
    exports io.elbo4j.control.planning;
    exports io.elbo4j.control.replay;
    exports io.elbo4j.control.tabular;
    exports io.elbo4j.control.world;
}
