package dev.strixhalo.deploy;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.NodeFacts;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A gate that a node passed; it need not be passed again while nothing has changed.
 *
 * @param key     {@link Gate#key}
 * @param summary what was answered
 * @param when    it was passed
 */
record GateRecord(String key, String summary, Instant when) {
    static final RecordFile<GateRecord> FILE =
            new RecordFile<>(Path.of("gate.json"), "strixhalo.gate", 1, GateRecord.class, "deploy");

    /** Whether this node has passed this gate already; a record that cannot be understood counts as none. */
    static boolean passed(NodeFacts facts, String key) {
        if (facts.gate().isEmpty()) return false;
        try {
            return FILE.parse(facts.gate().get()).key().equals(key);
        } catch (StrixhaloException e) {
            // Written by another version: the gate is asked anew, which costs seconds and is always right.
            return false;
        }
    }
}
