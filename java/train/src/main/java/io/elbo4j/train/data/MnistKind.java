package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.List;

/** {@code mnist=DIR}: the split of the IDX files of MNIST, EMNIST or QMNIST. */
final class MnistKind extends DataKind {
    MnistKind() {
        super("mnist", "DIR");
    }

    @Override
    public List<Path> files(String at) {
        return IdxFolder.find(Path.of(at)).files();
    }

    @Override
    Path whole(String at) {
        return IdxFolder.find(Path.of(at)).testImages();
    }

    @Override
    public boolean isLabelled() {
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        IdxFolder files = IdxFolder.find(Path.of(at));
        DataSource images = images(files, request.progress());
        return request.arrays().contains(Images.LABEL) ? labelled(images, files) : images;
    }

    @Override
    Images validation(String at, DataRequest request, List<String> notes) {
        DataSource source = read(at, request);
        notes.addAll(source.notes());
        return source.test();
    }

    /** Two files are one reading. */
    private static DataSource images(IdxFolder files, ReadProgress progress) {
        Path train = files.trainImages();
        Path test = files.testImages();
        long trainBytes = train.toFile().length();
        long testBytes = test.toFile().length();
        return new DataSource(IdxReader.images(train, (done, of) -> progress.at(done, of + testBytes)),
                IdxReader.images(test, (done, of) -> progress.at(trainBytes + done, trainBytes + of)), files.notes());
    }

    private static DataSource labelled(DataSource images, IdxFolder files) {
        int[] train = IdxReader.labels(files.trainLabels());
        int[] test = IdxReader.labels(files.testLabels());
        int classes = Math.max(Labels.classes(train), Labels.classes(test));
        return images.with(
                images.train().with(Images.LABEL, Labels.oneHot(files.trainLabels().toString(), train, classes)),
                images.test().with(Images.LABEL, Labels.oneHot(files.testLabels().toString(), test, classes)));
    }
}
