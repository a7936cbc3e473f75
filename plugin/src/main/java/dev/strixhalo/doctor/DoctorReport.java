package dev.strixhalo.doctor;

import dev.strixhalo.base.RecordFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What all checks found on all nodes; the record {@code doctor.json}.
 *
 * @param cluster  its name
 * @param link     {@code roce}, {@code infiniband} or {@code tcp}
 * @param time     when it was looked at
 * @param nodes    names, in the order of the cluster
 * @param findings one for each check and node, in the order of the screen
 */
public record DoctorReport(String cluster, String link, Instant time, List<String> nodes, List<Finding> findings) {
    public DoctorReport {
        nodes = List.copyOf(nodes);
        findings = List.copyOf(findings);
    }

    /** Where it is written. */
    public static RecordFile<DoctorReport> file(Path records) {
        return new RecordFile<>(records.resolve("doctor.json"), "strixhalo.doctor", 1, DoctorReport.class, "doctor");
    }

    /** The findings with this verdict. */
    public List<Finding> with(Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).toList();
    }

    /** {@code 32 ok · 2 warn · 1 fail · 5 skip}. */
    public String counts() {
        return "%d ok · %d warn · %d fail · %d skip"
                .formatted(
                        with(Verdict.OK).size(),
                        with(Verdict.WARN).size(),
                        with(Verdict.FAIL).size(),
                        with(Verdict.SKIP).size());
    }
}
