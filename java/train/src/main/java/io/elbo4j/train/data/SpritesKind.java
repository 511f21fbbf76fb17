package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.List;

/** {@code sprites}: generated images, always the same ones; their label is the shape. */
final class SpritesKind extends DataKind {
    SpritesKind() {
        super("sprites", "");
    }

    @Override
    public List<Path> files(String at) {
        return List.of();
    }

    @Override
    public boolean isLabelled() {
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        int count = DataSource.SPRITES_TRAIN + DataSource.SPRITES_TEST;
        Images drawn = Sprites.images(DataSource.SPRITES_SEED, count, request.progress());
        Images all = request.arrays().contains(Images.LABEL) ? drawn.with(Images.LABEL, Sprites.labels(
                DataSource.SPRITES_SEED, count)) : drawn;
        return new DataSource(all.first(DataSource.SPRITES_TRAIN), all.last(DataSource.SPRITES_TEST));
    }

    @Override
    Images validation(String at, DataRequest request, List<String> notes) {
        return read(at, request).test();
    }
}
