package dev.strixhalo.it.hosts;

import dev.strixhalo.base.StrixhaloException;

/** Both machines as they were once, memory and disks: so that a fault costs no boot. */
final class Snapshots {
    private Snapshots() {}

    /** Keeps both machines as they are now. */
    static void save(Hosts hosts, String name) throws StrixhaloException {
        for (var machine : hosts.all()) {
            try (var monitor = machine.monitor()) {
                monitor.save(name);
            }
        }
    }

    /** Takes both back, and sets their clocks, which went back with them. */
    static void load(Hosts hosts, String name) throws StrixhaloException {
        for (var machine : hosts.all()) {
            try (var monitor = machine.monitor()) {
                monitor.load(name);
            }
        }
        for (var machine : hosts.all()) {
            machine.awaitBoot(Hosts.BOOT);
            machine.asRoot("date", "-s", "@" + System.currentTimeMillis() / 1000)
                    .orFail();
        }
    }
}
