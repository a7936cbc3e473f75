package dev.strixhalo.it.stage;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A secret of the rehearsal: a word that occurs nowhere by chance, so that wherever it is found, it leaked.
 *
 * @param what it is for
 */
public record Word(String what, String value) {
    public static Word random(String what) {
        var bytes = new byte[15];
        new SecureRandom().nextBytes(bytes);
        return new Word(what, "canary" + HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
        return what;
    }
}
