package dev.strixhalo.doctor;

import java.util.List;

/**
 * The values that nodes are measured by.
 *
 * @param kernel          oldest kernel without a warning
 * @param linuxFirmware   oldest linux-firmware, a date such as {@code 20260410}
 * @param nicFirmware     oldest firmware of the card
 * @param vramBytes       most that the BIOS may carve out for the GPU
 * @param gttShare        least share of RAM that the GPU has to reach, 0 to 1; below it is a failure
 * @param gttBytes        what the GPU should reach on a machine with 128 GiB
 * @param kernelArguments wanted ones, as on the kernel's command line
 * @param linkMegabits    slowest link without a warning, Mbit/s
 * @param mtu             of the fabric, bytes
 * @param openFiles       least limit
 * @param processes       least limit
 * @param diskBytes       least room for weights
 * @param imageBytes      least room for the image, before the first deploy
 * @param ports           of TCP that a launch will listen on
 */
public record Wanted(
        String kernel,
        String linuxFirmware,
        String nicFirmware,
        long vramBytes,
        double gttShare,
        long gttBytes,
        List<String> kernelArguments,
        int linkMegabits,
        int mtu,
        long openFiles,
        long processes,
        long diskBytes,
        long imageBytes,
        List<Integer> ports) {
    private static final long GIB = 1L << 30;

    /** What the setup guide and the trials after it say. */
    public static final Wanted STANDARD = new Wanted(
            "6.18.4",
            "20260410",
            "4.91",
            512L << 20,
            0.6,
            120 * GIB,
            List.of("iommu=pt", "pci=realloc", "pcie_aspm=off", "amdgpu.gttsize=126976", "ttm.pages_limit=32505856"),
            25_000,
            9000,
            65536,
            16384,
            25 * GIB,
            36 * GIB,
            List.of(6379, 8000));

    public Wanted {
        kernelArguments = List.copyOf(kernelArguments);
        ports = List.copyOf(ports);
        if (gttShare < 0 || gttShare > 1) throw new IllegalArgumentException("share " + gttShare);
    }
}
