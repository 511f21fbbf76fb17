package io.elbo4j.train.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns a graph into launches: what {@link StepBuilder} says, in the order forward, objective, backward, update. */
final class Compilation {
    private final StepBuilder of;
    private final StepPlan plan;

    /** @param plan to which all is added */
    Compilation(StepBuilder of, StepPlan plan) {
        this.of = of;
        this.plan = plan;
    }

    void compile() {
        // trainings of one objective are groups of parameters of one backward pass
        Map<Objective, List<Training>> groups = of.trainings.stream().collect(Collectors.groupingBy(Training::objective,
                LinkedHashMap::new, Collectors.toList()));
        boolean onlyDifferentiates = groups.isEmpty() && of.evaluated != null && !of.differentiated.isEmpty();
        if (groups.size() == 1) {
            begin(of.trainings.get(0).objective(), of.trainings);
        } else if (onlyDifferentiates) {
            plan.begin(of.evaluated, Set.of());
        }
        forward();
        if (onlyDifferentiates) {
            plan.combine(of.evaluated, true);
            backward();
            of.differentiated.forEach(plan::gradient);
        } else if (of.evaluated != null) {
            plan.combine(of.evaluated, false);
        }
        train(groups);
    }

    private void forward() {
        for (Node node : plan.nodes()) {
            if (node instanceof Value v && of.given.contains(v)) {
                continue;
            }
            plan.at(node);
            if (of.fromPriors && node instanceof Latent latent) {
                latent.drawFromPrior(plan);
            } else {
                node.forward(plan);
            }
        }
        plan.endForward();
    }

    private void backward() {
        List<Node> nodes = plan.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (!(node instanceof Value v) || !of.given.contains(v) && plan.isReached(v)) {
                plan.at(node);
                node.backward(plan);
            }
        }
    }

    private void train(Map<Objective, List<Training>> groups) {
        List<Update> updates = new ArrayList<>();
        List<Update> last = List.of();
        Set<Parameter> trained = new LinkedHashSet<>();
        for (Map.Entry<Objective, List<Training>> group : groups.entrySet()) {
            // the next backward pass has the same buffers
            addGradients(last);
            if (groups.size() > 1) {
                begin(group.getKey(), group.getValue());
            }
            plan.combine(group.getKey(), true);
            plan.part(group.getValue(), this::backward);
            Set<Parameter> named = named(group.getValue());
            last = group.getValue().stream().map(training -> plan.update(training, named, trained)).toList();
            updates.addAll(last);
        }
        // workers meet once for all gradients
        if (of.share != null || last.stream().anyMatch(update -> update.readsAnother(trained))) {
            addGradients(last);
        }
        updates.forEach(update -> plan.part(List.of(update.training()), () -> update.addTo(plan.launches())));
    }

    private void addGradients(List<Update> of) {
        of.forEach(update -> plan.part(List.of(update.training()), () -> update.addGradients(plan.launches())));
    }

    private static Set<Parameter> named(List<Training> group) {
        return group.stream().flatMap(training -> training.parameters().stream()).collect(Collectors.toSet());
    }

    private void begin(Objective common, List<Training> group) {
        Set<Parameter> all = new LinkedHashSet<>(of.graph.parameters());
        for (Training training : group) {
            for (Parameter p : training.parameters()) {
                if (!all.contains(p)) {
                    throw new IllegalArgumentException("training '" + training.name()
                            + "': the graph has no parameter '" + p.name() + "'");
                }
            }
        }
        plan.begin(common, group.stream().noneMatch(training -> training.parameters().isEmpty()) ? named(group) : all);
    }
}
