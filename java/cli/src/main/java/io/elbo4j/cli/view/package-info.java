/** The page of {@code elbo4j view}: files of runs are its only source. */
@org.jspecify.annotations.NullMarked
package io.elbo4j.cli.view;
