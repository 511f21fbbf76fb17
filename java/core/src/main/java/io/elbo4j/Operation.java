package io.elbo4j;

import io.elbo4j.layout.Layout;

/**
 * The arguments of one kernel, as a record: what a launch runs. A backend finds the kernel by the class, so that adding
 * an operation changes no table. For {@code io.elbo4j.operation.Rows.Fill} the native libraries have the structure and
 * the function {@code rows_fill}, declared in {@code native/operations/rows_fill.h} with the fields in the order of the
 * record's components, their names in snake case; the java backend has the method {@code fill(Fill, long, long)} of
 * {@code io.elbo4j.purejava.Rows}. A missing kernel and another layout are errors that name the operation.
 *
 * <p>Components are of type {@link Matrix} (nullable where the kernel says so), {@link Noise}, {@link Indices},
 * {@link AdamStep}, {@link SgdStep}, float, int, boolean, or an enum, which stands for its ordinal.
 *
 * <p>Whoever makes a record himself, instead of calling the method that checks the arguments and makes a launch, sees
 * to it that they are valid; run other than by a launch, also that no thread closes the matrices, and on a device that
 * no other thread uses the backend, until it returns.
 */
public interface Operation extends Launch.Body {
    /** How many independent items there are: rows or columns, as the record says. */
    long items();

    /**
     * Runs items {@code begin} (inclusive) to {@code end} (exclusive) on the calling thread, and writes nothing else.
     *
     * @throws IllegalStateException if the backend of the matrices has no kernel for this operation
     */
    @Override
    default void run(long begin, long end) {
        Layout.of(getClass()).backend(this).run(this, begin, end);
    }
}
