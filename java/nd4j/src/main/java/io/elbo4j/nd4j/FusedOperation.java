package io.elbo4j.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
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
 */
abstract class FusedOperation extends DynamicCustomOp {
    private record Pending(FusedOperation operation, OpContext context) { }

    private static final ThreadLocal<Pending> PENDING = new ThreadLocal<>();

    /** For SameDiff, which makes operations of a graph that it loads or copies. */
    protected FusedOperation() { }

    protected FusedOperation(SameDiff sd, SDVariable... inputs) {
        super(sd, inputs);
    }

    /** Lets SameDiff find the operation by its name when it loads or copies a graph. */
    static void register(FusedOperation operation) {
        ImportClassMapping.getOpNameMapping().put(operation.opName(), operation);
    }

    @Override
    public abstract String opName();

    /** The types of the results. */
    protected abstract DataType[] resultTypes();

    /** The shapes of the results, in the order of {@link #resultTypes}. */
    protected abstract long[][] resultShapes(List<INDArray> inputs);

    protected abstract void run(List<INDArray> inputs, List<INDArray> results);

    @Override
    public int getNumOutputs() {
        return resultTypes().length;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputTypes) {
        return List.of(resultTypes());
    }

    @Override
    public List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
        if (context == null) {
            throw new IllegalStateException(opName() + " runs in a graph of SameDiff only, not in its eager mode");
        }
        // noop has no results, and ND4J would compare ours with them
        context.shapeFunctionOverride(true);
        PENDING.set(new Pending(this, context));
        long[][] shapes = resultShapes(context.getInputArrays());
        DataType[] types = resultTypes();
        LongShapeDescriptor[] results = new LongShapeDescriptor[shapes.length];
        Arrays.setAll(results, i -> LongShapeDescriptor.fromShape(shapes[i], types[i]));
        return List.of(results);
    }

    @Override
    public long opHash() {
        Pending pending = PENDING.get();
        if (pending != null && pending.operation() == this) {
            PENDING.remove();
            run(pending.context().getInputArrays(), pending.context().getOutputArrays());
        }
        return Nd4j.getExecutioner().getCustomOperations().get("noop").getHash();
    }

    /** What an operation is, its integer arguments say: ND4J saves them, and would save any other field too. */
    @Override
    public Map<String, Object> propertiesForFunction() {
        return Map.of();
    }

    @Override
    public void setPropertiesForFunction(Map<String, Object> properties) {
        // there are none
    }
}
