package io.elbo4j.train.quantity;

import static io.elbo4j.ArgumentException.requireGiven;

import java.util.Locale;

/**
 * An amount of information.
 *
 * @param standardError of the value; 0 where it is closed
 * @param draws by which it was estimated; 0 where it is closed
 * @param unit of the value and its standard error
 */
public record Quantity(double value, double standardError, long draws, Unit unit) {
    public Quantity {
        requireGiven("unit", unit);
    }

    static Quantity closed(double nats) {
        return new Quantity(nats, 0, 0, Unit.NATS);
    }

    /** Whether it is exact but for rounding: by a formula, or a sum over all values that matter. */
    public boolean isClosed() {
        return draws == 0;
    }

    public Quantity in(Unit other) {
        double factor = unit.nats() / other.nats();
        return new Quantity(value * factor, standardError * factor, draws, other);
    }

    /** The sum with one of another distribution, which is estimated by other draws. */
    Quantity plus(Quantity other) {
        Quantity same = other.in(unit);
        return new Quantity(value + same.value, StrictMath.hypot(standardError, same.standardError), Math.max(draws,
                same.draws), unit);
    }

    /** As "1.4189 nats" or "0.0725 nats, standard error 0.0003 of 10000 draws". */
    @Override
    public String toString() {
        String name = unit.name().toLowerCase(Locale.ROOT);
        return isClosed() ? String.format(Locale.ROOT, "%.4f %s", value, name)
                : String.format(Locale.ROOT, "%.4f %s, standard error %.4f of %d draws", value, name, standardError,
                        draws);
    }
}
