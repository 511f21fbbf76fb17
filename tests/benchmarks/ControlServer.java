import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.agent.Agent;
import io.elbo4j.control.agent.Dreamer;
import io.elbo4j.control.agent.Learning;
import io.elbo4j.control.agent.Pets;
import io.elbo4j.control.agent.Planet;
import io.elbo4j.control.agent.Sac;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.agent.Surroundings;
import io.elbo4j.control.agent.WorldLearning;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.PathIntegral;
import io.elbo4j.control.world.WorldModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Times agents of the pendulum on request. The protocol is that of KernelServer: {@code NAME ROWS COLUMNS DEPTH SETS
 * REPETITIONS}, where COLUMNS are the units of each of two hidden layers. Run as {@code java -cp elbo4j.jar
 * ControlServer.java BACKEND THREADS}.
 *
 * <pre>
 *   sac    an update of soft actor-critic, batches of ROWS, the critics' copies included
 *   act    its action for one observation; ROWS must be 1
 *   world  an update of a recurrent state-space model, ROWS windows of 25 steps, DEPTH dimensions of z
 *   dream  the same, and actor and value that imagine 15 steps from every second state
 *   plan   a decision by ROWS plans, 25 steps, in an ensemble of DEPTH members that has learned its reward too
 * </pre>
 */
final class ControlServer {
    private static final int REMEMBERED = 10_000;
    private static final int HORIZON = 25;
    private static final int WINDOW = 25;

    public static void main(String[] args) throws IOException {
        Backend backend = Backends.open(args[0], Integer.parseInt(args[1]));
        System.out.println(backend.description());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        String prepared = "";
        Agent agent = null;
        Runnable work = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.lastIndexOf(' ');
            String what = line.substring(0, space);
            if (!what.equals(prepared)) {
                if (agent != null) {
                    agent.close();
                }
                String[] words = what.split(" ");
                int rows = Integer.parseInt(words[1]);
                int units = Integer.parseInt(words[2]);
                int depth = Integer.parseInt(words[3]);
                agent = switch (words[0]) {
                    case "plan" -> planner(rows, units, depth, backend);
                    case "world", "dream" -> world(words[0].equals("dream"), rows, units, depth, backend);
                    default -> sac(rows, units, backend);
                };
                work = words[0].equals("act") || words[0].equals("plan") ? acts(agent) : agent::learn;
                prepared = what;
            }
            int repetitions = Integer.parseInt(line.substring(space + 1));
            long begin = System.nanoTime();
            for (int i = 0; i < repetitions; i++) {
                work.run();
            }
            // a read waits for all that was queued
            agent.parameters().all().get(0).value().rows(0, 1).toArray();
            System.out.println((System.nanoTime() - begin) * 1e-9 / repetitions);
        }
    }

    private static Runnable acts(Agent agent) {
        float[] observation = {0.5f, 0.5f, 0.5f};
        return () -> agent.act(observation);
    }

    private static Agent sac(int batch, int units, Backend backend) {
        Environment pendulum = Environments.named("pendulum");
        Learning learning = new Learning(List.of(units, units), batch, 1e-3, 0, 0.99, REMEMBERED, 1, 1, 1);
        Sac sac = new Sac(new Sac.Settings(learning, 0.005), pendulum.observations(), pendulum.actions(), backend, 0);
        SplittableRandom random = new SplittableRandom(0);
        float[] action = new float[1];
        for (int i = 0; i < REMEMBERED; i++) {
            if (i < 2) {
                // after its random decisions it learns
                sac.explore(random(random, 3), action);
            }
            sac.remember(random(random, 3), random(random, 1), random(random, 1)[0], false, random(random, 3));
        }
        return sac;
    }

    /** After a decision by chance it makes an update each time that it learns. */
    private static Agent world(boolean dreams, int windows, int units, int latent, Backend backend) {
        Environment angle = Environments.named("pendulum-angle");
        WorldModel.Settings model = new WorldModel.Settings(WorldModel.Path.RECURRENT, units, latent, List.of(units,
                units), List.of(units, units), List.of(units, units), 1, 8, 0.8, 0, false, false);
        WorldLearning learning = new WorldLearning(windows, WINDOW, 1e-3, 1000, REMEMBERED, false, 1, 1, 1, 1, 0.3);
        Surroundings surroundings = Surroundings.of(angle);
        SavableAgent agent = dreams ? new Dreamer.Settings(model, learning, 15, 0.99, 0.95, 0.1, 5e-4, 1e-3, 2).create(
                surroundings, backend, 0) : new Planet.Settings(model, learning, CrossEntropy.of(10, 1), 2).create(
                        surroundings, backend, 0);
        SplittableRandom random = new SplittableRandom(0);
        agent.explore(new float[2], new float[1]);
        for (int i = 0; i < REMEMBERED / 2; i++) {
            if (i % 100 == 0) {
                agent.begin();
            }
            agent.remember(random(random, 2), random(random, 1), random(random, 1)[0], false, random(random, 2));
        }
        return agent;
    }

    private static float[] random(SplittableRandom random, int columns) {
        float[] all = new float[columns];
        for (int i = 0; i < columns; i++) {
            all[i] = (float) random.nextDouble(-1, 1);
        }
        return all;
    }

    private static Agent planner(int plans, int units, int members, Backend backend) {
        Environment pendulum = Environments.named("pendulum");
        return new Pets(new Pets.Settings(new Ensemble.Settings(members, List.of(units, units), 0), PathIntegral.of(
                plans), HORIZON, 32, 1e-3, 0, 1, 10, 1, 0, true), pendulum.observations(), pendulum.actions(), Optional
                        .empty(), backend, 0);
    }
}
