package dev.strixhalo.rccl.library;

import dev.strixhalo.base.Problem;
import dev.strixhalo.rccl.elf.CodeObject;
import dev.strixhalo.rccl.elf.DeviceCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Judges the code for GPUs: is there some for the one that is wanted, and is it what it says. */
final class DeviceVerdict {
    private static final String BUILD = "build it for %s: mvn strixhalo:build-rccl";

    private DeviceVerdict() {}

    static List<Problem> problems(DeviceCode device, String target) {
        var problems = new ArrayList<Problem>();
        if (!device.reaches(target)) {
            problems.add(unreached(device, target).fix(BUILD.formatted(target)));
        }
        for (var object : device.objects()) {
            if (object.header() != CodeObject.Header.DIFFERS) continue;
            problems.add(Problem.of("The library's code for %s is not for %s: the GPU would refuse it."
                            .formatted(object.target(), object.target()))
                    .found("%s has e_flags 0x%x, %s"
                            .formatted(
                                    object.id(),
                                    Objects.requireNonNull(object.flags()),
                                    object.processorByFlags() == null ? "no GPU" : object.processorByFlags()))
                    .fix(BUILD.formatted(target)));
            // One tells enough of a library with hundreds of them.
            break;
        }
        return problems;
    }

    private static Problem unreached(DeviceCode device, String target) {
        if (device.kind() == DeviceCode.Kind.KPACK) {
            var kpack = Objects.requireNonNull(device.kpack());
            var problem = Problem.of("The library's GPU code lies in kpack files, and the one for %s is not there: %s."
                    .formatted(target, "every collective would fail on a Strix Halo"));
            for (var pattern : kpack.patterns()) problem = problem.found("looked for " + pattern);
            return problem.found("there: " + inWords(device))
                    .fix("install the package with the kpack files for " + target + " beside the library");
        }
        if (device.kind() == DeviceCode.Kind.NONE) {
            return Problem.of("The library has no GPU code at all, neither inside nor in kpack files beside it.")
                    .found("neither .hip_fatbin nor .rocm_kpack_ref");
        }
        return Problem.of("The library has no %s code, only %s: no kernel of it would start on that GPU."
                        .formatted(target, inWords(device)))
                .found("GPU code for " + inWords(device));
    }

    private static String inWords(DeviceCode device) {
        return device.targets().isEmpty() ? "none" : String.join(", ", device.targets());
    }
}
