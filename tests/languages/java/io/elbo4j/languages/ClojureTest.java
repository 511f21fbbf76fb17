package io.elbo4j.languages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clojure.java.api.Clojure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs the tests that are written in Clojure, as part of the build's own; a call by reflection is an error. */
class ClojureTest {
    @Test
    void allTestsPassWithoutReflection() {
        List<?> result = (List<?>) Clojure.var("clojure.core", "load-string").invoke("""
                (let [warnings (java.io.StringWriter.)]
                  (binding [*warn-on-reflection* true
                            *err* warnings]
                    (require 'elbo4j.vae-test))
                  (let [counts ((requiring-resolve 'clojure.test/run-tests) 'elbo4j.vae-test)]
                    [(str warnings) (:pass counts) (:fail counts) (:error counts)]))
                """);
        assertEquals(List.of("", 2L, 0L, 0L),
                result.stream().map(x -> x instanceof Number n ? n.longValue() : x).toList());
    }
}
