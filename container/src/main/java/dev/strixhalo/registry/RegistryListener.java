package dev.strixhalo.registry;

/** Hears what a registry does; called from many threads at once, so it must be thread-safe and quick. */
public interface RegistryListener {
    /** A blob is under way: at its start, some times a second, and at its end. */
    void moved(Transfer transfer);

    /** A request was answered, or broke off. */
    default void answered(Access access) {}

    /** Hears nothing. */
    RegistryListener SILENT = transfer -> {};
}
