var trained = io.elbo4j.train.run.Trained.load(Path.of("runs/sprites-1"), io.elbo4j.Backends.open("auto", 1))
trained.scorer().score(new float[1024]).elbo()
