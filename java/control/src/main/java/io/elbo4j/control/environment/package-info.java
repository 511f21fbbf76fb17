/**
 * Systems to act in, a file each: the equations of one step and nothing of agents. All of them run in batches, whose
 * noise is a function of (seed, copy, episode, step). What ends an episode is two things: terminated, the system has
 * come to an end and there is nothing after it; truncated, somebody stopped looking.
 */
@NullMarked
package io.elbo4j.control.environment;

import org.jspecify.annotations.NullMarked;
