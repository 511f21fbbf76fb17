/** What a policy is worth. */
@NullMarked
package io.elbo4j.control.evaluation;

import org.jspecify.annotations.NullMarked;
