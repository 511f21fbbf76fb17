package io.elbo4j.train.data;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;

/** The kinds of data that there are: ours, and those of other jars. */
public final class DataKinds {
    /** generated images */
    public static final DataKind SPRITES = new SpritesKind();
    /** IDX files in a folder */
    public static final DataKind MNIST = new MnistKind();
    /** PNG and JPEG files in a folder */
    public static final DataKind IMAGES = new ImagesKind();
    /** a NumPy array */
    public static final DataKind NPY = new NpyKind();
    /** an array of a NumPy archive */
    public static final DataKind NPZ = new NpzKind();
    /** a folder of images for each class */
    public static final DataKind CLASSES = new ClassFoldersKind();
    /** sequences of notes in a JSON file */
    public static final DataKind MUSIC = new MusicKind();

    private static final List<DataKind> OURS = List.of(SPRITES, MNIST, IMAGES, CLASSES, NPY, NPZ, MUSIC);

    /** What is done about a module that is not here, from the verb on. */
    static final String WANTED = "needs the module elbo4j-tables:"
            + " 'mvn -q -DskipTests -Ptables package -pl java/tables -am' builds it,"
            + " and the folder java/tables/target/lib is then copied beside elbo4j.jar, where it is found as lib;"
            + " or its jars are on the class path";
    /** Of java/tables, which is too large to be in every jar. */
    private static final Set<String> MODULES = Set.of("table", "h5ad", "hdf5");

    private DataKinds() {}

    /**
     * All of them, ours first.
     *
     * @throws IllegalArgumentException if one cannot be loaded, or two have the same name
     */
    public static List<DataKind> all() {
        List<DataKind> all = new ArrayList<>(OURS);
        try {
            // a thread's class loader need not know us, and ours need not know the application
            Stream.of(Thread.currentThread().getContextClassLoader(), DataKinds.class.getClassLoader()).distinct()
                    .forEach(loader -> ServiceLoader.load(DataKind.class, loader).forEach(kind -> add(all, kind)));
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("a kind of data cannot be loaded: " + e.getMessage(), e);
        }
        return List.copyOf(all);
    }

    /** What to do about a kind that is not here but in a jar of ours, the end of a sentence. */
    static String missing(String name) {
        if (!MODULES.contains(name) || all().stream().anyMatch(kind -> kind.toString().equals(name))) {
            return "";
        }
        return "; " + name + "= " + WANTED;
    }

    private static void add(List<DataKind> all, DataKind kind) {
        for (DataKind other : all) {
            if (other.getClass() == kind.getClass()) {
                return;
            }
            if (other.toString().equals(kind.toString())) {
                throw new IllegalArgumentException("two kinds of data are named '" + kind + "': "
                        + other.getClass().getName() + " and " + kind.getClass().getName());
            }
        }
        all.add(kind);
    }
}
