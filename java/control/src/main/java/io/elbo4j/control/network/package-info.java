/** Networks of agents, policies and models. */
@NullMarked
package io.elbo4j.control.network;

import org.jspecify.annotations.NullMarked;
