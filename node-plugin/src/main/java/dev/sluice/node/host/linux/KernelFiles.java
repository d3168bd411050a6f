package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Small files of sysfs and configfs: one value each, and folders that are objects. */
final class KernelFiles {
    private KernelFiles() {}

    /** Without the newline; empty when there is no such file, or the object went away meanwhile. */
    static Optional<String> find(Path file) {
        try {
            return Optional.of(
                    Files.readString(file, StandardCharsets.ISO_8859_1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static String read(Path file) {
        return find(file).orElseThrow(() -> new SluiceException(ErrorKind.HOST, "cannot read " + file));
    }

    /** Exactly these bytes: configfs keeps a newline as part of a name or secret. The value is never in a message, it may be a secret. */
    static void write(Path file, String value) {
        try {
            Files.writeString(file, value, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw failure("write", file, e);
        }
    }

    /** Names, sorted; none when there is no such folder. */
    static List<String> names(Path folder) {
        return names(folder, "*");
    }

    static List<String> names(Path folder, String glob) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw failure("list", folder, e);
        }
        Collections.sort(names);
        return names;
    }

    static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw failure("make", folder, e);
        }
    }

    static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw failure("link", link, e);
        }
    }

    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw failure("remove", path, e);
        }
    }

    private static SluiceException failure(String verb, Path path, IOException e) {
        return new SluiceException(ErrorKind.HOST, "cannot " + verb + " " + path + ": " + e.getMessage(), e);
    }
}
