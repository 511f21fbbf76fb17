package io.elbo4j.train.graph;

/**
 * Numbers of which an objective is made: one for each row, in nats.
 *
 * @param owner the node that computes it
 * @param role what it is
 * @param rows what it has a number for
 */
public record Term(Node owner, Role role, Rows rows) {
    /** Kinds of terms. */
    public enum Role {
        /** log p(x | z), of what is observed */
        LOG_LIKELIHOOD("log-likelihood"),
        /** KL(q || prior) of a latent variable, in closed form */
        KL("KL"),
        /** log prior(z) - log q(z) of each sample of a latent variable */
        LOG_RATIO("log p / q"),
        /** a number that is minimised, as a squared error */
        LOSS("loss"),
        /** log q(z) of each sample of a latent variable that is drawn without a path from q's parameters to z */
        LOG_Q("log q"),
        /** log q of each class of a latent variable that is enumerated: what the sample of the class weighs */
        LOG_WEIGHT("log weight");

        private final String words;

        Role(String words) {
            this.words = words;
        }

        /** What it is called in messages. */
        public String words() {
            return words;
        }
    }
}
