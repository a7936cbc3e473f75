package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import java.util.HashMap;
import java.util.List;

/**
 * The card behind the interface that carries the fabric address.
 *
 * @param name     of the interface
 * @param driver   {@code ice}, {@code mlx5_core} …; by sysfs
 * @param bus      its address on the bus, {@code 0000:c2:00.0}
 * @param firmware as {@code ethtool -i} tells it; an E810's is {@code 4.91 0x800214b5 1.3909.0} (NVM version, EETRACK,
 *                 combo image)
 * @param speed    Mbit/s, by sysfs
 * @param pcie     how it is plugged in
 * @param roce     devlink's parameter {@code enable_roce}: whether it is on, as it runs now
 */
public record Nic(
        String name,
        Reading<String> driver,
        Reading<String> bus,
        Reading<String> firmware,
        Reading<Integer> speed,
        Reading<Pcie> pcie,
        Reading<Boolean> roce) {

    /**
     * The link to the PCIe slot.
     *
     * @param width       lanes in use
     * @param gigatransfers per second and lane: 16 is generation 4
     */
    public record Pcie(int width, double gigatransfers) {
        /** What it can carry in Gbit/s, with the 128b/130b code of generation 3 and later. */
        public double gigabits() {
            return width * gigatransfers * 128 / 130;
        }

        @Override
        public String toString() {
            return "x%d at %s GT/s"
                    .formatted(
                            width,
                            gigatransfers == (int) gigatransfers
                                    ? String.valueOf((int) gigatransfers)
                                    : String.valueOf(gigatransfers));
        }
    }

    static Reading<Nic> parse(LookOutput output) {
        return output.whatever(
                "interface",
                "ip addr",
                answer -> answer.text().isEmpty()
                        ? Reading.absent("no interface carries the fabric address")
                        : Reading.of(of(answer.text(), output)));
    }

    private static Nic of(String name, LookOutput output) {
        return new Nic(
                name,
                output.reading("driver", "readlink", Nic::lastPart),
                output.reading("bus", "readlink", Nic::lastPart),
                output.reading("ethtool", "ethtool -i", answer -> firmware(answer.lines())),
                output.reading("speed", "the speed in sysfs", answer -> speed(answer.text())),
                output.whatever("pcie", "the PCIe link in sysfs", answer -> pcie(answer.lines())),
                output.reading("roce-parameter", "devlink dev param show", answer -> roce(answer.text())));
    }

    /**
     * devlink-dev(8): an array of values by cmode; {@code runtime} is what the card does now. Mellanox's have
     * {@code driverinit} alone, what the driver was started with (kernel docs, networking/devlink/mlx5).
     */
    private static Reading<Boolean> roce(String text) {
        try {
            var byMode = new HashMap<String, Boolean>();
            for (var device : RecordFile.json().readTree(text).path("param")) {
                for (var parameter : device) {
                    for (var value : parameter.path("values")) {
                        if (!value.path("value").isBoolean()) continue;
                        byMode.put(
                                value.path("cmode").asText(),
                                value.path("value").asBoolean());
                    }
                }
            }
            var now = byMode.getOrDefault("runtime", byMode.get("driverinit"));
            if (now != null) return Reading.of(now);
            return Reading.absent("devlink tells no value of enable_roce");
        } catch (JsonProcessingException e) {
            return Reading.absent("'devlink' printed no JSON: " + e.getOriginalMessage());
        }
    }

    private static Reading<String> lastPart(LookOutput.Answer answer) {
        var text = answer.text();
        var part = text.substring(text.lastIndexOf('/') + 1);
        // readlink -f prints the path itself where there is nothing to follow: a bridge or a tunnel has no device.
        return part.isEmpty() || part.equals("driver") || part.equals("device")
                ? Reading.absent("the interface has no device of its own")
                : Reading.of(part);
    }

    private static Reading<String> firmware(List<String> lines) {
        for (var line : lines) {
            if (!line.startsWith("firmware-version:")) continue;
            var value = line.substring("firmware-version:".length()).strip();
            return value.isEmpty() || value.equals("N/A")
                    ? Reading.absent("the driver tells no firmware version")
                    : Reading.of(value);
        }
        return Reading.absent("'ethtool -i' names no firmware-version");
    }

    /** The kernel says -1 where it does not know, as with virtual cards and links that are down. */
    private static Reading<Integer> speed(String text) {
        return text.matches("\\d{1,9}") && !text.equals("0")
                ? Reading.of(Integer.parseInt(text))
                : Reading.absent("the kernel does not know the speed of this interface");
    }

    private static Reading<Pcie> pcie(List<String> lines) {
        int width = 0;
        double speed = 0;
        for (var entry : SysfsFiles.parse(lines)) {
            if (entry.fromEnd(0).equals("current_link_width")) width = (int) Math.min(entry.number(), 64);
            // "16.0 GT/s PCIe"; before Linux 5.7 "8 GT/s".
            var word = entry.text().split(" ")[0];
            if (entry.fromEnd(0).equals("current_link_speed") && word.matches("\\d{1,3}(\\.\\d+)?")) {
                speed = Double.parseDouble(word);
            }
        }
        return width > 0 && speed > 0
                ? Reading.of(new Pcie(width, speed))
                : Reading.absent("the card is not on PCIe, or sysfs does not tell its link");
    }
}
