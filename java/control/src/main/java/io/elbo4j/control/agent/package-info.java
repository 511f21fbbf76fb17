/** Agents: each a page that reads as its equations. */
@NullMarked
package io.elbo4j.control.agent;

import org.jspecify.annotations.NullMarked;
