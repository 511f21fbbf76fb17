/** Tables as data: kinds of data and writers that the command line and {@code elbo4j-train} find as services. */
package io.elbo4j.tables;
