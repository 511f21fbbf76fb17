package io.elbo4j.train;

/** log of the mean of exponentials that arrive in rounds, in float64, in the order in which they arrive. */
final class LogMeanExpStream {
    private double maximum = Double.NEGATIVE_INFINITY;
    private double sum;
    private long count;

    static LogMeanExpStream[] many(int n) {
        LogMeanExpStream[] streams = new LogMeanExpStream[n];
        for (int i = 0; i < n; i++) {
            streams[i] = new LogMeanExpStream();
        }
        return streams;
    }

    /** Adds {@code n} terms whose log-mean-exp is {@code logMean}. */
    void add(double logMean, long n) {
        count += n;
        if (logMean == Double.NEGATIVE_INFINITY) {
            return;
        }
        if (logMean > maximum) {
            sum = sum * StrictMath.exp(maximum - logMean) + n;
            maximum = logMean;
        } else {
            // equal infinities have no difference
            sum += logMean == maximum ? n : n * StrictMath.exp(logMean - maximum);
        }
    }

    double result() {
        return sum == 0 ? Double.NEGATIVE_INFINITY : maximum + StrictMath.log(sum / count);
    }
}
