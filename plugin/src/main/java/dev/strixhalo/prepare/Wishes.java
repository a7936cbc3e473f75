package dev.strixhalo.prepare;

import dev.strixhalo.doctor.Wanted;

/**
 * What the user wants changed, and to which values.
 *
 * @param wanted          the values that doctor measures by, too
 * @param packages        whether packages may be installed
 * @param roceMode        whether a card in iWARP mode is switched to RoCE
 * @param kernelArguments whether the boot loader is told the kernel's arguments
 * @param oomd            whether systemd-oomd and earlyoom are switched off
 * @param suspend         whether suspend is forbidden
 * @param nodeKeys        whether the users of the nodes may log in to each other's by keys
 */
public record Wishes(
        Wanted wanted,
        boolean packages,
        boolean roceMode,
        boolean kernelArguments,
        boolean oomd,
        boolean suspend,
        boolean nodeKeys) {
    /** The guide's values, and nothing that has to be asked for. */
    public static final Wishes STANDARD = new Wishes(Wanted.STANDARD, true, true, true, false, false, false);
}
