package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what with a file that is about to be replaced, for the new one to allow the same.
 *
 * @param old of the file; null if there is none, or the file system knows no POSIX permissions
 */
record FilePermissions(@Nullable PosixFileAttributes old) {
    static FilePermissions of(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return new FilePermissions(view == null || Files.notExists(file) ? null : view.readAttributes());
    }

    /** Nobody else opens the new file before {@link #applyTo} has said who may. */
    FileAttribute<?>[] whileWritten() {
        return old == null ? new FileAttribute<?>[0] : new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))};
    }

    /** Owner and group stay if this user may give files to them. */
    void applyTo(Path file) throws IOException {
        if (old == null) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        try {
            view.setGroup(old.group());
            view.setOwner(old.owner());
        } catch (IOException e) {
            // then the file belongs to who writes it, as every new file does
        }
        view.setPermissions(old.permissions());
    }
}
