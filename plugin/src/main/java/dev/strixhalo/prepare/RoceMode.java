package dev.strixhalo.prepare;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import java.util.List;
import java.util.Optional;

/**
 * The switch between iWARP and RoCE of an Intel card (kernel docs, networking/devlink/ice). It is lost at a reboot, so a unit
 * turns it before the network is set up.
 */
final class RoceMode {
    static final String UNIT = "/etc/systemd/system/strixhalo-roce.service";

    private RoceMode() {}

    static Optional<Remedy.Draft> draft(Host host) throws StrixhaloException {
        if (!host.wishes().roceMode() || host.cluster().link() != Link.ROCE) return Optional.empty();
        var bus = host.state().cards().get(host.fabricInterface());
        if (bus == null || !host.state().roce().containsKey(bus)) return Optional.empty();
        boolean on = host.state().roce().getOrDefault(bus, true);
        var unit = host.state().writing(UNIT, "644", """
                [Unit]
                Description=RoCE mode of the fabric card, for strixhalo
                After=systemd-modules-load.service systemd-udev-settle.service
                Before=network-pre.target
                Wants=network-pre.target

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=-/usr/sbin/devlink dev param set pci/%1$s name enable_iwarp value false cmode runtime
                ExecStart=/usr/sbin/devlink dev param set pci/%1$s name enable_roce value true cmode runtime

                [Install]
                WantedBy=multi-user.target
                """.formatted(bus));
        // On by itself: that is the card's own default, or somebody else's unit.
        if (on) return Optional.empty();
        return Remedy.Draft.of(List.of(
                Step.Command.onUndo("systemctl", "daemon-reload"),
                unit.orElseGet(() -> Step.Command.of("true")),
                Step.Command.of("systemctl", "daemon-reload"),
                Step.Command.of("systemctl", "enable", "strixhalo-roce.service")
                        .undoneBy("systemctl", "disable", "strixhalo-roce.service"),
                Step.Command.of("systemctl", "restart", "strixhalo-roce.service")
                        .undoneBy(
                                "sh",
                                "-c",
                                "systemctl stop strixhalo-roce.service; devlink dev param set \"pci/$1\" name enable_roce value"
                                        + " false cmode runtime && devlink dev param set \"pci/$1\" name enable_iwarp value true"
                                        + " cmode runtime",
                                "sh",
                                bus)));
    }
}
