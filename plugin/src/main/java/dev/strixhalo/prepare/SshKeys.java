package dev.strixhalo.prepare;

import java.util.List;

/**
 * Keys of SSH on a node; of pairs only what is public.
 *
 * @param own      what the user has as {@code ~/.ssh/id_ed25519}
 * @param text     the public key, {@code ssh-ed25519 AAAA… comment}; or why it cannot be used
 * @param hostKeys lines of {@code /etc/ssh/ssh_host_*_key.pub}
 * @param port     where our session came in; empty without SSH
 * @param home     mode of the home folder, octal
 * @param folder   mode of {@code ~/.ssh}, or {@code none}
 */
record SshKeys(Own own, String text, List<String> hostKeys, String port, String home, String folder) {
    /** Of the user's own pair. */
    enum Own {
        NONE,
        THERE,
        /** It cannot be used without a question: it has a passphrase, or is no key. */
        CLOSED,
        /** There is no ssh-keygen. */
        NO_TOOL
    }

    SshKeys {
        hostKeys = List.copyOf(hostKeys);
    }
}
