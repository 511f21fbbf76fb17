/** A user of elbo4j, on the module path: what the modules do not export fails here. */
module example {
    requires io.elbo4j.train;
}
