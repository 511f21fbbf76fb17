package io.elbo4j.train.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The numbers of JSON lines for TensorBoard: a file of TFRecords (length, masked CRC-32C of it, an event, masked
 * CRC-32C of that), whose events are protocol buffers of tensorflow/core/util/event.proto.
 */
final class EventFile implements AutoCloseable {
    private static final String NAME = "events.out.tfevents.";

    private final Path file;
    private final FileChannel channel;

    private EventFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Whether a run in a folder has such files. */
    static boolean areIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(f -> f.getFileName().toString().startsWith(NAME));
        } catch (IOException e) {
            throw new DataException("cannot read " + directory + ": " + DataException.reason(e), e);
        }
    }

    /**
     * A new file beside those of the run so far. TensorBoard leaves out what these have of later steps.
     *
     * @param step how many the run has done
     */
    static EventFile start(Path directory, long step) {
        // TensorBoard reads the files of a folder in the order of their names
        String seconds = String.format("%010d", System.currentTimeMillis() / 1000);
        for (int i = 0;; i++) {
            Path file = directory.resolve(NAME + seconds + ".elbo4j." + i);
            try {
                EventFile events = new EventFile(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE));
                events.write(event().text(3, "brain.Event:2"));
                // a session log whose status is START
                events.write(event().integer(2, step + 1).message(7, new Message().integer(1, 1)));
                return events;
            } catch (FileAlreadyExistsException e) {
                // of a run that began in the same second
            } catch (IOException e) {
                throw new DataException("cannot write " + file + ": " + DataException.reason(e), e);
            }
        }
    }

    private static Message event() {
        return new Message().real(1, System.currentTimeMillis() / 1e3);
    }

    /**
     * The numbers of a line, at its step: those of an object in it are of the group of its name, as {@code test/elbo},
     * those of an array as {@code test.kl_per_dimension/0}.
     *
     * @param group of the line's own
     */
    void add(String group, JsonObject line) {
        Message summary = new Message();
        JsonObject rest = line.deepCopy();
        long step = rest.remove("step").getAsLong();
        add(group, rest, summary);
        try {
            write(event().integer(2, step).message(5, summary));
        } catch (IOException e) {
            throw new DataException("cannot write " + file + ": " + DataException.reason(e), e);
        }
    }

    private static void add(String group, JsonObject object, Message summary) {
        object.entrySet().forEach(entry -> {
            String name = entry.getKey();
            JsonElement value = entry.getValue();
            if (value.isJsonObject()) {
                add(name, value.getAsJsonObject(), summary);
            } else if (value.isJsonArray()) {
                for (int i = 0; i < value.getAsJsonArray().size(); i++) {
                    add(group + "." + name + "/" + i, value.getAsJsonArray().get(i), summary);
                }
            } else {
                add(group + "/" + name, value, summary);
            }
        });
    }

    private static void add(String tag, JsonElement value, Message summary) {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
            summary.message(1, new Message().text(1, tag).real32(2, value.getAsFloat()));
        }
    }

    private void write(Message event) throws IOException {
        byte[] bytes = event.out.toByteArray();
        ByteBuffer record = ByteBuffer.allocate(bytes.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(bytes.length).putInt(checksum(record.array(), 8)).put(bytes).putInt(checksum(bytes,
                bytes.length)).flip();
        AtomicFile.put(channel, record);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new DataException("cannot write " + file + ": " + DataException.reason(e), e);
        }
    }

    /** Fields of a protocol-buffer message, by number. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message integer(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message real(int field, double value) {
            varint(field << 3 | 1);
            fixed(Double.doubleToLongBits(value), Double.BYTES);
            return this;
        }

        Message real32(int field, float value) {
            varint(field << 3 | 5);
            fixed(Float.floatToIntBits(value), Float.BYTES);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.out.toByteArray());
        }

        private Message bytes(int field, byte[] value) {
            varint(field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void fixed(long bits, int count) {
            for (int i = 0; i < count; i++) {
                out.write((int) (bits >>> 8 * i));
            }
        }

        private void varint(long value) {
            long rest = value;
            for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
                out.write((int) rest & 0x7f | 0x80);
            }
            out.write((int) rest);
        }
    }
}
