package io.elbo4j.cli;

import io.elbo4j.control.agent.AgentKind;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.Learner;
import io.elbo4j.control.agent.Learning;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The settings of an agent. A command has the options of all agents; those of others, and of another search than its
 * own, are refused.
 */
final class AgentOptions {
    static final AgentKind DEFAULT = AgentKind.SAC;

    private final SettingOptions typed = new SettingOptions();

    /**
     * Adds the options of all agents to the command, and to what help says a line for each agent. Help shows the
     * options of the agent that is asked for.
     *
     * @param asked the command line
     * @throws Failure if there is no such agent
     */
    void addTo(CommandSpec spec, String... asked) {
        AgentKind shown = asked(spec, asked);
        Stream.concat(Stream.of(shown), Stream.of(AgentKind.values())).forEach(kind -> add(spec, kind, kind == shown));
        Stream<String> lines = Stream.of(AgentKind.values()).map(kind -> String.format("%s: %s (%s, %d steps)", kind
                .words(), kind.description(), kind.environment(), kind.steps()));
        spec.usageMessage().description(Stream.concat(Stream.of(spec.usageMessage().description()), lines).toArray(
                String[]::new));
        SettingOptions.sayWhose(spec, "the agent " + shown.words(), "elbo4j " + spec.name() + " AGENT");
    }

    private void add(CommandSpec spec, AgentKind kind, boolean shown) {
        SavableAgent.Settings usual = kind.defaults();
        add(spec, usual, shown, "");
        if (AgentSettings.options(usual).stream().anyMatch(AgentOptions::isSearch)) {
            for (SearchKind search : SearchKind.values()) {
                add(spec, AgentSettings.with(usual, Map.of("search", search)), shown, search.words() + ": ");
            }
        }
    }

    /** @param when they are the usual ones */
    private void add(CommandSpec spec, SavableAgent.Settings usual, boolean shown, String when) {
        String of = "the agent " + AgentKind.of(usual).words();
        Map<String, Object> values = AgentSettings.values(usual);
        AgentSettings.options(usual).forEach(c -> typed.add(spec, of, c, shown, when + SettingValue.text(c, values.get(c
                .getName()))));
    }

    private static boolean isSearch(RecordComponent c) {
        return c.getType() == Search.class;
    }

    /** The agent in a command line that is not parsed yet. */
    private static AgentKind asked(CommandSpec spec, String... words) {
        if (words.length > 1 && words[0].equals(spec.name()) && !words[1].startsWith("-")) {
            return kind(words[1]);
        }
        // an option may have the name of an agent for its value: no harm, help alone is another one then
        return Arrays.stream(AgentKind.values()).filter(kind -> List.of(words).contains(kind.words())).findFirst()
                .orElse(DEFAULT);
    }

    /** @throws Failure if there is no such agent */
    static AgentKind kind(String given) {
        try {
            return Names.reader(AgentKind.class).convert(given);
        } catch (Exception e) {
            throw Failure.usage("AGENT: " + e.getMessage());
        }
    }

    /** @param steps what is never remembered takes no memory */
    SavableAgent.Settings settings(AgentKind kind, int steps) {
        SavableAgent.Settings usual = AgentSettings.with(kind.defaults(), values(AgentSettings.options(kind.defaults())
                .stream().filter(AgentOptions::isSearch).toList()));
        Map<String, Object> given = own(usual);
        Map<String, Object> all = new HashMap<>(AgentSettings.values(usual));
        all.putAll(given);
        if (given.containsKey("rough") && Objects.equals(0.0, all.get("prior"))) {
            throw Failure.usage("--rough has no effect without --prior");
        }
        if (given.containsKey("meanFreeNats") && Objects.equals(0.0, all.get("freeNats"))) {
            throw Failure.usage("--mean-free-nats has no effect without --free-nats");
        }
        if (given.get("population") instanceof Integer population && all.containsKey("elites")) {
            given.putIfAbsent("elites", Math.max(1, population / 10));
        }
        given.remove("capacity");
        return Names.checked(() -> {
            SavableAgent.Settings made = AgentSettings.with(usual, given);
            Map<String, Object> ofRun = new HashMap<>();
            if (all.get("capacity") instanceof Integer capacity) {
                ofRun.put("capacity", Math.min(capacity, made.mostRemembered(steps)));
            }
            if (made instanceof Learner.Settings learner && learner.learning().decay() > 0 && !given.containsKey(
                    "decay")) {
                ofRun.put("decay", updates(learner.learning(), steps));
            }
            return AgentSettings.with(made, ofRun);
        });
    }

    /** That are made in so many steps. */
    private static int updates(Learning learning, int steps) {
        long times = steps / learning.every() - learning.randomSteps() / learning.every();
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, times) * learning.updates());
    }

    /** Refuses an option that contradicts the agent of a run of so many steps that is resumed. */
    void check(SavableAgent.Settings settings, int steps, Agreement agreement) {
        Map<String, Object> stored = AgentSettings.values(settings);
        Map<String, Object> given = own(settings);
        given.computeIfPresent("capacity", (name, value) -> Math.min((int) value, settings.mostRemembered(steps)));
        AgentSettings.options(settings).forEach(c -> agreement.check(Names.option(c.getName()), SettingValue.said(c,
                given.get(c.getName())), SettingValue.said(c, stored.get(c.getName()))));
    }

    /** What is given, all of which such settings have. */
    private Map<String, Object> own(SavableAgent.Settings settings) {
        List<RecordComponent> own = AgentSettings.options(settings);
        typed.requireAmong(own, option -> Failure.usage(option + " has no effect on " + AgentKind.of(settings).words()
                + ", whose settings are " + own.stream().map(c -> Names.option(c.getName())).collect(Collectors.joining(
                        ", "))));
        return values(own);
    }

    private Map<String, Object> values(List<RecordComponent> own) {
        return typed.values(own, (c, value) -> true);
    }
}
