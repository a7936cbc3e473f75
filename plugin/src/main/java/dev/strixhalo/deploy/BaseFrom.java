package dev.strixhalo.deploy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;

/** Who fetches the base image. */
public enum BaseFrom {
    /** Each node pulls it from where it comes from. */
    NODE,
    /** This side fetches it once and every node reads along. */
    OPERATOR;

    /**
     * Reads {@code node} or {@code operator}.
     *
     * @throws StrixhaloException for any other word
     */
    public static BaseFrom parse(String text) throws StrixhaloException {
        return switch (text.strip()) {
            case "node" -> NODE;
            case "operator" -> OPERATOR;
            default ->
                throw Problem.of("<baseFrom> is '%s'.".formatted(text))
                        .fix(
                                "'node': each node pulls the base itself; 'operator': it is fetched once, through this machine")
                        .asException();
        };
    }
}
