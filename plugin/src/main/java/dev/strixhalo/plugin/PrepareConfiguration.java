package dev.strixhalo.plugin;

import dev.strixhalo.doctor.Wanted;
import dev.strixhalo.prepare.Wishes;
import org.jspecify.annotations.Nullable;

/** The element {@code <prepare>}, as Maven fills it. */
public final class PrepareConfiguration {
    /** Whether packages may be installed. */
    private boolean packages = true;

    /** Whether a card in iWARP mode is switched to RoCE, now and at every start; for link roce. */
    private boolean roceMode = true;

    /** Whether the boot loader is told the arguments of the kernel that doctor wants. */
    private boolean kernelArguments = true;

    /** Whether systemd-oomd and earlyoom are switched off; they end what uses most memory. */
    private boolean oomd = false;

    /** Whether suspend is forbidden to everyone. */
    private boolean suspend = false;

    /** Whether the user of each node gets a key by which it may log in to the others (ssh without a password), and knows their host keys. */
    private boolean nodeKeys = false;

    /** Server of settings.xml whose password is the node user's for sudo, for example {@code strix-sudo}; unless set, STRIXHALO_SUDO_PASSWORD. */
    private @Nullable String sudoServer;

    Wishes toWishes(Wanted wanted) {
        return new Wishes(wanted, packages, roceMode, kernelArguments, oomd, suspend, nodeKeys);
    }

    @Nullable
    String sudoServer() {
        return sudoServer == null || sudoServer.isBlank() ? null : sudoServer.strip();
    }
}
