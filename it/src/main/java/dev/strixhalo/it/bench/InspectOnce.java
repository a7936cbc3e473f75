package dev.strixhalo.it.bench;

import dev.strixhalo.rccl.elf.LocalFiles;
import dev.strixhalo.rccl.library.Inspection;

/** One look into a library and nothing else, for a virtual machine of its own with a small heap. */
final class InspectOnce {
    private InspectOnce() {}

    /** Prints the GPUs that the library has code for, and how many code objects had their headers read. */
    public static void main(String[] arguments) throws Exception {
        var seen = Inspection.of(new LocalFiles(), arguments[0], Inspection::isNccl, target -> true);
        long read = seen.device().objects().stream()
                .filter(object -> object.flags() != null)
                .count();
        System.out.println(String.join(" ", seen.device().targets()) + ", headers read: " + read);
    }
}
