package io.elbo4j.equivalence;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Gru;
import io.elbo4j.operation.Transpose;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** The cases of the recurrent unit, and of the transpose that its gradients need. */
final class Recurrence {
    private Recurrence() {}

    static void addTo(BiConsumer<String, BiFunction<Bench, Shape, Launch>> cases) {
        forward(cases);
        backward(cases);
        cases.accept("gru.reset", (b, s) -> Gru.reset(state(b, s), begins(b, s), newState(b, s)));
        cases.accept("gru.stateGradient", (b, s) -> Gru.stateGradient(gates(b, s, 3), state(b, s), null,
                newState(b, s)));
        cases.accept("gru.stateGradient.begins", (b, s) -> Gru.stateGradient(gates(b, s, 3), state(b, s), begins(b, s),
                newState(b, s)));
        cases.accept("transpose", (b, s) -> Transpose.of(b.in(s.rows(), s.columns()), b.out(s.columns(), s.rows())));
    }

    private static void forward(BiConsumer<String, BiFunction<Bench, Shape, Launch>> cases) {
        for (boolean normalised : new boolean[] {false, true}) {
            String name = "gru.forward" + (normalised ? ".normalised" : "");
            cases.accept(name, (b, s) -> Gru.forward(normalised ? null : gates(b, s, 3), gates(b, s, 3), state(b, s),
                    null, newGates(b, s), newState(b, s), null));
            cases.accept(name + ".carried", (b, s) -> Gru.forward(normalised ? null : gates(b, s, 3), gates(b, s, 3),
                    state(b, s), null, newGates(b, s), newState(b, s), newState(b, s)));
            cases.accept(name + ".begins", (b, s) -> Gru.forward(normalised ? null : gates(b, s, 3), gates(b, s, 3),
                    state(b, s), begins(b, s), newGates(b, s), newState(b, s), newState(b, s)));
        }
        cases.accept("gru.forward.inPlace", (b, s) -> {
            Matrix kept = b.inOut(s.rows(), 4L * s.columns());
            return Gru.forward(kept.columns(0, 3L * s.columns()), gates(b, s, 3), state(b, s), begins(b, s), kept,
                    newState(b, s), newState(b, s));
        });
    }

    private static void backward(BiConsumer<String, BiFunction<Bench, Shape, Launch>> cases) {
        for (boolean normalised : new boolean[] {false, true}) {
            String name = "gru.backward" + (normalised ? ".normalised" : "");
            cases.accept(name + ".last", (b, s) -> Gru.backward(gates(b, s, 4), state(b, s), state(b, s), null, null,
                    null, normalised, newGates(b, s), newState(b, s)));
            cases.accept(name, (b, s) -> Gru.backward(gates(b, s, 4), state(b, s), state(b, s), gates(b, s, 3), state(b,
                    s), null, normalised, newGates(b, s), newState(b, s)));
            cases.accept(name + ".begins", (b, s) -> Gru.backward(gates(b, s, 4), state(b, s), state(b, s), gates(b, s,
                    3), state(b, s), begins(b, s), normalised, newGates(b, s), newState(b, s)));
        }
        cases.accept("gru.backward.last.begins", (b, s) -> Gru.backward(gates(b, s, 4), state(b, s), state(b, s), null,
                null, begins(b, s), false, newGates(b, s), newState(b, s)));
        cases.accept("gru.backward.inPlace", (b, s) -> {
            Matrix passes = b.inOut(s.rows(), s.columns());
            return Gru.backward(gates(b, s, 4), state(b, s), state(b, s), gates(b, s, 3), passes, begins(b, s), false,
                    newGates(b, s), passes);
        });
    }

    private static Matrix gates(Bench b, Shape s, int count) {
        return b.in(s.rows(), (long) count * s.columns());
    }

    private static Matrix newGates(Bench b, Shape s) {
        return b.out(s.rows(), 4L * s.columns());
    }

    private static Matrix state(Bench b, Shape s) {
        return b.in(s.rows(), s.columns());
    }

    private static Matrix newState(Bench b, Shape s) {
        return b.out(s.rows(), s.columns());
    }

    /** 0 or 1, as often, or a value of the case. */
    private static Matrix begins(Bench b, Shape s) {
        return b.rowNumbers(s.rows(), 2);
    }
}
