package dev.strixhalo.remote;

import java.math.BigInteger;
import java.security.SecureRandom;

/** Words that nobody prints by chance. */
final class Token {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Token() {}

    static String random() {
        return "strixhalo" + new BigInteger(96, RANDOM).toString(36);
    }
}
