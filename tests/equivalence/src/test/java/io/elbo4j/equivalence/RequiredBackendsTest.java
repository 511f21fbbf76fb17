package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** What is not there is not compared, and nothing would be red: {@code -Delbo4j.require} says what must be there. */
class RequiredBackendsTest {
    @Test
    void whatIsRequiredIsThere() {
        BackendsUnderTest.require(System.getProperty("elbo4j.require", "java"));
    }

    @Test
    void whatIsNotThereIsNamed() {
        BackendsUnderTest.require("java");
        assertEquals("elbo4j.require: 'jva' is none of java, cpu, cuda, emulated-cuda, ptx",
                assertThrows(AssertionError.class, () -> BackendsUnderTest.require("java,jva")).getMessage());
    }
}
