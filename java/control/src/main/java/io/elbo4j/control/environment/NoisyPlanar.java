package io.elbo4j.control.environment;

/** {@link Planar} whose moves are not quite what they should be: noise of 0.7 pixels is added to both numbers. */
public final class NoisyPlanar extends Planar {
    private static final double NOISE = 0.7;

    /** For the service loader, too. */
    public NoisyPlanar() {
        super(NOISE);
    }

    @Override
    public String name() {
        return "planar-noisy";
    }

    @Override
    public String description() {
        return "planar with noise of 0.7 pixels on each move";
    }
}
