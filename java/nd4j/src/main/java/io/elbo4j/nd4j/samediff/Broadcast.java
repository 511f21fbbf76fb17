package io.elbo4j.nd4j.samediff;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arguments of which one row (1 x D) or one number may stand for all rows of {@code mean}, and their gradients. */
final class Broadcast {
    private Broadcast() {}

    /** {@code argument} as the kernels take it: B x D or 1 x D. */
    static INDArray rows(INDArray argument, INDArray mean) {
        if (argument.length() != 1 || mean.isEmpty()) {
            return argument;
        }
        long[] row = mean.shape().clone();
        row[0] = 1;
        return Nd4j.valueArrayOf(row, argument.getFloat(0), DataType.FLOAT);
    }

    /** Where a kernel writes the gradient of each row: {@code gradient} itself, or an array to {@link #sum}. */
    static INDArray eachRow(INDArray gradient, INDArray mean) {
        boolean ofEachRow = gradient.rank() > 1 && gradient.length() == mean.length();
        return ofEachRow ? gradient : Nd4j.createUninitialized(DataType.FLOAT, mean.shape());
    }

    static void sum(INDArray eachRow, INDArray gradient) {
        if (eachRow == gradient) {
            return;
        }
        INDArray sum = eachRow.sum(true, 0);
        gradient.assign(gradient.length() == 1 ? sum.castTo(DataType.DOUBLE).sum() : sum);
        if (eachRow.closeable()) {
            eachRow.close();
        }
    }

    /** The first {@code count} arguments: mean, logVariance and the prior's, or nulls for the standard normal. */
    static INDArray[] gaussians(List<INDArray> arguments, int count) {
        INDArray[] gaussians = new INDArray[4];
        for (int i = 0; i < count; i++) {
            gaussians[i] = rows(arguments.get(i), arguments.get(0));
        }
        return gaussians;
    }

    /** {@link #eachRow} of their gradients. */
    static INDArray[] eachRow(List<INDArray> gradients) {
        INDArray[] eachRow = new INDArray[4];
        for (int i = 0; i < gradients.size(); i++) {
            eachRow[i] = eachRow(gradients.get(i), gradients.get(0));
        }
        return eachRow;
    }

    static void sum(INDArray[] eachRow, List<INDArray> gradients) {
        for (int i = 0; i < gradients.size(); i++) {
            sum(eachRow[i], gradients.get(i));
        }
    }

    /** {@code gradient} (B rows) = the sums of K rows each of {@code eachSample} (KB rows). */
    static void sumSamples(INDArray eachSample, INDArray gradient) {
        long rows = gradient.size(0);
        gradient.assign(eachSample.reshape('c', rows, eachSample.size(0) / rows, gradient.length() / rows).sum(1)
                .reshape(gradient.shape()));
    }
}
