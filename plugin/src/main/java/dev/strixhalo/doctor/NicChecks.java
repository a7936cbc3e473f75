package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.Nic;
import dev.strixhalo.host.Reading;
import java.util.List;
import java.util.Locale;

/** The card behind the fabric address. */
final class NicChecks {
    private static final String SOURCE = "setup guide, sections 3 and 4.3";

    private NicChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "fabric-interface",
                        Area.NIC,
                        "Exactly one interface has to carry the fabric address, and it has to be up.",
                        SOURCE,
                        "The interface is found by <fabricAddress>. An interface that is up without a cable in it counts as "
                                + "down. If <fabricInterface> is set, it has to be the one that was found.",
                        NicChecks::carrier),
                Check.always(
                        "link-speed",
                        Area.NIC,
                        "Tensor parallelism moves every layer's result over this link.",
                        SOURCE,
                        "The speed is what the card negotiated (/sys/class/net/IF/speed, in Mbit/s).",
                        NicChecks::speed),
                Check.rdma(
                        "nic-driver",
                        Area.NIC,
                        "The guide and its numbers are those of Intel's driver ice.",
                        SOURCE,
                        "Cards of other makers do RDMA as well (mlx5_core for instance); what is said here of firmware and "
                                + "modes is then not about them.",
                        NicChecks::driver),
                Check.rdma(
                        "nic-firmware",
                        Area.NIC,
                        "The setup guide wants it, and suspects older firmware of the E810 first when the link makes trouble.",
                        "setup guide, section 4.2; ethtool(8)",
                        "The first word of the firmware-version that 'ethtool -i' prints is the version of the NVM, as in "
                                + "'4.91 0x800214b5 1.3909.0'. Only cards with the driver ice are judged.",
                        NicChecks::firmware),
                Check.rdma(
                        "same-nic-firmware",
                        Area.NIC,
                        "Cards that talk to each other should run the same firmware.",
                        "setup guide, section 4.2; ethtool(8)",
                        "Compared is the whole line of 'ethtool -i', with the number of the image.",
                        s -> s.sameOnAll(
                                facts -> facts.nic().fold(Nic::firmware, Reading::absent),
                                true,
                                "bring the older card to the newer firmware, an E810 with nvmupdate64e")),
                Check.rdma(
                        "pcie-link",
                        Area.NIC,
                        "A card in a narrow slot cannot reach its own speed.",
                        SOURCE,
                        "The slots of Strix Halo machines have four lanes of generation 4: about 63 Gbit/s. Fewer lanes or an "
                                + "older generation are often a riser or a BIOS setting.",
                        NicChecks::pcie));
    }

    private static Judgement carrier(Subject subject) {
        var address = subject.node().fabric().address();
        return Judgement.of(subject.facts().interfaces(), interfaces -> {
            var carriers = interfaces.stream().filter(i -> i.carries(address)).toList();
            var wanted = "one, up, with " + subject.node().fabric();
            var give = NetworkFix.address(subject, "IF");
            if (carriers.isEmpty()) return Judgement.fail("none has " + address, wanted, give);
            var names = String.join(" ", carriers.stream().map(i -> i.name()).toList());
            if (carriers.size() > 1) {
                return Judgement.fail(names + " all have it", wanted, "take %s off all but one".formatted(address));
            }
            var pinned = subject.node().fabricInterface();
            if (pinned != null && !pinned.equals(names)) {
                return Judgement.fail(
                        "%s, not %s".formatted(names, pinned),
                        wanted,
                        "correct <fabricInterface>, or leave it out and it is found");
            }
            return Judgement.okOrFail(
                    carriers.get(0).up(),
                    names + (carriers.get(0).up() ? "" : " is down"),
                    wanted,
                    "look at the cable, then: sudo ip link set %s up".formatted(names));
        });
    }

    private static Judgement speed(Subject subject) {
        int least = subject.wanted().linkMegabits();
        return Judgement.of(
                subject.facts().nic(),
                nic -> Judgement.of(
                        nic.speed(),
                        speed -> Judgement.okOrWarn(
                                speed >= least,
                                gigabits(speed),
                                gigabits(least) + " or more",
                                "look at cable and card: sudo ethtool " + nic.name())));
    }

    private static String gigabits(int megabits) {
        return megabits % 1000 == 0
                ? megabits / 1000 + " Gbit/s"
                : String.format(Locale.ROOT, "%.1f Gbit/s", megabits / 1000.0);
    }

    private static Judgement driver(Subject subject) {
        if (subject.cluster().link() == Link.INFINIBAND)
            return Judgement.skip("native InfiniBand has drivers of its own");
        return Judgement.of(
                subject.facts().nic(),
                nic -> Judgement.of(
                        nic.driver(),
                        driver -> Judgement.okOrWarn(
                                driver.equals("ice"), driver, "ice", "see whether the rows of rdma are ok")));
    }

    private static Judgement firmware(Subject subject) {
        var least = subject.wanted().nicFirmware();
        return Judgement.of(subject.facts().nic(), nic -> {
            if (!nic.driver().find().orElse("").equals("ice")) return Judgement.skip("not a card with the driver ice");
            return Judgement.of(nic.firmware(), firmware -> {
                var version = firmware.split(" ")[0];
                if (!Versions.comparable(version)) return Judgement.skip("no version in '%s'".formatted(firmware));
                return Judgement.okOrWarn(
                        Versions.atLeast(version, least),
                        version,
                        least + " or newer",
                        "Intel's NVM update tool for the E810: nvmupdate64e");
            });
        });
    }

    private static Judgement pcie(Subject subject) {
        return Judgement.of(subject.facts().nic(), nic -> Judgement.of(nic.pcie(), pcie -> judged(nic, pcie)));
    }

    private static Judgement judged(Nic nic, Nic.Pcie pcie) {
        var found = "%s, %.0f Gbit/s".formatted(pcie, pcie.gigabits());
        return Judgement.okOrWarn(
                pcie.width() >= 4 && pcie.gigatransfers() >= 16,
                found,
                "x4 at 16 GT/s or better, 63 Gbit/s",
                "look at slot, riser and BIOS: sudo lspci -vv -s %s | grep LnkSta"
                        .formatted(nic.bus().find().orElse("BUS")));
    }
}
