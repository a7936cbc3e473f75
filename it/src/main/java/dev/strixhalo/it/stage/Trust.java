package dev.strixhalo.it.stage;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What an owner of nodes does for a registry whose certificate comes from an authority of the house. */
public final class Trust {
    private Trust() {}

    /** Makes podman on these machines trust the registry. */
    public static void registry(UpstreamRegistry registry, List<Machine> machines) throws StrixhaloException {
        String certificate;
        try {
            certificate = Files.readString(registry.certificateAuthority());
        } catch (IOException e) {
            throw new IllegalStateException("the certificate of the registry that runs", e);
        }
        for (var machine : machines) {
            var folder = machine.home() + "/.config/containers/certs.d/" + registry.host();
            machine.program(List.of("sh", "-c", "mkdir -p \"$1\" && cat >\"$1/ca.crt\"", "sh", folder))
                    .stdin(certificate)
                    .run()
                    .orFail();
        }
    }
}
