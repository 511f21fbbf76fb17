package io.elbo4j.nd4j.samediff;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.imports.converters.ImportClassMapping;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An operation of SameDiff that runs here and not in ND4J's native code, which ND4J 1.0.0-M2.1 has no place for: its
 * executioner asks an operation for the shapes of its results, makes these, asks for the hash of the native operation
 * and runs that. So an operation keeps the context that the shapes are asked with, runs when asked for its hash, and
 * has ND4J's {@code noop} run after it. The context is kept by thread: threads share the operations of a graph.
 *
 * <p>What an operation is, its class says: ND4J makes one by its name and a constructor without arguments when it loads
 * or copies a graph, so both are public.
 */
abstract class FusedOperation extends DynamicCustomOp {
    private record Pending(FusedOperation operation, OpContext context) {}

    private static final ThreadLocal<Pending> PENDING = new ThreadLocal<>();

    /** Lets SameDiff find the operation by its name when it loads or copies a graph. */
    static void register(FusedOperation operation) {
        ImportClassMapping.getOpNameMapping().put(operation.opName(), operation);
    }

    @Override
    public abstract String opName();

    @Override
    public int getNumOutputs() {
        return 1;
    }

    /** The shape of a result; of a gradient, that of the input it belongs to: these come first, in the same order. */
    long[] resultShape(int result, List<INDArray> inputs) {
        return inputs.get(result).shape();
    }

    abstract void run(List<INDArray> inputs, List<INDArray> results);

    /** Adds the operation to the graph of its inputs, which are right. */
    final SDVariable[] of(SDVariable... inputs) {
        sameDiff = inputs[0].getSameDiff();
        ownName = sameDiff.getOpName(opName());
        sameDiff.addArgsFor(inputs, this);
        return outputVariables();
    }

    @Override
    public final List<DataType> calculateOutputDataTypes(List<DataType> inputTypes) {
        return Collections.nCopies(getNumOutputs(), DataType.FLOAT);
    }

    @Override
    public final List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
        // noop has no results, and ND4J would compare ours with them
        context.shapeFunctionOverride(true);
        PENDING.set(new Pending(this, context));
        return resultShapes(context.getInputArrays()).stream()
                .map(shape -> LongShapeDescriptor.fromShape(shape, DataType.FLOAT)).toList();
    }

    @Override
    public final long opHash() {
        Pending pending = PENDING.get();
        if (pending != null && pending.operation() == this) {
            PENDING.remove();
            run(pending.context().getInputArrays(), pending.context().getOutputArrays());
        }
        return Nd4j.getExecutioner().getCustomOperations().get("noop").getHash();
    }

    /** Called when the results are added to a graph; in eager mode they are computed at once, without a context. */
    @Override
    public final void computeArrays() {
        if (!sameDiff.isEagerMode()) {
            return;
        }
        List<INDArray> inputs = Arrays.stream(args()).map(this::eager).toList();
        List<INDArray> results = resultShapes(inputs).stream()
                .map(shape -> Nd4j.createUninitialized(DataType.FLOAT, shape)).toList();
        run(inputs, results);
        for (int i = 0; i < outputVariables.length; i++) {
            outputVariables[i].setShape(results.get(i).shape());
            sameDiff.setEagerArrForVarName(outputVariables[i].name(), results.get(i));
        }
    }

    private INDArray eager(SDVariable input) {
        INDArray array = input.getArr();
        if (array == null) {
            array = sameDiff.getEagerArrForVarName(input.name());
        }
        if (array == null) {
            throw new IllegalStateException(opName() + ": in eager mode " + input.name() + " must have an array: give a"
                    + " placeholder one with sd.associateArrayWithVariable(array, name) first");
        }
        return array;
    }

    private List<long[]> resultShapes(List<INDArray> inputs) {
        return IntStream.range(0, getNumOutputs()).mapToObj(i -> resultShape(i, inputs)).toList();
    }

    /** ND4J saves them, and would save any field without this. */
    @Override
    public final Map<String, Object> propertiesForFunction() {
        return Map.of();
    }

    @Override
    public final void setPropertiesForFunction(Map<String, Object> properties) {
        // there are none
    }
}
