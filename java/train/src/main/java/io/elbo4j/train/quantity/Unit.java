package io.elbo4j.train.quantity;

/** What information is measured in. */
public enum Unit {
    /** By natural logarithms. */
    NATS(1),
    /** By logarithms to the base 2. */
    BITS(StrictMath.log(2));

    private final double nats;

    Unit(double nats) {
        this.nats = nats;
    }

    /** One of these. */
    double nats() {
        return nats;
    }
}
