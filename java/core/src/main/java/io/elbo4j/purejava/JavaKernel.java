package io.elbo4j.purejava;

import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A static method of this package and its argument, an operation. For the record {@code Rows.Fill} of {@code
 * io.elbo4j.operation} it is {@code Rows.fill(Fill, long, long)}.
 */
final class JavaKernel implements Kernel {
    private static final ClassValue<MethodHandle> METHODS = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> operation) {
            return method(operation);
        }
    };

    private final MethodHandle method;
    private final Operation operation;

    /** @throws IllegalStateException if there is no such method */
    JavaKernel(Operation operation) {
        this.method = METHODS.get(operation.getClass());
        this.operation = operation;
    }

    private static MethodHandle method(Class<?> operation) {
        String of = operation.getName().substring(operation.getPackageName().length() + 1).replaceAll("\\$.*", "");
        String capitalised = operation.getSimpleName();
        String name = Character.toLowerCase(capitalised.charAt(0)) + capitalised.substring(1);
        try {
            return MethodHandles.lookup().findStatic(Class.forName(JavaKernel.class.getPackageName() + "." + of), name,
                    MethodType.methodType(void.class, operation, long.class, long.class))
                    .asType(MethodType.methodType(void.class, Operation.class, long.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("backend java has no kernel for operation " + operation.getName()
                    + ": there is no " + of + "." + name + "(" + capitalised + ", long, long) in "
                    + JavaKernel.class.getPackageName(), e);
        }
    }

    /** The operation itself has what changes. */
    @Override
    public void prepare() {}

    @Override
    public void run(long begin, long end) {
        try {
            method.invokeExact(operation, begin, end);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // kernels declare no exceptions
        }
    }
}
