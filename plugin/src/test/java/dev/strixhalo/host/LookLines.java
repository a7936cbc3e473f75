package dev.strixhalo.host;

import dev.strixhalo.base.RecordFile;

/** Lines that the scripts of a look print. */
public final class LookLines {
    private LookLines() {}

    /** The answer of a probe whose program ended well. */
    public static String answer(String probe, String out) {
        return answer(probe, 0, out, "");
    }

    /** The answer of a probe. */
    public static String answer(String probe, int code, String out, String err) {
        return RecordFile.json()
                .createObjectNode()
                .put("probe", probe)
                .put("code", code)
                .put("out", out)
                .put("err", err)
                .toString();
    }
}
