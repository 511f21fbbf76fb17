package io.elbo4j.purejava;

import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A static method of this package and its argument, an operation. For the record {@code Rows.Fill} of {@code
 * io.elbo4j.operation} it is {@code Rows.fill(Fill, long, long)}.
 */
final class JavaKernel implements Kernel {
    /** Such a method. */
    interface Method {
        void run(Operation operation, long begin, long end);
    }

    private static final ClassValue<Method> METHODS = new ClassValue<>() {
        @Override
        protected Method computeValue(Class<?> operation) {
            return method(operation);
        }
    };

    private final Method method;
    private final Operation operation;

    /** @throws IllegalStateException if there is no such method */
    JavaKernel(Operation operation) {
        this.method = METHODS.get(operation.getClass());
        this.operation = operation;
    }

    /** Made as a lambda expression is: a method handle that is no constant costs memory at its 127th call. */
    private static Method method(Class<?> operation) {
        String of = operation.getName().substring(operation.getPackageName().length() + 1).replaceAll("\\$.*", "");
        String capitalised = operation.getSimpleName();
        String name = Character.toLowerCase(capitalised.charAt(0)) + capitalised.substring(1);
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodType type = MethodType.methodType(void.class, operation, long.class, long.class);
        try {
            MethodHandle kernel = lookup.findStatic(Class.forName(JavaKernel.class.getPackageName() + "." + of), name,
                    type);
            return (Method) LambdaMetafactory.metafactory(lookup, "run", MethodType.methodType(Method.class),
                    type.changeParameterType(0, Operation.class), kernel, type).getTarget().invokeExact();
        } catch (Throwable e) {
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
        method.run(operation, begin, end);
    }
}
