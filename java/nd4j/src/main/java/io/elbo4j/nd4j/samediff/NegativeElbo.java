package io.elbo4j.nd4j.samediff;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** logLikelihood, kl -> the mean of kl - logLikelihood. */
public final class NegativeElbo extends FusedOperation {
    @Override
    public String opName() {
        return "elbo4j_negative_elbo";
    }

    @Override
    long[] resultShape(int result, List<INDArray> in) {
        return new long[] {};
    }

    @Override
    void run(List<INDArray> in, List<INDArray> out) {
        INDArray logLikelihood = in.get(0);
        INDArray kl = in.get(1);
        if (!onePerRow(logLikelihood) || !onePerRow(kl) || logLikelihood.length() != kl.length() || kl.isEmpty()) {
            throw new IllegalArgumentException("negativeElbo: logLikelihood and kl must have one number per row of one"
                    + " batch, shapes of [B] or [B, 1] with B > 0, not " + Arrays.toString(logLikelihood.shape())
                    + " and " + Arrays.toString(kl.shape()));
        }
        out.get(0).assign((sum(kl) - sum(logLikelihood)) / kl.length());
    }

    private static boolean onePerRow(INDArray array) {
        return array.rank() > 0 && array.length() == array.size(0);
    }

    private static double sum(INDArray perRow) {
        return perRow.castTo(DataType.DOUBLE).sumNumber().doubleValue();
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> d) {
        return List.of(new Gradient().of(arg(0), arg(1), outputVariable(), d.get(0)));
    }

    /** logLikelihood, kl, the loss (only so that {@code fit()} has it computed, and reports it), its gradient. */
    public static final class Gradient extends FusedOperation {
        @Override
        public String opName() {
            return "elbo4j_negative_elbo_bp";
        }

        @Override
        public int getNumOutputs() {
            return 2;
        }

        @Override
        void run(List<INDArray> in, List<INDArray> out) {
            double d = in.get(3).getDouble(0) / in.get(0).length();
            out.get(0).assign(-d);
            out.get(1).assign(d);
        }
    }
}
