package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what with a file that is about to be replaced, for the new one to allow the same.
 *
 * @param old of the file; null if there is none, or the file system knows no POSIX permissions
 */
record FilePermissions(@Nullable PosixFileAttributes old) {
    private static final Set<PosixFilePermission> GROUP = EnumSet.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE);

    static FilePermissions of(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return new FilePermissions(view == null || Files.notExists(file) ? null : view.readAttributes());
    }

    /** Nobody else opens the new file before {@link #applyTo} has said who may. */
    FileAttribute<?>[] whileWritten() {
        return old == null ? new FileAttribute<?>[0] : new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))};
    }

    /** Owner and group stay if this user may give files to them; what the group may do is for the same group only. */
    void applyTo(Path file) throws IOException {
        if (old == null) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        boolean sameGroup = tries(() -> view.setGroup(old.group()));
        // if not, the file belongs to who writes it, as every new file does
        tries(() -> view.setOwner(old.owner()));
        view.setPermissions(sameGroup ? old.permissions() : withoutGroup(old.permissions()));
    }

    static Set<PosixFilePermission> withoutGroup(Set<PosixFilePermission> all) {
        Set<PosixFilePermission> rest = new HashSet<>(all);
        rest.removeAll(GROUP);
        return rest;
    }

    private interface Change {
        void make() throws IOException;
    }

    private static boolean tries(Change change) {
        try {
            change.make();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
