package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class QuotedTest {
    @Test
    void plainTextStaysAsItIs() {
        assertEquals("'Zürich, 東京 \uD83D\uDE00 a\\b'", Quoted.of("Zürich, 東京 \uD83D\uDE00 a\\b"));
        assertEquals("''", Quoted.of(""));
        assertEquals("'null'", Quoted.of(null));
    }

    @Test
    void nothingEndsTheLineOrSteersATerminal() {
        assertEquals("'a\\x0Ab\\x0D\\x09\\x1B[31m\\x00\\x7F\\x85'", Quoted.of("a\nb\r\t\u001B[31m\0\u007F\u0085"));
        assertEquals("\\u2028\\u2029\\u202E\\u200B\\uFEFF", Quoted.line("\u2028\u2029\u202E\u200B\uFEFF"));
        assertEquals("\\uD83Dx\\uDE00", Quoted.line("\uD83Dx\uDE00"));
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        assertEquals("'" + "x".repeat(100) + "'", Quoted.of("x".repeat(100)));
        assertEquals("'" + "x".repeat(100) + "...' (101 characters)", Quoted.of("x".repeat(101)));
        assertEquals("'" + "x".repeat(99) + "...' (3099 characters)", Quoted.of("x".repeat(99) + "\uD83D\uDE00".repeat(
                1500)));
    }
}
