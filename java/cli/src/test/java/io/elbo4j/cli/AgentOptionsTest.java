package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.control.agent.AgentKind;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.train.model.Setting;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The settings of agents are options of the command line. */
class AgentOptionsTest {
    /** More than any default remembers. */
    private static final int STEPS = 10_000_000;

    /** What nobody can ask for. */
    private static final Set<String> NONE = Set.of();

    /** The settings that a command line gives an agent. */
    private static SavableAgent.Settings settings(int steps, AgentKind kind, String... options) {
        String[] all = Lists.join(List.of("control", kind.words()), options);
        CommandLine line = Main.commandLine(Console.system(), all);
        line.parseArgs(all);
        ControlCommand command = line.getSubcommands().get("control").getCommand();
        return command.settings().settings(kind, steps);
    }

    /** Its usual ones, then those with each search if it searches. */
    private static List<SavableAgent.Settings> ofEachSearch(AgentKind kind) {
        SavableAgent.Settings usual = kind.defaults();
        return Stream.concat(Stream.of(usual), Stream.of(SearchKind.values()).filter(search -> AgentSettings.values(
                usual).containsKey("search")).map(search -> AgentSettings.with(usual, Map.of("search", search))))
                .toList();
    }

    private static List<String> names(SavableAgent.Settings settings) {
        return AgentSettings.options(settings).stream().map(RecordComponent::getName).toList();
    }

    /** By reflection alone. */
    private static List<String> components(Object record) throws ReflectiveOperationException {
        List<String> all = new ArrayList<>();
        for (RecordComponent c : record.getClass().getRecordComponents()) {
            Object value = c.getAccessor().invoke(record);
            if (!(value instanceof Record) || c.getName().equals("search")) {
                all.add(c.getName());
            }
            if (value instanceof Record) {
                all.addAll(components(value));
            }
        }
        return all;
    }

    @Test
    void everyComponentIsAnOptionOrNoneOnPurpose() throws ReflectiveOperationException {
        for (AgentKind kind : AgentKind.values()) {
            for (SavableAgent.Settings settings : ofEachSearch(kind)) {
                List<String> all = components(settings);
                all.removeAll(NONE);
                assertEquals(all, names(settings), kind.words());
                assertEquals(all.size(), new HashSet<>(all).size(), kind.words());
            }
        }
    }

    /** A command line is parsed before it is known which agent it is of. */
    @Test
    void anOptionIsAFlagOfAllAgentsOrOfNone() {
        Map<String, Boolean> flags = new HashMap<>();
        for (AgentKind kind : AgentKind.values()) {
            AgentSettings.options(kind.defaults()).forEach(c -> assertEquals(SettingValue.isFlag(c), flags
                    .computeIfAbsent(c.getName(), name -> SettingValue.isFlag(c)), c.getName()));
        }
        assertTrue(flags.containsValue(true));
    }

    private static String help(String... words) {
        return Cli.run(Lists.join(List.of("control"), words)).succeeds().out().replaceAll("\\s+", " ");
    }

    /** The words and the default of every option, and no option of another agent. */
    @Test
    void helpShowsTheOptionsOfTheAgentThatIsAskedFor() {
        Set<String> all = new TreeSet<>();
        Stream.of(AgentKind.values()).forEach(kind -> ofEachSearch(kind).forEach(s -> all.addAll(names(s))));
        for (AgentKind kind : AgentKind.values()) {
            String help = help(kind.words(), "--help");
            assertEquals(help, help("--steps", "5", kind.words(), "--help"));
            assertTrue(help.contains("options after --help are those of the agent " + kind.words() + ": 'elbo4j control"
                    + " AGENT --help' shows those of another."), help);
            Set<String> others = new TreeSet<>(all);
            for (SavableAgent.Settings settings : ofEachSearch(kind)) {
                AgentSettings.options(settings).stream().filter(c -> others.remove(c.getName())).forEach(c -> {
                    Object value = AgentSettings.values(settings).get(c.getName());
                    String usual = value instanceof Boolean flag ? flag ? "yes" : "no"
                            : value instanceof SearchKind search ? search.words()
                            : value instanceof Enum<?> e ? Names.of(e) : value.toString().replaceAll("[\\[\\] ]", "");
                    String of = settings == kind.defaults() ? "" : ((SearchKind) AgentSettings.values(settings).get(
                            "search")).words() + ": ";
                    String line = SettingValue.usage(c) + " " + c.getAnnotation(Setting.class).value()[0] + " (" + of
                            + usual + ")";
                    assertTrue(help.contains(line), () -> line + " in: " + help);
                });
            }
            others.forEach(name -> assertFalse(help.contains(" " + Names.option(name) + "=") || help.contains("["
                    + Names.option(name) + "]"), () -> name + " in: " + help));
            Stream.of(AgentKind.values()).forEach(each -> assertTrue(help.contains(each.words() + ": " + each
                    .description() + " (" + each.environment() + ", " + each.steps() + " steps)"), help));
        }
        assertEquals(help("sac", "--help"), help("--help"));
        assertTrue(help("--help").contains("--batch=N transitions of an update (256) "));
        assertTrue(help("pets", "--help").contains(" [--rough] "));
        Cli.run("control", "dreamr", "--help").fails(2, "AGENT: expected one of sac,", "not 'dreamr'; did you mean"
                + " dreamer?");
    }

    @Test
    void whatIsOneOfSeveralSaysWhich() {
        for (AgentKind kind : AgentKind.values()) {
            for (RecordComponent c : AgentSettings.options(kind.defaults())) {
                if (AgentSettings.values(kind.defaults()).get(c.getName()) instanceof Enum<?> value) {
                    String said = c.getAnnotation(Setting.class).value()[0];
                    Stream.of(value.getDeclaringClass().getEnumConstants()).forEach(each -> assertTrue(said.contains(
                            Names.of(each)), each + " in: " + said));
                }
            }
        }
    }

    /** Another value that the setting may have. */
    private static Object other(Object value) {
        if (value instanceof Enum<?> e) {
            return Arrays.stream(e.getDeclaringClass().getEnumConstants()).filter(each -> each != e).findFirst()
                    .orElseThrow();
        }
        return value instanceof Boolean flag ? !flag
                : value instanceof Double x ? x > 0 ? x / 2 : 0.5 : value instanceof List ? List.of(7, 5)
                : (Object) ((int) value + 1);
    }

    private static String[] typed(RecordComponent c, Object value) {
        return value instanceof Boolean ? new String[] {Names.option(c.getName())}
                : new String[] {Names.option(c.getName()), SettingValue.text(c, value)};
    }

    @Test
    void everyOptionReachesTheSettings() {
        int tried = 0;
        for (AgentKind kind : AgentKind.values()) {
            for (SavableAgent.Settings settings : ofEachSearch(kind)) {
                List<String> given = new ArrayList<>();
                if (AgentSettings.values(settings).get("search") instanceof SearchKind search) {
                    given.addAll(List.of("--search", search.words()));
                }
                if (AgentSettings.values(settings).containsKey("prior")) {
                    given.addAll(List.of("--prior", "1"));
                }
                if (AgentSettings.values(settings).containsKey("freeNats")) {
                    given.addAll(List.of("--free-nats", "1"));
                }
                if (AgentSettings.values(settings).get("decay") instanceof Integer decay && decay > 0) {
                    given.addAll(List.of("--decay", "7"));
                }
                for (RecordComponent c : AgentSettings.options(settings)) {
                    String option = Names.option(c.getName());
                    List<String> before = new ArrayList<>(given);
                    int at = before.indexOf(option);
                    if (at >= 0) {
                        before.subList(at, at + 2).clear();
                    }
                    Map<String, Object> usual = AgentSettings.values(settings(STEPS, kind, before.toArray(
                            String[]::new)));
                    Object other = other(usual.get(c.getName()));
                    SavableAgent.Settings changed = settings(STEPS, kind, Lists.join(before, typed(c, other)));
                    Map<String, Object> expected = new HashMap<>(usual);
                    expected.put(c.getName(), other);
                    if (c.getName().equals("population")) {
                        expected.computeIfPresent("elites", (name, value) -> (int) other / 10);
                    }
                    if (c.getName().equals("search")) {
                        expected = new HashMap<>(AgentSettings.values(AgentSettings.with(kind.defaults(), Map.of(
                                "search", other))));
                        expected.computeIfPresent("prior", (name, value) -> 1.0);
                        expected.computeIfPresent("freeNats", (name, value) -> 1.0);
                    }
                    assertEquals(expected, AgentSettings.values(changed), kind + " " + option);
                    tried++;
                }
            }
        }
        assertTrue(tried > 150, tried + " options");
    }

    @Test
    void theReadmeNamesAllAgents() throws IOException {
        String said = Files.readString(Path.of("README.md"));
        String agents = said.substring(said.indexOf("`control` trains an agent"), said.indexOf("environment of its"));
        Stream.of(AgentKind.values()).forEach(kind -> assertTrue(agents.contains("`" + kind.words() + "`"), kind
                .words()));
    }

    @Test
    void whatATemperatureIsOfIsSaid() {
        assertTrue(help("planet", "--help").contains("of planet those divided by --reward-scale"));
    }

    /** An agent that sees single transitions has one for each step, one that sees episodes up to two observations. */
    @Test
    void nothingIsRememberedThatARunDoesNotHave() {
        // E2C remembers its random steps alone, all of them
        assertFalse(AgentSettings.values(AgentKind.E2C.defaults()).containsKey("capacity"));
        for (AgentKind kind : AgentKind.values()) {
            if (kind == AgentKind.E2C || kind == AgentKind.SOLAR) {
                continue;
            }
            int most = Set.of(AgentKind.PLANET, AgentKind.DREAMER, AgentKind.SLAC).contains(kind) ? 200 : 100;
            assertEquals(most, capacity(settings(100, kind)), kind.words());
            assertEquals(most, capacity(settings(100, kind, "--capacity", "2147483647")), kind.words());
            assertEquals(60, capacity(settings(100, kind, "--capacity", "60")), kind.words());
        }
        // rollouts of 40 steps, their ends too: at least the 100 random ones
        assertEquals(4100, capacity(settings(100, AgentKind.SOLAR)));
        assertEquals(151 * 41, capacity(settings(6000, AgentKind.SOLAR)));
        assertEquals(25, capacity(settings(1, AgentKind.DREAMER)));
        assertEquals(800, capacity(settings(100, AgentKind.DREAMER, "--window", "800")));
        assertEquals(100_000, capacity(settings(Integer.MAX_VALUE, AgentKind.DREAMER)));
        Cli.run("control", "dreamer", "--capacity", "24").fails(2, "--capacity must be at least a window, 25, not 24");
    }

    private static int capacity(SavableAgent.Settings settings) {
        return (int) AgentSettings.values(settings).get("capacity");
    }

    @Test
    void whatFollowsFromTheRunOrFromOtherOptions() {
        // 9,000 steps after those by chance, one update every second step
        assertEquals(4500, AgentSettings.values(settings(10_000, AgentKind.DQN, "--every", "2")).get("decay"));
        assertEquals(7, AgentSettings.values(settings(10_000, AgentKind.DQN, "--decay", "7")).get("decay"));
        assertEquals(0, AgentSettings.values(settings(10_000, AgentKind.SAC)).get("decay"));
        for (AgentKind kind : List.of(AgentKind.PETS, AgentKind.PLANET)) {
            assertEquals(4, AgentSettings.values(settings(100, kind, "--population", "45")).get("elites"));
            assertEquals(3, AgentSettings.values(settings(100, kind, "--population", "45", "--elites", "3")).get(
                    "elites"));
        }
    }
}
