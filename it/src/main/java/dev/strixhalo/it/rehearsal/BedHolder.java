package dev.strixhalo.it.rehearsal;

import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.BedSettings;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that has a bed and waits to be killed; {@link Ends} does that. */
final class BedHolder {
    static final String UP = "up";

    private BedHolder() {}

    public static void main(String[] arguments) throws Exception {
        try (var bed = Bed.create(BedSettings.in(Path.of(arguments[0])))) {
            if (bed.nodes().isEmpty()) throw new IllegalStateException("a bed without nodes");
            System.out.println(UP);
            new CountDownLatch(1).await();
        }
    }
}
