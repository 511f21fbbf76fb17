package io.elbo4j.cli;

/** A command that cannot go on; the message is one sentence for people, printed as it is. */
final class Failure extends RuntimeException {
    static final int USAGE = 2;
    static final int OTHER = 1;
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private Failure(int exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** The command line itself is wrong: its options do not go with each other, or with the model of a checkpoint. */
    static Failure usage(String sentence) {
        return new Failure(USAGE, sentence, null);
    }

    /** The command line is right, but what it asks for cannot be done with these files, this data or this machine. */
    static Failure because(String sentence, Throwable cause) {
        return new Failure(OTHER, sentence, cause);
    }

    int exitCode() {
        return exitCode;
    }
}
