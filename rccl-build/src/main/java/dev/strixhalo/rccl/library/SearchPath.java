package dev.strixhalo.rccl.library;

import java.util.ArrayList;
import java.util.List;

/** Reads a RUNPATH: what in it does not belong into an installed library. */
final class SearchPath {
    /** Where packages and ROCm install to. */
    private static final List<String> INSTALLED = List.of("/usr", "/opt", "/lib", "/lib64");

    private SearchPath() {}

    /** One line for each kind of fault; empty when it is clean. */
    static List<String> faults(String path) {
        var faults = new ArrayList<String>();
        if (path.isEmpty()) return faults;
        int empty = 0;
        for (var element : path.split(":", -1)) {
            if (element.isEmpty()) {
                empty++;
            } else if (!element.startsWith("/")) {
                if (!element.startsWith("$ORIGIN") && !element.startsWith("${ORIGIN}")) {
                    faults.add("relative to wherever a program is started: " + element);
                }
            } else if (!isInstalled(element)) {
                faults.add("folder of a build: " + element);
            }
        }
        // ld.so takes an empty element for the working directory.
        if (empty > 0) faults.add("%d empty elements: the working directory".formatted(empty));
        return faults;
    }

    private static boolean isInstalled(String element) {
        return INSTALLED.stream().anyMatch(folder -> element.equals(folder) || element.startsWith(folder + "/"));
    }
}
